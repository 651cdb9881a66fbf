/** Reads a text file; throws where it cannot. */
export type ReadFile = (path: string) => string;

/** The environment as the system gives it. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** A variable's value, or why it cannot be had; neither: it is not set. */
export interface Variable {
  readonly value?: string;
  readonly fault?: string;
}

export type LookUp = (name: string) => Variable;

/**
 * Looks variables up in the environment: `NAME`, or the content of the file that `NAME_FILE` names, without its last line
 * break. An empty one is not set; both at once are a fault.
 */
export function environmentLookUp(env: RawEnvironment, readFile: ReadFile): LookUp {
  return (name) => {
    const value = env[name] ?? '';
    const path = env[`${name}_FILE`] ?? '';
    if (path === '') return value === '' ? {} : { value };
    if (value !== '') return { fault: `${name} and ${name}_FILE are both set: keep one of them` };
    try {
      const content = readFile(path).replace(/\r?\n$/, '');
      return content === '' ? {} : { value: content };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { fault: `${name}_FILE names a file that cannot be read: ${why}` };
    }
  };
}
