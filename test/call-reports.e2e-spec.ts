import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { ReportingServer } from './support/reporting-server.js';
import { send } from './support/send.js';

const cleanup = new Cleanup();
let server: ReportingServer;

beforeAll(async () => {
  server = await ReportingServer.start(cleanup, ['pages', 'cells', 'sums']);
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

describe('a call report of MOBtexting', () => {
  it('is listed as the contract has it, and found by what it says (#47)', async () => {
    const raw = {
      ...{ bridge: 918068280001, from: 918919520001, to: 918867130001, source: 'OBD', mid: 'camp-0007', flow_id: 31 },
      ...{ start_at: '2026-03-04 15:02:10', end_at: '2026-03-04 15:02:24', duration: '21', status: 'ANSWER' },
      recording_url: 'https://media.example/rec/1.mp3',
    };
    const sent = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(raw) };
    expect((await send(server.url, '/call-reports/mobtexting/demo', sent)).status).toBe(200);
    const { items } = await server.list('provider=mobtexting');
    expect(items).toEqual([
      {
        ...{ id: expect.any(String), provider: 'mobtexting', account: 'demo', source: 'OBD' },
        externalId: 'camp-0007:918867130001:2026-03-04 15:02:10',
        ...{ direction: 'outbound', from: '+918919520001', to: '+918867130001', bridge: '+918068280001' },
        ...{ status: 'answered', providerStatus: 'ANSWER', hangupCause: null },
        ...{ startedAt: '2026-03-04T09:32:10.000Z', endedAt: '2026-03-04T09:32:24.000Z' },
        ...{ durationSeconds: 21, billableSeconds: null, cost: null, campaignId: 'camp-0007', flowId: '31' },
        ...{ recordingUrl: 'https://media.example/rec/1.mp3', final: true, matched: false },
        ...{ receivedAt: expect.any(String), raw: expect.objectContaining({ mid: 'camp-0007' }) },
        review: { state: 'new', note: null, tags: [], by: null, at: null },
      },
    ]);
    const matching = [
      ...['source=OBD', 'direction=outbound', 'status=busy,answered', 'status=busy&status=answered', 'flowId=31'],
      ...['from=918919520001', 'from=%2B918919520001', 'from=+918919520001', 'number=8068280001&country=IN'],
      ...['minDuration=21&maxDuration=21', 'review=new', 'q=CAMP-0007', 'campaignId=camp-0007'],
      ...[
        'startedAfter=2026-03-04T12:32:10%2B03:00',
        'startedBefore=2026-03-04T09:32:11Z',
        'receivedAfter=2026-03-04T00:00:00Z',
      ],
    ];
    const others = [
      ...['source=C2C', 'direction=inbound', 'status=busy', 'flowId=32', 'from=918867130001', 'number=254700000201'],
      ...['minDuration=22', 'maxDuration=20', 'review=flagged', 'q=camp-0008', 'tag=x', 'account=other', 'to=44170'],
      ...[
        'startedAfter=2026-03-04T09:32:11Z',
        'startedBefore=2026-03-04T09:32:10Z',
        'receivedBefore=2026-03-04T00:00:00Z',
      ],
    ];
    const count = async (query: string) => [query, (await server.list(`provider=mobtexting&${query}`)).items.length];
    expect(await Promise.all(matching.map(count))).toEqual(matching.map((query) => [query, 1]));
    expect(await Promise.all(others.map(count))).toEqual(others.map((query) => [query, 0]));
  });
});

describe('the list of call reports', () => {
  it('is read forwards and backwards by its cursors, newest first, with nothing twice and nothing missed', async () => {
    for (let i = 0; i < 11; i++) {
      await server.report('pages', {
        uuid: `p-${i}`,
        disposition: 'BUSY',
        start: `2026-03-04 12:0${i % 3}:00`,
        billsec: i % 2 ? i : undefined,
      });
    }
    for (const sort of [
      '',
      '&sort=startedAt',
      '&sort=-receivedAt',
      '&sort=durationSeconds',
      '&sort=-durationSeconds',
    ]) {
      const base = `account=pages${sort}`;
      const whole = (await server.list(base)).items.map(({ id }) => id);
      const pages: string[][] = [];
      let page = await server.list(`${base}&limit=4`);
      expect(page.prevCursor).toBeNull();
      for (;;) {
        pages.push(page.items.map(({ id }) => id));
        if (page.nextCursor === null) break;
        page = await server.list(`${base}&limit=4&cursor=${page.nextCursor}`);
      }
      expect(pages.flat()).toEqual(whole);
      const back = [pages.at(-1)];
      while (page.prevCursor !== null) {
        page = await server.list(`${base}&limit=4&cursor=${page.prevCursor}`);
        back.unshift(page.items.map(({ id }) => id));
      }
      expect([sort, back]).toEqual([sort, pages]);
    }
    const times = (await server.list('account=pages')).items.map(({ startedAt }) => String(startedAt));
    expect(times).toEqual([...times].sort().reverse());
  });

  it('masks numbers and leaves payloads out for a key without pii:read, and refuses it to ask for them', async () => {
    await server.report('cells', {
      uuid: '254700000201',
      caller: '+254700000201',
      disposition: 'BUSY',
      queue: 'q-254700000201',
    });
    const { items } = await server.list('account=cells', server.maskedKey);
    expect(items[0]).toMatchObject({ from: '+2547…201', campaignId: 'q-2547…201' });
    expect(items[0]).not.toHaveProperty('raw');
    expect(items[0]).not.toHaveProperty('externalId');
    expect(JSON.stringify(items)).not.toContain('254700000201');
    const one = await ask(server.url, 'GET', `/admin/v1/call-reports/${items[0]!.id}`, { key: server.maskedKey });
    expect(one.body).not.toContain('254700000201');
    for (const query of [
      '?from=254700000201',
      '?to=254700000201',
      '?number=254700000201',
      '?q=254700000201',
      '/export?format=csv',
      '/stats?by=status&number=254700000201',
    ]) {
      const { status, contentType } = await ask(server.url, 'GET', `/admin/v1/call-reports${query}`, {
        key: server.maskedKey,
      });
      expect([query, status, contentType]).toEqual([query, 403, 'application/problem+json; charset=utf-8']);
    }
  });

  it.each([
    ...[
      'status=ringing',
      'status=',
      'status=busy,',
      'direction=up',
      'review=old',
      'sort=status',
      'sort=--startedAt',
      'limit=0',
    ],
    ...[
      'limit=501',
      'limit=many',
      'limit=1.5',
      'cursor=abc',
      'cursor=',
      'from=banana',
      'number=0700000201',
      'to=%00',
      'country=KE',
    ],
    ...[
      'number=0700000201&country=Kenya',
      'startedAfter=2026-03-04',
      'startedBefore=2026-03-04T00:00:00',
      'receivedAfter=now',
    ],
    ...[
      'receivedBefore=2026-13-04T00:00:00Z',
      'minDuration=-1',
      'maxDuration=1e3',
      'minDuration=',
      'tag=',
      'q=',
      'q=%00',
      'unknown=1',
    ],
    ...['account=a&account=b', 'provider=', 'campaignId=%0A', 'format=csv', 'zone=UTC'],
  ])('refuses %s as a problem that names the field', async (query) => {
    const { status, json, contentType } = await ask(server.url, 'GET', `/admin/v1/call-reports?${query}`);
    expect([status, contentType]).toEqual([400, 'application/problem+json; charset=utf-8']);
    const named = (json['errors'] as { field: string }[]).map(({ field }) => field);
    expect(new Set(named)).toEqual(new Set([query.split(/[=&]/).find((word) => word === named[0])]));
  });

  it.each([
    ...['export', 'export?format=xml', 'export?format=csv&zone=%2B03:00', 'export?format=csv&zone=Mars/Olympus'],
    ...[
      'export?format=csv&numbers=words',
      'export?format=csv&limit=5',
      'export?format=csv&format=ndjson',
      'stats',
      'stats?by=from',
    ],
    ...['stats?by=day&zone=EAT+3', 'stats?by=day&sort=startedAt', 'export?format=csv&status=ringing'],
  ])('refuses %s', async (query) => {
    const { status, contentType } = await ask(server.url, 'GET', `/admin/v1/call-reports/${query}`);
    expect([status, contentType]).toEqual([400, 'application/problem+json; charset=utf-8']);
  });

  it('refuses the cursor of another list, and one that somebody made up', async () => {
    const { nextCursor } = await server.list('account=pages&limit=2');
    const wrong = await ask(
      server.url,
      'GET',
      `/admin/v1/call-reports?account=pages&sort=receivedAt&cursor=${nextCursor}`,
    );
    expect(wrong.status).toBe(400);
    const parts = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as string[];
    for (const [value, id] of [
      ['12', parts[3]],
      ['May 2026', parts[3]],
      [parts[2], 'x'],
      ['0000-00-00T00:00:00Z', parts[3]],
    ]) {
      const cursor = Buffer.from(JSON.stringify([parts[0], parts[1], value, id])).toString('base64url');
      const { status } = await ask(server.url, 'GET', `/admin/v1/call-reports?account=pages&limit=2&cursor=${cursor}`);
      expect([value, id, status]).toEqual([value, id, 400]);
    }
  });
});

describe('the statistics', () => {
  it('count by any key, with the clocks of the zone', async () => {
    const calls = [
      {
        uuid: 's-1',
        disposition: 'ANSWERED',
        start: '2026-03-05 00:30:00',
        billsec: 10,
        price: '0.10',
        currency: 'KES',
      },
      { uuid: 's-2', disposition: 'DONE', start: '2026-03-05 00:59:00', billsec: 20, price: '0.20', currency: 'KES' },
      { uuid: 's-3', disposition: 'BUSY', start: '2026-03-04 23:59:00' },
    ];
    for (const call of calls) await server.report('sums', call);
    const stats = async (query: string) =>
      (await ask(server.url, 'GET', `/admin/v1/call-reports/stats?account=sums&${query}`)).json;
    expect(await stats('by=hour&zone=Africa/Nairobi')).toEqual({
      by: 'hour',
      zone: 'Africa/Nairobi',
      groups: [
        {
          ...{ key: '2026-03-04T23:00:00+03:00', count: 1, answered: 0, answerRate: 0 },
          ...{ meanDurationSeconds: null, totalDurationSeconds: 0, cost: {} },
        },
        {
          ...{ key: '2026-03-05T00:00:00+03:00', count: 2, answered: 2, answerRate: 1 },
          ...{ meanDurationSeconds: 15, totalDurationSeconds: 30, cost: { KES: '0.30' } },
        },
      ],
    });
    expect(await stats('by=day')).toMatchObject({
      zone: 'UTC',
      groups: [{ key: '2026-03-04', count: 3, answerRate: 2 / 3 }],
    });
    for (const by of ['status', 'provider', 'account', 'hangupCause', 'campaignId']) {
      const { groups } = (await stats(`by=${by}`)) as { groups: { count: number }[] };
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    }
  });
});
