import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountBook, ProviderRegistry, readFixture } from '@app/provider-kit';
import type { Account, CallReportSettings, Provider } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { CallReport, InboxRecord } from '@app/reporting';
import { CALL_REPORTS, CLOCK, INBOX, Peers } from '@app/webhook';
import { CallReportModule } from './call-report.module.js';

const now = 1_772_620_200_123;

function account(provider: string, name: string, more: Partial<Account> = {}): Account {
  const lists = { webhookKeys: [], allowFrom: [], secrets: [], airtimeAllow: [] };
  const empty = { ...lists, credentials: {}, endpoints: {}, resendUncertain: false, open: false, options: {} };
  const zone = { timezone: 'Asia/Kolkata', country: 'IN', repeatWindowMs: 1_500 };
  return { provider, account: name, ...zone, ...empty, ...more };
}

const plainSettings: CallReportSettings = { fields: {}, constants: {}, statuses: {}, identity: [] };
const composed: CallReportSettings = {
  fields: { externalId: 'call_id', from: 'who', status: 'state', durationSeconds: 'secs' },
  constants: { direction: 'inbound', source: 'pbx' },
  statuses: { DONE: 'completed' },
  identity: ['call_id'],
  reply: { status: 202, body: '{"taken":true}', contentType: 'application/json' },
};
/** Breaks where a provider of ours would have a fault. */
const broken: Provider = {
  id: 'broken',
  name: 'Broken',
  accountOptions: {},
  callReports: {
    parse: () => {
      throw new Error('cannot read');
    },
    acknowledge: () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' }),
  },
};

let reports: CallReport[] = [];
let inbox: InboxRecord[] = [];
let storesFail = false;
const keep =
  <Kept>(list: () => Kept[]) =>
  (kept: Kept) =>
    storesFail ? Promise.reject(new Error('no store')) : Promise.resolve(void list().push(kept));

const secrets = ['old secret', 'example-shared-secret'];
const bindings = [
  { provide: ProviderRegistry, useValue: new ProviderRegistry([...providers, broken]) },
  {
    provide: AccountBook,
    useValue: new AccountBook([
      account('mobtexting', 'demo', { callReports: plainSettings }),
      account('mobtexting', 'signed', { callReports: plainSettings, secrets }),
      account('mobtexting', 'odd', { callReports: composed }),
      account('mobtexting', 'mute'),
      account('generic', 'pbx', { callReports: composed, country: 'KE' }),
      account('generic', 'constant', { callReports: { ...plainSettings, constants: { status: 'completed' } } }),
      account('generic', 'keyed', { callReports: composed, webhookKeys: ['k'] }),
      account('broken', 'demo', { callReports: plainSettings }),
      account('africastalking', 'demo', { callReports: plainSettings }),
    ]),
  },
  { provide: Peers, useValue: new Peers([]) },
  { provide: CLOCK, useValue: { now: () => now } },
  { provide: CALL_REPORTS, useValue: { keepCallReport: keep(() => reports) } },
  { provide: INBOX, useValue: { keepInbox: keep(() => inbox) } },
];

@Global()
@Module({ providers: bindings, exports: bindings.map(({ provide }) => provide) })
class Bindings {}

@Module({ imports: [Bindings, CallReportModule] })
class TestModule {}

let app: NestFastifyApplication;
let port = 0;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function send(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter());
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());
beforeEach(() => {
  [reports, inbox] = [[], []];
  storesFail = false;
});

const obd = {
  bridge: 918068280001,
  from: 918919520001,
  to: 918867130001,
  source: 'OBD',
  mid: 'camp-0007',
  flow_id: 31,
  start_at: '2026-03-04 15:02:10',
  end_at: '2026-03-04 15:02:24',
  duration: '21',
  status: 'ANSWER',
  recording_url: 'https://media.example/rec/1.mp3',
};

describe('a call report', () => {
  it('is kept in our words beside the payload, for a call that we never placed (#9)', async () => {
    const answer = await send('POST', '/call-reports/mobtexting/demo', JSON.stringify(obd));
    expect(answer).toEqual({ status: 200, type: 'text/plain; charset=utf-8', body: 'OK' });
    expect(reports).toEqual([
      {
        id: expect.stringMatching(/^019cb865-b8bb-7/),
        provider: 'mobtexting',
        account: 'demo',
        source: 'OBD',
        externalId: 'camp-0007:918867130001:2026-03-04 15:02:10',
        identity: 'camp-0007:918867130001:2026-03-04 15:02:10',
        direction: 'outbound',
        from: '+918919520001',
        to: '+918867130001',
        bridge: '+918068280001',
        status: 'answered',
        providerStatus: 'ANSWER',
        startedAt: new Date('2026-03-04T09:32:10.000Z'),
        endedAt: new Date('2026-03-04T09:32:24.000Z'),
        durationSeconds: 21,
        campaignId: 'camp-0007',
        flowId: '31',
        recordingUrl: 'https://media.example/rec/1.mp3',
        final: true,
        matched: false,
        receivedAt: new Date(now),
        raw: obd,
      },
    ]);
  });

  it('that is corrected later names the same call (#10)', async () => {
    await send('POST', '/call-reports/mobtexting/demo', JSON.stringify(obd));
    await send(
      'POST',
      '/call-reports/mobtexting/demo',
      JSON.stringify({ ...obd, duration: '23', status: 'COMPLETED' }),
    );
    expect(reports.map(({ durationSeconds }) => durationSeconds)).toEqual([21, 23]);
    expect(new Set(reports.map(({ identity }) => identity)).size).toBe(1);
    expect(new Set(reports.map(({ id }) => id)).size).toBe(2);
  });

  const said = { call_id: 'c-1', who: '0700000201', state: 'Done', secs: '42', extra: 'x' };
  const form = new URLSearchParams(said).toString();
  const parts = Object.entries(said).map(
    ([name, value]) => `--b0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const multipart = `${parts.join('')}--b0--\r\n`;
  it.each([
    ['GET', `?${form}`, ''],
    ['PUT', '?call_id=c-1', JSON.stringify(said)],
    ['POST', '', JSON.stringify(said)],
    ['POST', '', form],
    ['POST', '', multipart],
    ['PUT', '?who=0700000201&secs=42&extra=x', 'call_id=c-1&state=Done'],
  ])('means the same however it was composed: %s %s (#39)', async (method, query, body) => {
    const answer = await send(method, `/call-reports/generic/pbx${query}`, body);
    expect(answer).toEqual({ status: 202, type: 'application/json; charset=utf-8', body: '{"taken":true}' });
    expect(reports).toEqual([
      expect.objectContaining({
        externalId: 'c-1',
        from: '+254700000201',
        status: 'completed',
        durationSeconds: 42,
        direction: 'inbound',
        source: 'pbx',
        raw: said,
      }),
    ]);
  });

  it('of MOBtexting is never answered with anything but 200', async () => {
    const answer = await send('POST', '/call-reports/mobtexting/odd', form);
    expect(answer).toMatchObject({ status: 200, body: '{"taken":true}' });
  });

  it('is answered 503 where it could not be kept', async () => {
    storesFail = true;
    for (const body of [JSON.stringify(obd), '{"a":1}', '{"a":']) {
      expect(await send('POST', '/call-reports/mobtexting/demo', body)).toMatchObject({ status: 503, body: '' });
    }
  });

  it.each(['mobtexting/mute', 'mobtexting/nobody', 'africastalking/demo', 'nobody/demo'])(
    'for %s finds no channel',
    async (path) => {
      expect(await send('POST', `/call-reports/${path}`, form)).toEqual({ status: 404, type: '', body: '' });
    },
  );
});

describe('what is no call report', () => {
  it.each([
    ['{"bridge":', 400, 'rejected', 'body-malformed'],
    ['XXXX', 400, 'rejected', 'body-malformed'],
    ['[{"status":"ANSWER"}]', 400, 'rejected', 'body-malformed'],
    ['{"hello":"world"}', 200, 'kept', 'event-unreadable'],
    ['', 200, 'kept', 'event-unreadable'],
  ])('such as %j is kept as it came, answered %i', async (body, status, state, reason) => {
    const answer = await send('POST', '/call-reports/mobtexting/demo', body);
    expect(answer).toMatchObject({ status, body: status === 200 ? 'OK' : '' });
    const route = 'POST /call-reports/mobtexting/demo';
    expect(inbox).toEqual([expect.objectContaining({ state, reason, route, receivedAt: new Date(now) })]);
    expect(Buffer.from(inbox[0]!.body).toString()).toBe(body);
    expect(reports).toEqual([]);
  });

  it.each(['{}', '{"ping":1}'])('such as %s is none because the account has a constant status', async (body) => {
    expect(await send('POST', '/call-reports/generic/constant', body)).toMatchObject({ status: 200 });
    expect([reports, inbox]).toEqual([[], [expect.objectContaining({ state: 'kept', reason: 'event-unreadable' })]]);
  });

  it('is kept where all of it stands in the query', async () => {
    await send('GET', '/call-reports/mobtexting/demo?hello=world');
    expect(JSON.parse(Buffer.from(inbox[0]!.body).toString())).toEqual({ hello: 'world' });
  });

  it('is kept where our reader has a fault', async () => {
    expect(await send('POST', '/call-reports/broken/demo', 'a=1')).toMatchObject({ status: 200, body: 'OK' });
    expect(inbox).toEqual([expect.objectContaining({ state: 'failed' })]);
  });
});

describe('the guard of call reports', () => {
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const query = '?to=918867130001&status=ANSWER';

  it.each(['GET', 'POST', 'PUT'])('asks for the bearer with %s (#51)', async (method) => {
    const path = `/call-reports/mobtexting/signed${query}`;
    for (const secret of secrets) expect((await send(method, path, '', bearer(secret))).status).toBe(200);
    for (const wrong of ['', 'example-shared-secre', 'example-shared-secret2', 'Example-Shared-Secret', 'old', 'x y']) {
      expect(await send(method, path, '', bearer(wrong))).toEqual({ status: 401, type: '', body: '' });
    }
    expect((await send(method, path, '', { authorization: 'Basic example-shared-secret' })).status).toBe(401);
    expect((await send(method, path)).status).toBe(401);
    expect(reports).toHaveLength(2);
    expect(inbox).toEqual([]);
  });

  it('asks for the key where the account has one', async () => {
    expect((await send('GET', '/call-reports/generic/keyed?call_id=1&key=k')).status).toBe(202);
    expect((await send('GET', '/call-reports/generic/keyed?call_id=1')).status).toBe(401);
    expect(reports[0]!.raw).toEqual({ call_id: '1' });
  });

  const challenge = '{"validation_key":"vk-5512","challenge":"c7b1f0"}';
  it('answers the challenge of a registration, and keeps nothing of it', async () => {
    const path = '/call-reports/mobtexting/signed?token=vk-5512';
    const answer = await send('POST', path, challenge, bearer('example-shared-secret'));
    expect(answer).toEqual({ status: 200, type: 'application/json; charset=utf-8', body: '{"challenge":"c7b1f0"}' });
    expect((await send('POST', path, challenge)).status).toBe(401);
    expect([...reports, ...inbox]).toEqual([]);
  });

  it('takes a report that only mentions a challenge for a report', async () => {
    await send('POST', '/call-reports/mobtexting/demo', JSON.stringify({ ...obd, challenge: 'x' }));
    expect(reports).toHaveLength(1);
  });
});

describe('a hostile report', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `f${String(i)}=1`).join('&');
  const manyJson = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${String(i)}`, 1])));
  it.each([
    ['10 000 fields', many],
    ['10 000 fields of JSON', manyJson],
    ['deep nesting', `{"a":${'['.repeat(20_000)}`],
  ])('of %s is refused and kept (#40)', async (_name, body) => {
    expect(await send('POST', '/call-reports/generic/pbx', body)).toMatchObject({ status: 400, body: '' });
    expect(inbox).toEqual([expect.objectContaining({ state: 'rejected' })]);
  });

  it('of 5 MB is refused unread (#40)', async () => {
    const answer = await send('POST', '/call-reports/generic/pbx', `call_id=${'x'.repeat(5_000_000)}`).catch(
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    // The connection may be closed before all of it was written.
    expect([{ status: 413, type: '', body: '' }, 'EPIPE', 'ECONNRESET']).toContainEqual(answer);
    expect([...reports, ...inbox]).toEqual([]);
  });

  it('with lists and objects in the place of texts is read as far as it goes (#43)', async () => {
    const body =
      '{"call_id":["a","c-1"],"who":{"x":1},"state":[["DONE"]],"secs":[1,{"y":2}],"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    expect((await send('POST', '/call-reports/generic/pbx?state=DONE&state=BUSY', body)).status).toBe(202);
    expect(reports).toEqual([expect.objectContaining({ externalId: 'c-1', durationSeconds: 1, status: 'unknown' })]);
    expect(reports[0]).not.toHaveProperty('from');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(reports[0]!.raw)).not.toContain('__proto__');
  });

  it.each([
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59',
    'infinity',
    '-infinity',
    'NaN',
    '99999999999999',
    '2026-02-31 10:00:00',
    '\u0000',
    '1e400',
  ])('whose times are %j is kept without them (#29)', async (time) => {
    const body = JSON.stringify({ ...obd, start_at: time, end_at: time, duration: time });
    expect((await send('POST', '/call-reports/mobtexting/demo', body)).status).toBe(200);
    expect(reports).toHaveLength(1);
    for (const name of ['startedAt', 'endedAt', 'durationSeconds', 'externalId', 'identity'])
      expect(reports[0]).not.toHaveProperty(name);
  });

  it('has no NUL and no half of a surrogate pair left in it (#42)', async () => {
    const body = '{"call_id":"a\\u0000b\\ud800","who":"\\ud83d\\ude00","x\\u0000":"\\udc00"}';
    await send('POST', '/call-reports/generic/pbx', body);
    expect(reports[0]).toMatchObject({ externalId: 'ab\ufffd', from: '😀', raw: { x: '\ufffd' } });
  });
});

describe('the fixtures of MOBtexting', () => {
  const folder = new URL('../../providers/src/mobtexting/fixtures/', import.meta.url);
  const fixtures = readdirSync(folder)
    .map((file) => readFixture(file.replace('.json', ''), readFileSync(new URL(file, folder), 'utf8')))
    .filter(({ request, account: own }) => request.path.startsWith('/call-reports/') && own.callReports === undefined);

  it.each(fixtures)('$name is answered over HTTP as it says', async ({ request, reply, account: own }) => {
    const path = request.path.replace('/demo', own.secrets === undefined ? '/demo' : '/signed');
    const answer = await send(request.method, path, request.body, request.headers);
    expect(answer).toMatchObject({ status: reply!.status, body: reply!.body });
  });
});
