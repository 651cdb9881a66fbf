import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** An action whose every run leaves a line in a file, whatever process it runs in; slow when asked to be. */
export function countingAction(name: string, file: string): string {
  return `import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export default {
  name: '${name}',
  outcomes: ['ok'],
  async run({ input, caller, idempotencyKey }) {
    appendFileSync(${JSON.stringify(file)}, JSON.stringify({ caller: caller.id, key: idempotencyKey, item: input.item ?? null }) + '\\n');
    if (input.waitMs) await sleep(Number(input.waitMs));
    return { outcome: 'ok', value: { receipt: idempotencyKey.slice(0, 8) } };
  },
};
`;
}

export interface EffectRun {
  readonly caller: string;
  readonly key: string;
  readonly item: unknown;
}

/** Reads what the counting actions of a test have done. */
export class EffectLogFile {
  constructor(readonly file: string) {}

  static in(folder: string): EffectLogFile {
    return new EffectLogFile(path.join(folder, 'effects.log'));
  }

  async runs(): Promise<readonly EffectRun[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as EffectRun);
  }

  async runsOf(caller: string): Promise<readonly EffectRun[]> {
    return (await this.runs()).filter((run) => run.caller === caller);
  }
}
