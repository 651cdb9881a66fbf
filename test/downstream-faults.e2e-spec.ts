import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../apps/server/src/server.js';
import { startBusinessApi, type BusinessApi, type Manner } from './support/business-api.js';
import { Cleanup } from './support/cleanup.js';
import { HaptikPerson, HistoryPhone, KairosPhone, type Gateway } from './support/gateways.js';
import { send, until } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

/** Asks a business system for a price, and says so when there is none. */
const dialog = (id: string, url: string, timeout: string): string => `
dialog: ${id}
start: home
steps:
  home: { menu: Prices, options: [{ label: Maize, go: ask }, { label: Leave, go: leave }] }
  ask:
    http: ${url}/price
    timeout: ${timeout}
    save: price
    go: { ok: show, error: failed, timeout: late }
  show: { say: "It is {{ price.amount }}", go: home }
  failed: { say: No price today, go: home }
  late: { say: The price takes too long, go: home }
  leave: { end: Bye }
`;
const manners: readonly Manner[] = ['slow', 'hangs', 'resets', 'drips', 'fails', 'html'];
const menu = 'Prices\n1. Maize\n2. Leave';
const deadlineMs = 1_500;

const cleanup = new Cleanup();
let services: Services;
let server: RunningServer;
const apis = new Map<string, BusinessApi>();
beforeAll(async () => {
  services = await startServices(cleanup);
  const dialogs: Record<string, string> = {};
  const accounts: object[] = [];
  for (const name of [...manners, 'patient', 'circuit']) {
    const api = await startBusinessApi(cleanup);
    apis.set(name, api);
    dialogs[name] = dialog(name, api.url, name === 'patient' ? '20s' : '500ms');
    const common = { account: name, country: 'KE', deadlineMs };
    for (const provider of ['africastalking', 'cradlebots', 'kairos']) {
      accounts.push({ provider, ...common, ussd: { default: name } });
    }
    accounts.push({ provider: 'haptik', ...common, bot: { default: name } });
  }
  const more = { http: { allowPrivate: ['127.0.0.1'] } };
  const workspace = await WorkspaceFolder.make(cleanup, { dialogs, accounts, more });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

function peopleOf(account: string): Gateway[] {
  const options = { url: () => server.url, account };
  return [
    new HistoryPhone('africastalking', options),
    new HistoryPhone('cradlebots', options),
    new KairosPhone(options),
    new HaptikPerson(options),
  ];
}

const plain = (text: string): string => text.replaceAll('\n---\n', '\n');

describe('a business system behind a dialog (#26, R8)', () => {
  it.each(manners)('that %s leaves everyone with the branch of their dialog', async (manner) => {
    apis.get(manner)?.become(manner);
    const timesOut = manner === 'slow' || manner === 'hangs' || manner === 'drips';
    for (const person of peopleOf(manner)) {
      expect(plain((await person.dial()).text)).toBe(menu);
      const said = timesOut ? 'The price takes too long' : manner === 'html' ? 'It is ' : 'No price today';
      const screen = await person.answer('1');
      expect(plain(screen.text)).toBe(`${said}\n${menu}`);
      expect(screen.open).toBe(true);
      expect(plain((await person.answer('2')).text)).toBe('Bye');
    }
  });

  it('that hangs beyond the deadline of the turn is not waited for', async () => {
    apis.get('patient')?.become('hangs');
    for (const person of peopleOf('patient')) {
      await person.dial();
      // The gateway gives up 2 s after the deadline of the account.
      const screen = await Promise.race([person.answer('1'), late(deadlineMs + 2_000)]);
      const closing = 'The service is busy. Please try again.';
      expect([`The price takes too long\n${menu}`, closing]).toContain(plain(screen.text));
    }
  });

  it('is asked once for a turn that comes again, with the same idempotency key', async () => {
    const api = apis.get('patient')!;
    api.become('well');
    const before = api.requests;
    const people = peopleOf('patient');
    for (const person of people) {
      await person.dial();
      const first = person.answer('1');
      const screens = await Promise.all([first, person.repeat(), person.repeat()]);
      expect(new Set(screens.map(({ answer }) => answer.body)).size).toBe(1);
      expect(plain(screens[0].text)).toBe(`It is 42.5\n${menu}`);
    }
    expect(api.requests - before).toBe(people.length);
    expect(new Set(api.keys.slice(before)).size).toBe(people.length);
  });

  it('that keeps failing is left alone, asked once in a while, and used again once it is well', async () => {
    const api = apis.get('circuit')!;
    const phone = peopleOf('circuit')[2]!;
    const openCircuits = async (): Promise<number> => {
      const { body } = await send(server.url, '/metrics', { method: 'GET' });
      return Number(/ongea_open_circuits (\d+)/.exec(body)?.[1]);
    };
    const before = await openCircuits();
    api.become('resets');
    const turn = async (): Promise<string> => {
      await phone.dial();
      return (await phone.answer('1')).text;
    };
    for (let i = 0; i < 12; i++) expect(await turn()).toBe(`No price today\n${menu}`);
    expect(api.requests).toBeLessThan(12);
    expect(await openCircuits()).toBe(before + 1);
    const asked = api.requests;
    for (let i = 0; i < 20; i++) expect(await turn()).toBe(`No price today\n${menu}`);
    // One probe may have fallen into this time.
    expect(api.requests - asked).toBeLessThanOrEqual(1);
    api.become('well');
    await until(async () => (await turn()) === `It is 42.5\n${menu}`, 25_000, 'the recovery');
    expect(await openCircuits()).toBe(before);
  }, 60_000);
});

async function late(ms: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
  throw new Error(`no reply within ${String(ms)} ms`);
}
