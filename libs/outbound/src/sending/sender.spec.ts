import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  answer,
  SendingBench,
  tinyAccount,
  tinyKey,
  tinyProvider,
  type Manners,
  type SenderCircumstances,
} from '@app/testing';

let bench: SendingBench;
beforeEach(async () => {
  bench = await SendingBench.start(tinyProvider, tinyAccount);
});
afterEach(() => bench.stop());

const people = ['+254700000201', '+254700000202', '+254700000203'] as const;
const ok = (...numbers: readonly string[]): Manners => answer(201, Object.fromEntries(numbers.map((to) => [to, 'ok'])));

describe('a send that goes well', () => {
  it('is settled with what the provider said of every recipient', async () => {
    bench.server.manners = ok(...people);
    const order = await bench.putMessage(...people);
    expect(await bench.sender().work(order.id)).toBe('sent');
    expect(bench.server.bodies).toEqual([JSON.stringify({ to: people })]);
    expect([...bench.outbox.rows.get(order.id)!.settled.values()]).toEqual(
      order.recipients.map(({ messageId, to }) => ({ messageId, status: 'sent', externalId: `id-${to}` })),
    );
    expect(bench.attempts).toMatchObject([{ id: order.id, state: 'sent', kind: 'message', lane: 'reply', attempt: 1 }]);
    expect(bench.attempts[0]).toMatchObject({ httpStatus: 201, mayRepeat: false });
  });

  it('may be a call, which is settled under the id of its order', async () => {
    bench.server.manners = ok(people[0]);
    const order = await bench.putCall(people[0]);
    expect(await bench.attempt(order)).toMatchObject({
      ...{ state: 'sent', results: [{ messageId: order.id, externalId: `id-${people[0]}` }] },
    });
  });

  it('is not made twice, whoever is woken for it', async () => {
    bench.server.manners = ok(people[0]);
    const order = await bench.putMessage(people[0]);
    const sender = bench.sender();
    const outcomes = await Promise.all([sender.work(order.id), sender.work(order.id), bench.sender().work(order.id)]);
    expect([...outcomes].sort()).toEqual(['gone', 'gone', 'sent']);
    expect(bench.server.bodies).toHaveLength(1);
  });

  it('waits for an earlier message to the same person', async () => {
    await bench.putMessage(people[0]);
    const second = await bench.putMessage(people[0]);
    expect(await bench.sender().work(second.id)).toBe('blocked');
    expect(bench.server.bodies).toEqual([]);
  });
});

describe('several recipients', () => {
  it('are settled one by one, and only those who failed for now are tried again', async () => {
    const [first, second, third] = people;
    bench.server.manners = answer(201, { [first]: 'ok', [second]: 'provider-error', [third]: 'recipient-invalid' });
    const order = await bench.putMessage(...people);
    const sender = bench.sender();
    const attempt = await bench.attempt(order, sender);
    expect(attempt).toMatchObject({ state: 'retry', error: 'provider-error' });
    expect(attempt.results).toEqual([
      { messageId: order.recipients[0]!.messageId, status: 'sent', externalId: `id-${first}` },
      {
        ...{ messageId: order.recipients[2]!.messageId, status: 'rejected', reason: 'recipient-invalid' },
        providerStatus: 'no •••',
      },
    ]);
    bench.server.manners = ok(second);
    await bench.clock.pass(1_000);
    expect(await sender.work(order.id)).toBe('sent');
    expect(bench.server.bodies[1]).toBe(JSON.stringify({ to: [second] }));
  });

  it('leave the order dead when nobody of them can be reached', async () => {
    bench.server.manners = answer(201, { [people[0]]: 'recipient-invalid', [people[1]]: 'do-not-disturb' });
    const attempt = await bench.attempt(await bench.putMessage(people[0], people[1]));
    expect(attempt).toMatchObject({ state: 'dead', error: 'recipient-invalid' });
    expect(attempt.results.map(({ reason }) => reason)).toEqual(['recipient-invalid', 'do-not-disturb']);
  });

  it('stay open for a redrive when the account had no credit for them', async () => {
    bench.server.manners = answer(201, { [people[0]]: 'ok', [people[1]]: 'insufficient-balance' });
    const order = await bench.putMessage(people[0], people[1]);
    const sender = bench.sender();
    expect(await bench.attempt(order, sender)).toMatchObject({ state: 'dead', error: 'insufficient-balance' });
    bench.server.manners = ok(people[1]);
    await bench.outbox.redrive(order.id);
    expect(await sender.work(order.id)).toBe('sent');
    expect(bench.server.bodies[1]).toBe(JSON.stringify({ to: [people[1]] }));
  });

  it('are uncertain when the answer leaves one of them out', async () => {
    bench.server.manners = ok(people[0]);
    const order = await bench.putMessage(people[0], people[1]);
    const attempt = await bench.attempt(order);
    expect(attempt).toMatchObject({ state: 'uncertain', error: 'reply-unreadable' });
    expect(attempt.results.map(({ messageId }) => messageId)).toEqual([order.recipients[0]!.messageId]);
  });
});

describe('people who opted out', () => {
  const stopped = (msisdn: string) =>
    bench.optOuts.optOut({
      provider: 'tiny',
      account: 'demo',
      address: '44170',
      msisdn,
      reason: 'stop-word',
      at: new Date(),
    });

  it('get nothing, while the others do', async () => {
    await stopped(people[1]);
    bench.server.manners = ok(people[0], people[2]);
    const order = await bench.putMessage(...people);
    const attempt = await bench.attempt(order);
    expect(bench.server.bodies).toEqual([JSON.stringify({ to: [people[0], people[2]] })]);
    expect(attempt.state).toBe('sent');
    expect(attempt.results).toContainEqual({
      ...{ messageId: order.recipients[1]!.messageId, status: 'rejected', reason: 'opted-out' },
    });
  });

  it('get nothing from an address that is written in the national form', async () => {
    const account = { country: 'KE' };
    const [msisdn] = people;
    const word = { provider: 'tiny', account: 'demo', msisdn, reason: 'stop-word', at: new Date() };
    await bench.optOuts.optOut({ ...word, address: '+254711082000' });
    const order = await bench.put({ ...bench.messageTo(msisdn), from: '0711082000' });
    expect(await bench.attempt(order, bench.sender({ account }))).toMatchObject({ state: 'dead', error: 'opted-out' });
    expect(bench.server.bodies).toEqual([]);
  });

  it('are not replied to either, and not called', async () => {
    await stopped(people[0]);
    await bench.optOuts.optOut({
      provider: 'tiny',
      account: 'demo',
      msisdn: people[1],
      reason: 'admin',
      at: new Date(),
    });
    const [reply, call] = [await bench.putMessage(people[0]), await bench.putCall(people[1])];
    const sender = bench.sender();
    for (const [order, messageId] of [
      [reply, reply.recipients[0]!.messageId],
      [call, call.id],
    ] as const) {
      expect(await bench.attempt(order, sender)).toMatchObject({
        ...{ state: 'dead', error: 'opted-out', results: [{ messageId, status: 'rejected', reason: 'opted-out' }] },
      });
    }
    expect(bench.server.bodies).toEqual([]);
  });
});

describe('an order that cannot be sent', () => {
  it.each<[string, SenderCircumstances, string]>([
    ['account is gone', { accounts: [] }, 'account-gone'],
    ['provider cannot send such a thing', { send: { kinds: new Set(['call']) } }, 'not-supported'],
    ['account has no credentials', { account: { credentials: {} } }, 'credentials-missing'],
    ['endpoint is no address', { account: { endpoints: { api: 'nowhere' } } }, 'request-refused'],
    ['provider has a fault of ours', { account: { endpoints: { broken: 'yes' } } }, 'not-supported'],
  ])('is dead when its %s, and is sent when that was mended', async (_what, circumstances, error) => {
    const order = await bench.putMessage(people[0]);
    expect(await bench.attempt(order, bench.sender(circumstances))).toMatchObject({
      state: 'dead',
      error,
      results: [],
    });
    bench.server.manners = ok(people[0]);
    await bench.outbox.redrive(order.id);
    expect(await bench.sender().work(order.id)).toBe('sent');
  });

  it('is given up after twelve attempts, and tried twelve times more when it is sent again', async () => {
    bench.server.manners = answer(503, 'down');
    const order = await bench.putMessage(people[0]);
    const sender = bench.sender();
    const until = async (state: string) => {
      for (let made = 1; made <= 40; made += 1) {
        await bench.clock.pass(600_000);
        if ((await sender.work(order.id)) === state) return made;
      }
      return undefined;
    };
    expect(await until('dead')).toBe(12);
    expect(bench.outbox.rows.get(order.id)!.attemptLog.at(-1)).toMatchObject({ error: 'provider-error' });
    await bench.outbox.redrive(order.id);
    expect(await until('dead')).toBe(12);
  });

  it('is given back uncounted when the database fails before the request', async () => {
    const order = await bench.putMessage(people[0]);
    const sender = bench.sender({
      account: { rate: { perSecond: 5 } },
      work: { takeToken: () => Promise.reject(new Error('away')) },
    });
    expect(await sender.work(order.id)).toBe('put-back');
    expect(await bench.outbox.standingOf(order.id)).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(bench.faults).toHaveLength(1);
    expect(bench.server.bodies).toEqual([]);
  });
});

describe('the rate of an account', () => {
  it('gives orders back that would wait long, and counts no attempt', async () => {
    bench.server.manners = ok(...people);
    const sender = bench.sender({ account: { rate: { perSecond: 0.1 } } });
    const [first, second] = [await bench.putMessage(people[0]), await bench.putMessage(people[1])];
    expect(await sender.work(first.id)).toBe('sent');
    expect(await sender.work(second.id)).toBe('put-back');
    const { nextAt, attempts: made } = (await bench.outbox.standingOf(second.id))!;
    expect(made).toBe(0);
    expect(bench.waitOf({ nextAt: nextAt! })).toBe(bench.putBacks[0]!.afterMs);
    expect(bench.putBacks[0]!.afterMs).toBeGreaterThanOrEqual(10_000);
    expect(bench.server.bodies).toHaveLength(1);
  });

  it('rests after a 429, without slowing another account', async () => {
    bench.server.manners = (response, request, body) =>
      request.headers['apikey'] === tinyKey
        ? answer(429, '', { 'retry-after': '30' })(response, request, body)
        : ok(people[1])(response, request, body);
    const api = { endpoints: { api: bench.server.url } };
    const other = { ...tinyAccount, ...api, account: 'other', credentials: { apiKey: 'another' } };
    const sender = bench.sender({ accounts: [{ ...tinyAccount, ...api }, other] });
    expect(await sender.work((await bench.putMessage(people[0])).id)).toBe('retry');
    expect(await sender.work((await bench.putMessage(people[1])).id)).toBe('put-back');
    expect(bench.putBacks).toMatchObject([{ account: 'demo', afterMs: 31_500 }]);
    const elsewhere = { ...bench.messageTo(people[1]), account: 'other' };
    expect(await sender.work((await bench.put(elsewhere)).id)).toBe('sent');
  });
});

describe('what is kept of a failure (#56)', () => {
  it('holds no secret and no full number, and no more than 500 characters', async () => {
    const said = `key ${tinyKey} (${encodeURIComponent(tinyKey)}) for ${people[0]} ${'x'.repeat(2_000)}`;
    bench.server.manners = answer(500, said);
    const attempt = await bench.attempt(await bench.putMessage(people[0]));
    expect(attempt.detail).toMatch(/^key ••• \(•••\) for \+2547…201 x+…$/);
    expect(attempt.detail).toHaveLength(500);
  });

  it('holds no secret when the connection fails or the provider has a fault of ours', async () => {
    const unreachable = { endpoints: { api: 'http://127.0.0.1:1' } };
    const kept = [
      await bench.attempt(await bench.putMessage(people[0]), bench.sender({ account: unreachable })),
      await bench.attempt(
        await bench.putMessage(people[1]),
        bench.sender({ account: { endpoints: { broken: 'yes' } } }),
      ),
    ];
    const seen = JSON.stringify([kept, bench.attempts, bench.faults.map(String)]);
    expect(bench.faults).toHaveLength(1);
    expect(seen).not.toContain(tinyKey);
    expect(seen).not.toContain(people[0]);
  });
});
