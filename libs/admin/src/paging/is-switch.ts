import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

/** `true` or `false` in a query. */
export function IsSwitch(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))(
      target,
      property,
    );
    IsBoolean({ message: 'must be true or false' })(target, property);
  };
}
