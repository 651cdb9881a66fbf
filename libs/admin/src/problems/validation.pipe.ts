import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Problem, type FieldProblem } from './problem.js';

/** Turns plain queries and bodies into their DTOs; whatever a DTO does not name is refused, each with its reason. */
export function adminValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    exceptionFactory: (errors) => {
      const fields = errors.flatMap((error) => fieldsOf(error, ''));
      return new Problem(400, fields.map(({ field, message }) => `${field}: ${message}`).join('; '), { fields });
    },
  });
}

function fieldsOf({ property, constraints, children }: ValidationError, path: string): FieldProblem[] {
  const field = path === '' ? property : `${path}.${property}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? 'there is no such parameter' : message,
  }));
  return [...own, ...(children ?? []).flatMap((child) => fieldsOf(child, field))];
}
