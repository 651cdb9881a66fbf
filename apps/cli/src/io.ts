import type { RawEnvironment } from '@app/settings';

/** Where a command reads and writes: the process's own streams, or those of a test. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream;
  readonly env: RawEnvironment;
}

/** Writes one line of a command's result. */
export function print(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}
