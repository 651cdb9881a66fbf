import { expect } from '@jest/globals';

/** Plain, and in the hexadecimal of Postgres. */
const traces = (canary: string): string[] => [canary, Buffer.from(canary).toString('hex')];

/** Fails with the surroundings of the first canary that is found; `where` names the text in the failure. */
export function expectNone(where: string, text: string, canaries: Readonly<Record<string, string>>): void {
  for (const [name, canary] of Object.entries(canaries)) {
    for (const trace of traces(canary)) {
      const at = text.indexOf(trace);
      const around = at === -1 ? undefined : text.slice(Math.max(0, at - 150), at + 100);
      expect({ where, name, around }).toEqual({ where, name, around: undefined });
    }
  }
}
