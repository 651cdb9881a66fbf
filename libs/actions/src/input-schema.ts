import { Ajv } from 'ajv';
import { RE2JS } from 're2js';

type InputCheck = (input: unknown) => string | undefined;

/** The check that a schema describes, or what is wrong with the schema. No schema: every input is taken. */
export function compileInputSchema(schema: unknown): InputCheck | string {
  if (schema === undefined) return () => undefined;
  if (typeof schema !== 'object' || schema === null) return 'input must be a JSON Schema';
  const ajv = new Ajv({ allowUnionTypes: true, code: { regExp: linearRegExp } });
  try {
    const validate = ajv.compile(schema);
    return (input) => {
      if (validate(input)) return undefined;
      const error = validate.errors?.[0];
      // `message` names the rule; values, which may be personal, stand in `data` and `params` alone.
      return `${error?.instancePath ?? ''} ${error?.message ?? 'does not fit'}`.trim();
    };
  } catch (error) {
    return `input is not a valid JSON Schema: ${error instanceof Error ? error.message : 'unreadable'}`;
  }
}

// A backtracking pattern applied to what callers type could block the process.
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // Ajv tells patterns apart by their text.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: 'linearRegExp' },
);
