import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Account } from '@app/provider-kit';
import type { GuardedHttpOptions } from '../guarded-http-client.js';
import {
  answer,
  SendingBench,
  tinyAccount,
  tinyProvider,
  type Manners,
  type SenderCircumstances,
  type MemoryOutbox,
} from '@app/testing';

let bench: SendingBench;
beforeEach(async () => {
  bench = await SendingBench.start(tinyProvider, tinyAccount);
});
afterEach(() => bench.stop());

const people = ['+254700000201', '+254700000202', '+254700000203'] as const;
const ok = (...numbers: readonly string[]): Manners => answer(201, Object.fromEntries(numbers.map((to) => [to, 'ok'])));

describe('a provider that behaves badly (#27)', () => {
  const cut: Manners = (response) => response.socket?.destroy();
  const half: Manners = (response) => {
    response.writeHead(201, { 'content-length': '500' }).write('{"SMSMess');
    setImmediate(() => response.socket?.destroy());
  };

  it.each<[string, Manners, object]>([
    ['cuts the connection when it has the request', cut, { state: 'uncertain', error: 'interrupted' }],
    ['cuts its own answer off', half, { state: 'uncertain', error: 'interrupted' }],
    ['does not answer in time', () => undefined, { state: 'uncertain', error: 'interrupted' }],
    [
      'answers a page of HTML with 200',
      answer(200, '<html>hello</html>'),
      { state: 'uncertain', error: 'reply-unreadable' },
    ],
    ['names no recipient at all', answer(201, {}), { state: 'uncertain', error: 'reply-unreadable' }],
    [
      'answers more than can be read',
      answer(200, 'x'.repeat(20_000)),
      { state: 'uncertain', error: 'reply-unreadable' },
    ],
    ['answers 401 in plain text', answer(401, 'The key is invalid'), { state: 'dead', error: 'credentials-refused' }],
    ['answers 500 with HTML', answer(500, '<h1>Oops</h1>'), { state: 'retry', error: 'provider-error' }],
    ['answers 429', answer(429, ''), { state: 'retry', error: 'rate-limited' }],
    ['refuses the request', answer(400, ''), { state: 'dead', error: 'request-refused' }],
  ])('%s', async (_what, manners, expected) => {
    bench.server.manners = manners;
    const order = await bench.putMessage(people[0]);
    const sender = bench.sender({ client: { timeoutMs: 400, maxResponseBytes: 10_000 } });
    const attempt = await bench.attempt(order, sender);
    expect(attempt).toMatchObject({ ...expected, results: [] });
    expect(bench.waitOf(attempt)).toBe('state' in expected && expected.state === 'retry' ? 1_000 : undefined);
    expect(bench.server.bodies).toHaveLength(1);
  });

  it.each<[string, Partial<Account>, GuardedHttpOptions]>([
    ['refuses the connection', { endpoints: { api: 'http://127.0.0.1:1' } }, {}],
    [
      'has no address',
      { endpoints: { api: 'http://nowhere.invalid' } },
      { resolve: () => Promise.reject(new Error('none')) },
    ],
  ])('is tried again without a doubt when it %s', async (_what, account, client) => {
    const order = await bench.putMessage(people[0]);
    const attempt = await bench.attempt(order, bench.sender({ account, client }));
    expect(attempt).toMatchObject({ state: 'retry', error: 'provider-unreachable' });
    expect(bench.waitOf(attempt)).toBe(1_000);
  });

  it('is tried again without a doubt when there is no TLS where there should be', async () => {
    const order = await bench.putMessage(people[0]);
    const account = { endpoints: { api: `https://127.0.0.1:${bench.server.port}` } };
    expect(await bench.attempt(order, bench.sender({ account }))).toMatchObject({
      state: 'retry',
      error: 'provider-unreachable',
    });
  });

  it('is left alone for a while after many failures, and tried again without a doubt', async () => {
    bench.server.manners = cut;
    const sender = bench.sender({ client: { circuit: { minRequests: 1, probeAfterMs: 60_000 } } });
    await sender.work((await bench.putMessage(people[0])).id);
    const second = await bench.putMessage(people[1]);
    expect(await bench.attempt(second, sender)).toMatchObject({ state: 'retry', error: 'provider-unreachable' });
    expect(bench.server.bodies).toHaveLength(1);
  });

  it.each([
    ['seconds', { 'retry-after': '90' }, 91_000],
    ['a date', { 'retry-after': 'Wed, 04 Mar 2026 12:02:00 GMT', date: 'Wed, 04 Mar 2026 12:00:00 GMT' }, 121_000],
    // The test's server writes no Date of its own: the clock of the test counts.
    ['a date without another', { 'retry-after': 'Wed, 04 Mar 2026 09:01:00 GMT' }, 61_000],
  ])('is given the time that its Retry-After asks for in %s', async (_what, headers, expected) => {
    bench.server.manners = answer(429, '', headers);
    const attempt = await bench.attempt(await bench.putMessage(people[0]));
    expect(attempt).toMatchObject({ state: 'retry', error: 'rate-limited', httpStatus: 429 });
    expect(bench.waitOf(attempt)).toBe(expected);
  });
});

describe('a request whose fate is not known (#12)', () => {
  const cut: Manners = (response) => response.socket?.destroy();

  it.each<[string, SenderCircumstances]>([
    ['the provider carries a repeated request out once', { send: { idempotent: true } }],
    ['the account wants it', { account: { resendUncertain: true } }],
  ])('is repeated where %s', async (_where, circumstances) => {
    bench.server.manners = cut;
    const order = await bench.putMessage(people[0]);
    const sender = bench.sender(circumstances);
    expect(await bench.attempt(order, sender)).toMatchObject({ state: 'retry', error: 'interrupted' });
    bench.server.manners = ok(people[0]);
    await bench.clock.pass(1_000);
    expect(await sender.work(order.id)).toBe('sent');
    expect(bench.attempts.map(({ mayRepeat }) => mayRepeat)).toEqual([false, true]);
  });

  it('is not repeated by waking it, and carries a mark when an operator sends it again', async () => {
    bench.server.manners = cut;
    const order = await bench.putMessage(people[0]);
    const sender = bench.sender();
    expect(await sender.work(order.id)).toBe('uncertain');
    expect(await sender.work(order.id)).toBe('gone');
    bench.server.manners = ok(people[0]);
    await bench.outbox.redrive(order.id);
    expect(await sender.work(order.id)).toBe('sent');
    expect(bench.attempts.at(-1)).toMatchObject({ mayRepeat: true });
  });

  it.each<[string, SenderCircumstances, object]>([
    ['is uncertain', {}, { state: 'uncertain', error: 'abandoned' }],
    ['is tried again', { account: { resendUncertain: true } }, { state: 'retry', error: 'abandoned' }],
  ])('%s when its process was killed', async (_what, circumstances, expected) => {
    const order = await bench.putMessage(people[0]);
    await bench.outbox.claim(order.id, 'a process that is gone', 60_000);
    await bench.outbox.leaving(order.id, 1, 'a process that is gone');
    const sender = bench.sender(circumstances);
    expect(await sender.sweep(new Date(bench.clock.now()))).toMatchObject({ abandoned: 0 });
    await bench.clock.pass(60_001);
    expect(await sender.sweep(new Date(bench.clock.now()))).toMatchObject({ abandoned: 1 });
    expect(bench.outbox.rows.get(order.id)!.attemptLog).toMatchObject([expected]);
    expect(bench.server.bodies).toEqual([]);
  });

  it('is sent by another where its process was killed before the request went out', async () => {
    bench.server.manners = ok(people[0]);
    const order = await bench.putMessage(people[0]);
    await bench.outbox.claim(order.id, 'a process that is gone', 60_000);
    await bench.clock.pass(60_001);
    const sender = bench.sender();
    await sender.sweep(new Date(bench.clock.now()));
    expect(await bench.outbox.standingOf(order.id)).toMatchObject({ state: 'retry' });
    await bench.clock.pass(2_000);
    expect(await sender.work(order.id)).toBe('sent');
    expect(bench.attempts.at(-1)).toMatchObject({ attempt: 2, mayRepeat: false });
    expect(bench.server.bodies).toHaveLength(1);
  });

  it('is not sent by a process that stood still until another had it', async () => {
    bench.server.manners = ok(people[0]);
    const order = await bench.putMessage(people[0]);
    const leaving = () => Promise.resolve(false);
    const sender = bench.sender({ work: { leaving } });
    expect(await sender.work(order.id)).toBe('gone');
    expect(bench.server.bodies).toEqual([]);
    expect(sender.states()).toMatchObject([{ inFlight: 0 }]);
  });

  it('is put back where the database is away as the request is to go out', async () => {
    const order = await bench.putMessage(people[0]);
    const leaving = () => Promise.reject(new Error('away'));
    const sender = bench.sender({ work: { leaving } });
    expect(await sender.work(order.id)).toBe('put-back');
    expect(bench.server.bodies).toEqual([]);
    expect(sender.states()).toMatchObject([{ inFlight: 0 }]);
  });

  it('is not lost when the database is away as the answer comes', async () => {
    bench.server.manners = ok(people[0]);
    const order = await bench.putMessage(people[0]);
    let failures = 3;
    const settle: MemoryOutbox['settle'] = (...given) =>
      failures-- > 0 ? Promise.reject(new Error('away')) : bench.outbox.settle(...given);
    const working = bench.sender({ work: { settle } }).work(order.id);
    while (bench.outbox.rows.get(order.id)!.state === 'sending') await bench.clock.pass(250);
    expect(await working).toBe('sent');
    expect(bench.server.bodies).toHaveLength(1);
  });
});
