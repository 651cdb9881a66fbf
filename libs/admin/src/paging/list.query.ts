import { Transform } from 'class-transformer';
import { IsOptional, Matches, registerDecorator } from 'class-validator';

/** What every list understands. */
export class ListQuery {
  /** 1 to 500. */
  @IsOptional()
  @IsWholeNumber(1, 500)
  readonly limit: number = 50;

  @IsOptional()
  @Matches(/^[^]{1,1024}$/, { message: 'must be 1 to 1024 characters' })
  readonly cursor?: string;
}

/** A whole number in a query, at least 0. */
export function IsCount(): PropertyDecorator {
  return IsWholeNumber(0, 2_147_483_647);
}

/** One rule and not one for each bound, so that what is no number at all is told once. */
function IsWholeNumber(least: number, most: number): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value,
    )(target, property);
    registerDecorator({
      name: 'isWholeNumber',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
        defaultMessage: () => `must be a whole number from ${String(least)} to ${String(most)}`,
      },
    });
  };
}

/** A time with a zone, read into a `Date`. */
export function IsInstant(): PropertyDecorator {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+ -]\d\d:\d\d)$/;
  return (target, property) => {
    // What a form decoder makes of a plus sign is a blank.
    Transform(({ value }: { value: unknown }) => {
      const text = typeof value === 'string' && form.test(value) ? value.replace(' ', '+') : undefined;
      return text === undefined ? value : new Date(text);
    })(target, property);
    registerDecorator({
      name: 'isInstant',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime()),
        defaultMessage: () => 'must be a time with a zone, such as 2026-03-04T15:00:00+03:00 or …Z',
      },
    });
  };
}

/** Without the blanks around a text, which nobody sees and no provider takes for part of a name; before {@link IsWord}. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
}

/** A word of a closed or open list: 1 to 128 characters without controls, and without halves of them, which no database keeps. */
export function IsWord(): PropertyDecorator {
  return Matches(/^[^\p{Cc}\p{Cs}]{1,128}$/u, { message: 'must be 1 to 128 characters' });
}
