import { registerDecorator } from 'class-validator';

/** The name of a time zone: `Africa/Nairobi`, `UTC`. */
export function IsZone(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isZone',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: isZone,
        defaultMessage: () => 'must be the name of a time zone, such as Africa/Nairobi',
      },
    });
  };
}

/** Offsets are no names: databases read their signs the other way round. */
function isZone(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
