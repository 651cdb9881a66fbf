import { beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { reloadAndTell } from './reloading.js';
import type { RunningServer } from './server.js';

const configurationOf = (dialog: string) => ({ accounts: [{ account: 'demo', ussd: new Map([['default', dialog]]) }] });

let lines: string[];
beforeEach(() => {
  lines = [];
});

async function messages(reload: () => Promise<unknown>): Promise<unknown[]> {
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
  const parts = { log, catalog: { ids: ['shamba'] }, workspace: { configuration: configurationOf('shamba') } };
  await reloadAndTell({ parts, reload } as unknown as RunningServer);
  return lines.map((line) => (JSON.parse(line) as { msg: unknown }).msg);
}

describe('a reload', () => {
  it('says what it took over', async () => {
    const workspace = { configFile: 'ongea.yaml', configuration: configurationOf('shamba') };
    expect(await messages(() => Promise.resolve({ workspace, problems: [] }))).toEqual([
      'reloaded dialogs and actions',
    ]);
  });

  it('says that changed accounts need a restart', async () => {
    const workspace = { configFile: 'ongea.yaml', configuration: configurationOf('prices') };
    expect(await messages(() => Promise.resolve({ workspace, problems: [] }))).toEqual([
      'reloaded dialogs and actions',
      'accounts and other settings have changed: they need a restart',
    ]);
  });

  it('shows each fault when it is refused', async () => {
    const problems = [{ severity: 'fault', message: 'there is no dialog "x"' }];
    expect(await messages(() => Promise.resolve({ problems }))).toEqual([
      'there is no dialog "x"',
      'the reload was refused; what was served before goes on',
    ]);
  });

  it('that fails ends nothing', async () => {
    expect(await messages(() => Promise.reject(new Error('no more file handles')))).toEqual(['the reload failed']);
  });
});
