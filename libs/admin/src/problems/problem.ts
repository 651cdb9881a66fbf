import { STATUS_CODES } from 'node:http';

/** One field of a request that is not as it should be. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Problem details after RFC 9457. */
export interface ProblemDetails {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
}

/** Thrown by admin routes; answered as problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly fields: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    detail: string,
    {
      fields = [],
      headers = {},
    }: { fields?: readonly FieldProblem[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.fields = fields;
    this.headers = headers;
  }
}

/** A request whose parameters cannot be used. */
export function badRequest(...fields: readonly [FieldProblem, ...FieldProblem[]]): Problem {
  return new Problem(400, fields.map(({ field, message }) => `${field}: ${message}`).join('; '), { fields });
}

export function notFound(what: string): Problem {
  return new Problem(404, `there is no such ${what}`);
}

export function problemDetails({ status, message, fields }: Problem): ProblemDetails {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail: message, ...(fields.length === 0 ? {} : { errors: fields }) };
}
