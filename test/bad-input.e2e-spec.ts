import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cleanup } from './support/cleanup.js';
import { HistoryPhone } from './support/gateways.js';
import { until } from './support/send.js';
import { ServerProcess } from './support/server-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

const well = 'dialog: hello\nstart: home\nsteps:\n  home: { ask: Hello, save: said, go: end }\n  end: { end: Bye }\n';
const account = { provider: 'africastalking', account: 'demo', country: 'KE', open: true, ussd: { default: 'hello' } };

const cleanup = new Cleanup();
let services: Services;
beforeAll(async () => {
  services = await startServices(cleanup);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

const workspaceOf = (dialog: string): Promise<WorkspaceFolder> =>
  WorkspaceFolder.make(cleanup, { dialogs: { hello: dialog }, accounts: [account] });

/** The place, the kind, what is wrong, and the way out on a line of its own. */
function expectRefusal(output: string, file: string, place: string, says: RegExp): void {
  const lines = output.split('\n');
  const at = lines.findIndex((line) => line.includes(`${file}:${place} fault: `));
  expect({ at: at >= 0, output }).toEqual({ at: true, output });
  expect(lines[at]).toMatch(says);
  // Where the message does not say it already.
  if (file.endsWith('.dialog.yaml')) expect(lines[at + 1]).toMatch(/^ {4}→ \S/);
  expect(output).toContain('Ongea does not start before this is mended.');
  expect(output).not.toContain('    at ');
}

describe('a faulty dialog', () => {
  it('stops the start, every fault with its place and the way out', async () => {
    const workspace = await workspaceOf(well.replace('go: end', 'go: ned').replace('save:', 'sav:'));
    await workspace.writeDialog('other', well.replace('hello', 'another'));
    const choose = 'home: { choose: [{ when: "1 +", go: end }, { go: end }] }';
    await workspace.writeDialog('third', well.replace('hello', 'third').replace(/home: .*/, choose));
    const { code, output } = await ServerProcess.startInVain(workspace, services.settings);
    expect(code).toBe(1);
    expectRefusal(output, 'hello.dialog.yaml', '4:38', /no step "ned"/);
    expectRefusal(output, 'hello.dialog.yaml', '4:23', /no key "sav"/);
    expectRefusal(output, 'other.dialog.yaml', '1:9', /another/);
    expectRefusal(output, 'third.dialog.yaml', '4:32', /condition/);
  });

  it('stops the start when it is no YAML', async () => {
    const workspace = await workspaceOf('dialog: hello\nsteps: [\n');
    const { code, output } = await ServerProcess.startInVain(workspace, services.settings);
    expect(code).toBe(1);
    expect(output).toMatch(/hello\.dialog\.yaml:\d+:\d+ fault: /);
  });
});

describe('a faulty ongea.yaml', () => {
  const config = (lines: readonly string[]): string => ['dialogs: ./dialogs', 'accounts:', ...lines, ''].join('\n');

  it('stops the start, every fault with its place', async () => {
    const workspace = await workspaceOf(well);
    const lines = [
      ...['  - provider: africastalking', '    account: demo', '    open: true', '    colour: red'],
      ...['  - provider: africastalkin', '    account: demo'],
      ...[
        '  - provider: kairos',
        '    account: one',
        '    open: true',
        '    ussd: { default: hallo }',
        '    deadlineMs: soon',
      ],
      ...['  - provider: africastalking', '    account: demo', '    open: true'],
    ];
    await workspace.writeConfig(config(lines));
    const { code, output } = await ServerProcess.startInVain(workspace, services.settings);
    expect(code).toBe(1);
    expectRefusal(output, 'ongea.yaml', '6:5', /colour/);
    expectRefusal(output, 'ongea.yaml', '7:15', /africastalkin/);
    expectRefusal(output, 'ongea.yaml', '12:22', /hallo/);
    expectRefusal(output, 'ongea.yaml', '13:17', /number/);
    expectRefusal(output, 'ongea.yaml', '15:14', /demo/);
  });

  it('stops the start in production where nothing signs an account, naming each', async () => {
    const workspace = await workspaceOf(well);
    const unsigned = (provider: string, name: string): string =>
      `  - { provider: ${provider}, account: ${name}, ussd: { default: hello } }`;
    await workspace.writeConfig(config([unsigned('kairos', 'one'), unsigned('cradlebots', 'two')]));
    const { code, output } = await ServerProcess.startInVain(workspace, services.settings);
    expect(code).toBe(1);
    expect(output).toMatch(/ongea\.yaml:3:\d+ fault: .*one/);
    expect(output).toMatch(/ongea\.yaml:4:\d+ fault: .*two/);
  });

  it('is missed when it is not there', async () => {
    const workspace = await workspaceOf(well);
    const settings = { ...services.settings, ONGEA_CONFIG: `${workspace.folder}/nowhere.yaml` };
    const { code, output } = await ServerProcess.startInVain(workspace, settings);
    expect(code).toBe(1);
    expect(output).toMatch(/nowhere\.yaml fault: .*\n {4}→ /);
  });

  it('is not all that can be wrong: the variables are reported at once, without what they hold', async () => {
    const workspace = await workspaceOf(well);
    const settings = { ...services.settings, PORT: 'http', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:canary@h/d' };
    const { code, output } = await ServerProcess.startInVain(workspace, settings);
    expect(code).toBe(1);
    expect(output).toContain('PORT must be');
    expect(output).toContain('LOG_LEVEL is one of');
    expect(output).toContain('DATABASE_URL must begin with');
    expect(output).not.toContain('canary');
  });
});

describe('a reload by SIGHUP', () => {
  it('refuses a faulty dialog without harm, and takes a good one for new sessions', async () => {
    const workspace = await workspaceOf(well);
    const server = await ServerProcess.start(cleanup, workspace, services.settings);
    const phone = (): HistoryPhone => new HistoryPhone('africastalking', { url: () => server.url });
    const said = (what: string) => (): boolean => server.logLines.some(({ msg }) => String(msg).startsWith(what));
    const open = phone();
    expect((await open.dial()).text).toBe('Hello');

    await workspace.writeDialog('hello', well.replace('go: end', 'go: ned'));
    server.signal('SIGHUP');
    await until(said('the reload was refused'), 10_000, 'the refusal');
    const faults = server.logLines.filter(({ line }) => line === 4);
    expect(faults).toEqual([
      expect.objectContaining({
        level: 'error',
        column: 39,
        hint: expect.any(String),
        msg: expect.stringContaining('ned'),
      }),
    ]);
    expect((await phone().dial()).text).toBe('Hello');

    await workspace.writeDialog('hello', well.replace('Hello', 'Good morning').replace('Bye', 'Farewell'));
    server.signal('SIGHUP');
    await until(said('reloaded dialogs and actions'), 10_000, 'the reload');
    const fresh = phone();
    expect((await fresh.dial()).text).toBe('Good morning');
    expect((await fresh.answer('x')).text).toBe('Farewell');
    // What began before goes on as it began.
    expect((await open.answer('x')).text).toBe('Bye');
    expect(await server.stop()).toBeLessThan(10_000);
  }, 30_000);
});
