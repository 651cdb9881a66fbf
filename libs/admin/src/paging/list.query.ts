import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min, registerDecorator } from 'class-validator';

/** What every list understands. */
export class ListQuery {
  /** 1 to 500. */
  @IsOptional()
  @Transform(({ value }) => wholeNumber(value))
  @IsInt({ message: 'must be a whole number from 1 to 500' })
  @Min(1, { message: 'must be a whole number from 1 to 500' })
  @Max(500, { message: 'must be a whole number from 1 to 500' })
  readonly limit: number = 50;

  @IsOptional()
  @IsString()
  @Length(1, 1_024)
  readonly cursor?: string;
}

function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** A whole number in a query, at least 0. */
export function IsCount(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => wholeNumber(value))(target, property);
    IsInt({ message: 'must be a whole number' })(target, property);
    Min(0, { message: 'must not be negative' })(target, property);
    Max(2_147_483_647, { message: 'is too large' })(target, property);
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

/** A word of a closed or open list: 1 to 128 characters without controls. */
export function IsWord(): PropertyDecorator {
  return (target, property) => {
    IsString()(target, property);
    Matches(/^[^\u0000-\u001f\u007f]{1,128}$/u, { message: 'must be 1 to 128 characters' })(target, property);
  };
}
