/** Something in a settings file or the environment that must be mended before the server starts. */
export interface Fault {
  /** Path of the file as it was given; absent: the environment. */
  readonly file?: string;
  /** Both count from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** `ongea.yaml:4:7 unknown key "acount" (did you mean "account"?)`, as editors and terminals make it clickable. */
export function describeFault(fault: Fault): string {
  const place = [fault.file, fault.line, fault.column].filter((part) => part !== undefined).join(':');
  const hint = fault.hint === undefined ? '' : ` (${fault.hint})`;
  return `${place === '' ? '' : `${place} `}${fault.message}${hint}`;
}
