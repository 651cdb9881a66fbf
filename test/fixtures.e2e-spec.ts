import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findSessionReports } from '@app/postgres';
import type { RunningServer } from '../apps/server/src/server.js';
import { Cleanup } from './support/cleanup.js';
import { turnFixtures, encodingsOf, type Encoding, type ProviderFixture } from './support/fixtures.js';
import { send, until, type Answer } from './support/send.js';
import { startInProcess } from './support/server-in-process.js';
import { startServices, type Services } from './support/services.js';
import { WorkspaceFolder } from './support/workspace-folder.js';

// Shows what it was told, so that an answer tells what was understood.
const probe = `
dialog: probe
steps:
  tell:
    ask: "<{{ caller.msisdn }}|{{ caller.name }}|{{ caller.network }}|{{ to }}|{{ entities.crop }}|{{ entities.unit }}|{{ entities.when }}|{{ said }}>"
    save: said
    attempts: 9
    go: more
  more:
    choose:
      - { when: 'said == "stop"', go: close }
      - { go: tell }
  close: { end: Bye }
start: tell
`;

const fixtures = turnFixtures();

/** Every case has an account of its own, so that the sessions of one do not meet those of another. */
const accountName = (index: number, encoding: string): string =>
  `f${String(index)}-${encoding.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;

const cases = fixtures.flatMap((fixture, index) =>
  [...encodingsOf(fixture).keys()].map((encoding) => ({
    fixture,
    encoding,
    account: accountName(index, encoding),
    name: `${fixture.provider}/${fixture.name} ${encoding}`,
  })),
);

function accountFor({ fixture, account }: { fixture: ProviderFixture; account: string }): object {
  const { options, ...settings } = fixture.account;
  const channel = fixture.request.path.startsWith('/bot') ? 'bot' : 'ussd';
  return { provider: fixture.provider, account, [channel]: { default: 'probe' }, ...settings, ...options };
}

const cleanup = new Cleanup();
let services: Services;
let workspace: WorkspaceFolder;
let server: RunningServer;

beforeAll(async () => {
  services = await startServices(cleanup);
  workspace = await WorkspaceFolder.make(cleanup, { dialogs: { probe }, accounts: cases.map(accountFor) });
  server = await startInProcess(cleanup, workspace, services.settings);
  await server.parts.postgres.whenUp();
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

function post(fixture: ProviderFixture, account: string, encoding: Encoding): Promise<Answer> {
  const path = fixture.request.path.replace('/demo', `/${account}`);
  return send(server.url, path, encodingsOf(fixture).get(encoding));
}

/** What must hold for the answer to a turn, whatever the dialog says. */
function checkEnvelope(fixture: ProviderFixture, answer: Answer): void {
  const rejected = 'rejected' in fixture.expect;
  expect(answer.status).toBe(rejected ? 400 : 200);
  if (fixture.provider === 'kairos') {
    expect(answer.contentType).toMatch(/^application\/json/);
    const fields = JSON.parse(answer.body) as Record<string, unknown>;
    expect(Object.keys(fields)).toEqual(['sessionId', 'ussdString', 'msisdn', 'timestamp', 'messageType']);
    expect(Object.values(fields).every((value) => typeof value === 'string')).toBe(true);
    const { continueMessageType = '0', endMessageType = '2' } = fixture.account.options ?? {};
    const goesOn = !rejected && !('sessionEnd' in fixture.expect);
    expect(fields.messageType).toBe(String(goesOn ? continueMessageType : endMessageType));
    const told = turnOf(fixture);
    if (told !== undefined) expect(fields).toMatchObject(told.echo as Record<string, unknown>);
  } else if (fixture.provider === 'haptik') {
    expect(answer.contentType).toMatch(/^application\/json/);
    const fields = JSON.parse(answer.body) as Record<string, unknown>;
    expect(Object.keys(fields)).toEqual(['response', 'response_message_type', 'status']);
    expect(fields).toMatchObject({ response_message_type: 0, status: !rejected });
    expect((fields.response as unknown[]).every((text) => typeof text === 'string')).toBe(true);
  } else {
    expect(answer.contentType).toMatch(/^text\/plain/);
    expect(answer.body.slice(0, 4)).toBe(rejected ? 'END ' : 'CON ');
  }
}

function turnOf({ expect: expected }: ProviderFixture): Record<string, unknown> | undefined {
  return 'turn' in expected ? expected.turn : undefined;
}

/** The values that were parsed, as the probe shows them. */
function shownBy(fixture: ProviderFixture): string[] {
  const turn = turnOf(fixture) ?? {};
  const caller = turn.caller as { msisdn?: string; name?: string; network?: string };
  const entities = (turn.entities ?? {}) as Record<string, string>;
  const input = turn.input as { kind: string; text: string } | undefined;
  // The probe is answered with the first input and shows the last; between stars, either may be one.
  const history =
    input?.kind === 'history' ? { code: String(turn.serviceCode), last: input.text.split('*').at(-1) } : undefined;
  return [
    ...[history?.code, history?.last],
    ...[caller.msisdn, caller.name, caller.network],
    ...[entities.crop, entities.unit, entities.when],
  ].filter((value) => value !== undefined);
}

describe.each(cases)('the fixture $name', ({ fixture, encoding, account }) => {
  it('is answered as its provider wants it (#39)', async () => {
    const answer = await post(fixture, account, encoding);
    if (fixture.signature === 'bad') {
      expect(answer).toMatchObject({ status: 401, body: '' });
      return;
    }
    if ('notice' in fixture.expect || fixture.request.path.endsWith('/events')) {
      expect(answer).toMatchObject({ status: 200, body: 'OK' });
      expect(answer.contentType).toMatch(/^text\/plain/);
      return;
    }
    checkEnvelope(fixture, answer);
    if (turnOf(fixture) === undefined) return;
    for (const value of shownBy(fixture)) expect(answer.body).toContain(JSON.stringify(value).slice(1, -1));
  });
});

describe('what fixtures leave behind', () => {
  it('is the same text for every encoding (#39)', async () => {
    for (const [index, fixture] of fixtures.entries()) {
      if (turnOf(fixture) === undefined || fixture.signature === 'bad') continue;
      // A repeat gets the same bytes; the time of the making is the only thing that differs between accounts.
      const bodies = await Promise.all(
        [...encodingsOf(fixture).keys()].map(async (encoding) => {
          const { body } = await post(fixture, accountName(index, encoding), encoding);
          return body.replace(/"timestamp":"\d+"/, '"timestamp":""');
        }),
      );
      expect(new Set(bodies).size).toBe(1);
    }
  });

  const events = cases.filter(({ fixture }) => 'event' in fixture.expect || 'sessionEnd' in fixture.expect);
  it.each(events)('is a session report for $name', async ({ fixture, account }) => {
    const expected = (
      'event' in fixture.expect ? fixture.expect.event : (fixture.expect as { sessionEnd: object }).sessionEnd
    ) as {
      report: Record<string, unknown>;
    };
    const filter = { provider: fixture.provider, account };
    const dataSource = server.parts.postgres.dataSource!;
    await until(async () => (await findSessionReports(dataSource, filter)).length > 0);
    const [report, ...others] = await findSessionReports(dataSource, filter);
    expect(others).toEqual([]);
    const { input, ...facts } = expected.report;
    const { raw, ...kept } = JSON.parse(JSON.stringify(report)) as Record<string, unknown>;
    expect(kept).toMatchObject(facts);
    expect(raw).toEqual(expect.objectContaining({ sessionId: facts.sessionId }));
    // Nothing is known of these sessions, so any of their answers may have been a PIN.
    if (input !== undefined) expect(kept.input).toBe(input === '' ? '' : '•••');
  });

  it('is a row of the inbox for an event that says nothing (#38)', async () => {
    const unread = cases.filter(
      ({ fixture }) => fixture.request.path.endsWith('/events') && 'rejected' in fixture.expect,
    );
    expect(unread.length).toBeGreaterThan(0);
    const rows = await services.query('SELECT account, state, reason FROM inbox ORDER BY account');
    expect(rows).toEqual(
      unread
        .map(({ account }) => ({ account, state: 'kept', reason: 'event-unreadable' }))
        .sort((a, b) => (a.account < b.account ? -1 : 1)),
    );
  });

  it('is a notice for each event of the platform', async () => {
    const notices = cases.filter(({ fixture }) => 'notice' in fixture.expect);
    const rows = await services.query('SELECT account, topic FROM notices');
    expect(rows).toHaveLength(notices.length);
    expect(rows).toEqual(
      expect.arrayContaining(
        notices.map(({ fixture, account }) => ({
          account,
          topic: (fixture.expect as { notice: { topic: string } }).notice.topic,
        })),
      ),
    );
  });
});
