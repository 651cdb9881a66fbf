/** Something wrong in a file of the workspace, wherever it was found. */
export interface Problem {
  readonly severity: 'fault' | 'warning';
  readonly file?: string;
  /** Both count from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly hint?: string;
  /** Stays the same when the words of the message change. */
  readonly code?: string;
}

/** `dialogs/shamba.dialog.yaml:12:7 fault: …`, the way out on a line of its own. */
export function describeProblem({ file, line, column, severity, message, hint }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const first = `${place === '' ? '' : `${place} `}${severity}: ${message}`;
  return hint === undefined || hint === '' ? first : `${first}\n    → ${hint}`;
}
