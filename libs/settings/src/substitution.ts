import type { LookUp } from './variables.js';

export interface Substitution {
  readonly text: string;
  readonly faults: readonly { readonly message: string; readonly hint?: string }[];
}

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Fills `${NAME}` and `${NAME:-default}` in; a variable that is not set and has no default is a fault. */
export function substitute(source: string, lookUp: LookUp): Substitution {
  const faults: { message: string; hint?: string }[] = [];
  const text = source.replace(reference, (_whole, name: string, fallback: string | undefined) => {
    const { value, fault } = lookUp(name);
    if (fault !== undefined) faults.push({ message: fault });
    else if (value === undefined && fallback === undefined) {
      faults.push({
        message: `the variable ${name} is not set`,
        hint: `set it, or write \${${name}:-} where it may be empty`,
      });
    }
    return value ?? fallback ?? '';
  });
  return { text, faults };
}
