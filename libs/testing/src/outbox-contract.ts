import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import type {
  CallOrder,
  ClaimedOrder,
  ForwardOrder,
  MessageOrder,
  OptOutStore,
  Outbox,
  OutboxOrder,
  OutboxWork,
  Settlement,
} from '@app/reporting';
import type { OrderStanding, OutboxJob } from './memory-outbox.js';

/** An outbox under test. */
export interface OutboxUnderTest {
  readonly outbox: Outbox;
  readonly work: OutboxWork;
  readonly optOuts: OptOutStore;
  /** Takes away and returns the `send` jobs made so far, due or not. */
  takeJobs(): Promise<readonly OutboxJob[]>;
  standingOf(id: string): Promise<OrderStanding | undefined>;
  /** Sends a dead or uncertain order again. */
  redrive(id: string): Promise<unknown>;
  readonly stop?: () => Promise<void>;
}

const hour = 3_600_000;
const lease = 60_000;
const sent: Settlement = { state: 'sent', results: [], durationMs: 5 };

/** What every {@link Outbox} with its {@link OutboxWork} and {@link OptOutStore} must do, as a suite of its own. */
export function outboxContract(name: string, make: () => Promise<OutboxUnderTest>): void {
  describe(`${name} as an outbox`, () => {
    let made: OutboxUnderTest;
    beforeAll(async () => {
      made = await make();
    });
    afterAll(async () => {
      await made.stop?.();
    });

    takesOrders(() => made);
    keepsOrder(() => made);
    settles(() => made);
    survivesProcesses(() => made);
    countsTokens(() => made);
    knowsOptOuts(() => made);
  });
}

function takesOrders(made: () => OutboxUnderTest): void {
  it('makes a job for an order that is due at once', async () => {
    const order = await put(made(), messageTo(person()));
    expect(await jobsOf(made(), order.id)).toHaveLength(1);
    expect(await made().standingOf(order.id)).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  it('hands a claimed order out as it was put, and to nobody else', async () => {
    const order = await put(made(), { ...messageTo(person(), person()), keyword: 'PRICE', linkId: 'link-1' });
    const claimed = await claim(made(), order.id);
    expect(claimed).toEqual({ order, attempt: 1, tries: 1, open: order.recipients, mayRepeat: false });
    expect(await made().work.claim(order.id, 'another', lease)).toBe('gone');
    expect(await made().standingOf(order.id)).toMatchObject({ state: 'sending', attempts: 1 });
  });

  it('hands calls out too', async () => {
    const order = await put(made(), callTo(person()));
    expect(await claim(made(), order.id)).toEqual({ order, attempt: 1, tries: 1, open: [], mayRepeat: false });
  });

  it('hands forwards out, whatever became of others, and again once they are redriven', async () => {
    const first = await put(made(), forward());
    const second = await put(made(), forward());
    expect(await claim(made(), first.id)).toEqual({ order: first, attempt: 1, tries: 1, open: [], mayRepeat: false });
    expect(await claim(made(), second.id)).toMatchObject({ attempt: 1 });
    await made().work.settle(second.id, 1, { state: 'dead', error: 'receiver-refused', results: [], durationMs: 1 });
    await made().takeJobs();
    await made().redrive(second.id);
    expect(await jobsOf(made(), second.id)).toHaveLength(1);
    expect(await claim(made(), second.id)).toMatchObject({ attempt: 2, tries: 1 });
  });

  it('has nothing to send for an order that it never had', async () => {
    expect(await made().work.claim(uuid(), 'worker', lease)).toBe('gone');
  });

  it('takes an order once, also when it is put twice under one id', async () => {
    const order = await put(made(), messageTo(person()));
    await claimAndSettle(made(), order.id, sent);
    await made().outbox.put([order]);
    expect(await made().work.claim(order.id, 'worker', lease)).toBe('gone');
  });

  it('does not carry out a second order under the same once-key within 12 hours', async () => {
    const onceKey = uuid();
    const first = await put(made(), { ...messageTo(person()), onceKey });
    const second = await put(made(), { ...messageTo(person()), onceKey });
    expect(await made().standingOf(first.id)).toBeDefined();
    expect(await made().standingOf(second.id)).toBeUndefined();
    expect(await made().work.claim(second.id, 'worker', lease)).toBe('gone');
  });
}

function keepsOrder(made: () => OutboxUnderTest): void {
  it('blocks an order behind an earlier one to the same person, and wakes it when that is done', async () => {
    const to = person();
    const first = await put(made(), messageTo(to));
    const second = await put(made(), messageTo(person(), to));
    expect(await made().work.claim(second.id, 'worker', lease)).toBe('blocked');
    await made().takeJobs();
    await claimAndSettle(made(), first.id, sent);
    expect(await jobsOf(made(), second.id)).toHaveLength(1);
    expect(await claim(made(), second.id)).toMatchObject({ attempt: 1 });
  });

  it('keeps an order blocked while the earlier one waits for its next attempt', async () => {
    const to = person();
    const first = await put(made(), messageTo(to));
    const second = await put(made(), messageTo(to));
    await claimAndSettle(made(), first.id, retryAt(new Date(Date.now() + hour)));
    expect(await made().work.claim(second.id, 'worker', lease)).toBe('blocked');
  });

  it('lets a reply pass an earlier bulk message to the same person', async () => {
    const to = person();
    await put(made(), { ...messageTo(to), lane: 'bulk' });
    const reply = await put(made(), messageTo(to));
    expect(await claim(made(), reply.id)).toMatchObject({ attempt: 1 });
  });

  it('is not held up by an order that is dead or uncertain', async () => {
    const to = person();
    const dead = await put(made(), messageTo(to));
    await claimAndSettle(made(), dead.id, { state: 'dead', error: 'request-refused', results: [], durationMs: 1 });
    const doubtful = await put(made(), messageTo(to));
    await claimAndSettle(made(), doubtful.id, { state: 'uncertain', error: 'interrupted', results: [], durationMs: 1 });
    const last = await put(made(), messageTo(to));
    expect(await claim(made(), last.id)).toMatchObject({ attempt: 1 });
  });
}

function settles(made: () => OutboxUnderTest): void {
  it('has nothing more to send of an order that was sent', async () => {
    const order = await put(made(), messageTo(person()));
    await claimAndSettle(made(), order.id, sent);
    expect(await made().standingOf(order.id)).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await made().work.claim(order.id, 'worker', lease)).toBe('gone');
  });

  it('makes the job of the next attempt for the time that was named', async () => {
    const order = await put(made(), messageTo(person()));
    await made().takeJobs();
    const nextAt = new Date(Date.now() + hour);
    await claimAndSettle(made(), order.id, retryAt(nextAt));
    expect(await jobsOf(made(), order.id)).toEqual([{ id: order.id, at: nextAt }]);
    const standing = await made().standingOf(order.id);
    expect(standing).toMatchObject({ state: 'retry', attempts: 1, nextAt, lastError: 'provider-error' });
  });

  it('opens for the next attempt only the recipients that are not settled', async () => {
    const order = await put(made(), messageTo(person(), person(), person()));
    const [first, second, third] = order.recipients;
    const results = [
      { messageId: first!.messageId, status: 'sent', externalId: 'ATXid_1', cost: { amount: '0.80', currency: 'KES' } },
      { messageId: third!.messageId, status: 'rejected', reason: 'recipient-invalid', providerStatus: 'Invalid' },
    ] as const;
    await claimAndSettle(made(), order.id, { ...retryAt(past()), results });
    expect(await claim(made(), order.id)).toMatchObject({ attempt: 2, open: [second] });
  });

  it('gives an order back unsent without counting the attempt', async () => {
    const order = await put(made(), messageTo(person()));
    await claim(made(), order.id);
    await made().takeJobs();
    const nextAt = past();
    await made().work.putBack(order.id, 1, nextAt);
    expect(await jobsOf(made(), order.id)).toEqual([{ id: order.id, at: nextAt }]);
    expect(await made().standingOf(order.id)).toMatchObject({ attempts: 0 });
    expect(await claim(made(), order.id)).toMatchObject({ attempt: 1, mayRepeat: false });
  });

  it('sends a dead order again when it is redriven, to whom it was not settled for', async () => {
    const order = await put(made(), messageTo(person(), person()));
    const [first, second] = order.recipients;
    const results = [{ messageId: first!.messageId, status: 'sent', externalId: 'ATXid_2' }] as const;
    await claimAndSettle(made(), order.id, { state: 'dead', error: 'insufficient-balance', results, durationMs: 1 });
    await made().takeJobs();
    await made().redrive(order.id);
    expect(await jobsOf(made(), order.id)).toHaveLength(1);
    expect(await claim(made(), order.id)).toMatchObject({ tries: 1, open: [second], mayRepeat: false });
  });
}

function survivesProcesses(made: () => OutboxUnderTest): void {
  it('names an order as abandoned when its lease ran out, and not before', async () => {
    const order = await put(made(), messageTo(person()));
    await claim(made(), order.id);
    const abandonedAt = async (at: number): Promise<unknown> =>
      (await made().work.abandoned(new Date(at))).find(({ id }) => id === order.id);
    expect(await abandonedAt(Date.now())).toBeUndefined();
    expect(await abandonedAt(Date.now() + 2 * lease)).toEqual({
      id: order.id,
      attempt: 1,
      tries: 1,
      order,
      left: false,
    });
    await made().work.settle(order.id, 1, sent);
    expect(await abandonedAt(Date.now() + 2 * lease)).toBeUndefined();
  });

  it('knows of an abandoned order whether its request may have left, and lets nobody else send it', async () => {
    const order = await put(made(), messageTo(person()));
    const leaving = (attempt: number, worker: string): Promise<boolean> =>
      made().work.leaving(order.id, attempt, worker);
    expect(await leaving(1, 'one')).toBe(false);
    await made().work.claim(order.id, 'one', lease);
    expect([await leaving(1, 'other'), await leaving(2, 'one'), await leaving(1, 'one')]).toEqual([false, false, true]);
    const found = await made().work.abandoned(new Date(Date.now() + 2 * lease));
    expect(found.find(({ id }) => id === order.id)).toMatchObject({ left: true });
    await made().work.settle(order.id, 1, retryAt(past()));
    expect(await leaving(1, 'one')).toBe(false);
    await made().work.claim(order.id, 'one', lease);
    const again = await made().work.abandoned(new Date(Date.now() + 2 * lease));
    expect(again.find(({ id }) => id === order.id)).toMatchObject({ attempt: 2, left: false });
  });

  it('marks an attempt that follows an uncertain one as one that may repeat it (#12)', async () => {
    const order = await put(made(), messageTo(person()));
    await claimAndSettle(made(), order.id, { ...retryAt(past()), error: 'abandoned' });
    expect(await claim(made(), order.id)).toMatchObject({ attempt: 2, mayRepeat: true });
  });

  it('marks a redriven uncertain order as one that may repeat (#12)', async () => {
    const order = await put(made(), messageTo(person()));
    await claimAndSettle(made(), order.id, { state: 'uncertain', error: 'interrupted', results: [], durationMs: 1 });
    await made().redrive(order.id);
    expect(await claim(made(), order.id)).toMatchObject({ mayRepeat: true });
  });

  it('lets the knowledge of a sender correct the guess of the sweeper', async () => {
    const order = await put(made(), messageTo(person()));
    const guess: Settlement = { state: 'uncertain', error: 'abandoned', results: [], durationMs: 0 };
    await claimAndSettle(made(), order.id, guess);
    await made().work.settle(order.id, 1, sent);
    expect(await made().standingOf(order.id)).toMatchObject({ state: 'sent' });
    await made().work.settle(order.id, 1, guess);
    expect(await made().standingOf(order.id)).toMatchObject({ state: 'sent' });
  });

  it('changes nothing when an earlier attempt is settled late', async () => {
    const order = await put(made(), messageTo(person()));
    await claimAndSettle(made(), order.id, { ...retryAt(past()), error: 'abandoned' });
    await claim(made(), order.id);
    await made().work.settle(order.id, 1, sent);
    expect(await made().standingOf(order.id)).toMatchObject({ state: 'sending', attempts: 2 });
  });

  it('wakes an order that is due and has no job', async () => {
    const order = await put(made(), messageTo(person()));
    await made().takeJobs();
    expect(await made().work.wakeDue(new Date(Date.now() + hour))).toBeGreaterThanOrEqual(1);
    expect(await jobsOf(made(), order.id)).toHaveLength(1);
  });
}

function countsTokens(made: () => OutboxUnderTest): void {
  it('gives an account no more tokens than its rate, and says how long to wait', async () => {
    const account = uuid();
    const take = (of: string) => made().work.takeToken('africastalking', of, 0.02);
    expect(await take(account)).toEqual({ waitMs: 0 });
    const { waitMs } = await take(account);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(50_000);
    expect(await take(uuid())).toEqual({ waitMs: 0 });
  });
}

function knowsOptOuts(made: () => OutboxUnderTest): void {
  const account = { provider: 'africastalking', account: 'demo' };
  const entry = (msisdn: string, address?: string) => ({
    ...{ ...account, msisdn, reason: 'stop-word', at: new Date() },
    ...(address === undefined ? {} : { address }),
  });

  it('knows who opted out of an address, of another one, or of all', async () => {
    const [here, there, everywhere, never] = [person(), person(), person(), person()];
    for (const one of [entry(here, '44170'), entry(here, '44170'), entry(there, 'SHAMBA'), entry(everywhere)]) {
      await made().optOuts.optOut(one);
    }
    const all = [here, there, everywhere, never];
    expect(await made().optOuts.optedOut(account, '44170', all)).toEqual(new Set([here, everywhere]));
    expect(await made().optOuts.optedOut(account, undefined, all)).toEqual(new Set([here, there, everywhere]));
    const another = { ...account, account: 'another' };
    expect(await made().optOuts.optedOut(another, '44170', all)).toEqual(new Set());
  });

  it('lifts with an opt-in what held for the address and for all', async () => {
    const one = person();
    for (const opted of [entry(one, '44170'), entry(one, 'SHAMBA'), entry(one)]) await made().optOuts.optOut(opted);
    await made().optOuts.optIn(entry(one, '44170'));
    expect(await made().optOuts.optedOut(account, '44170', [one])).toEqual(new Set());
    expect(await made().optOuts.optedOut(account, 'SHAMBA', [one])).toEqual(new Set([one]));
  });
}

async function put<T extends OutboxOrder>({ outbox }: OutboxUnderTest, order: T): Promise<T> {
  await outbox.put([order]);
  return order;
}

async function claim({ work }: OutboxUnderTest, id: string): Promise<ClaimedOrder> {
  const claimed = await work.claim(id, 'worker', lease);
  if (typeof claimed === 'string') throw new Error(`the order is ${claimed}`);
  return claimed;
}

async function claimAndSettle(made: OutboxUnderTest, id: string, settlement: Settlement): Promise<void> {
  const { attempt } = await claim(made, id);
  await made.work.settle(id, attempt, settlement);
}

async function jobsOf(made: OutboxUnderTest, wanted: string): Promise<readonly OutboxJob[]> {
  return (await made.takeJobs()).filter(({ id }) => id === wanted);
}

function retryAt(nextAt: Date): Settlement {
  return { state: 'retry', error: 'provider-error', results: [], durationMs: 5, nextAt };
}

const past = () => new Date(Date.now() - 1_000);
const person = () => `+2547${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
const demo = { provider: 'africastalking', account: 'demo', from: '44170' };

function messageTo(...numbers: readonly string[]): MessageOrder {
  const recipients = numbers.map((to) => ({ messageId: uuid(), to }));
  const text = { text: 'Maize is at 42.50', segments: 1, encoding: 'gsm7' } as const;
  return { ...demo, kind: 'message', lane: 'reply', id: uuid(), createdAt: new Date(), ...text, recipients };
}

function forward(): ForwardOrder {
  return {
    ...{ kind: 'forward', id: uuid(), provider: 'generic', account: 'pbx', forwardId: 'crm', event: 'call-report' },
    ...{ recordId: uuid(), method: 'POST', url: 'https://x.example/', headers: { 'x-a': 'b' }, body: '{}' },
    createdAt: new Date(),
  };
}

function callTo(to: string): CallOrder {
  return { ...demo, kind: 'call', id: uuid(), createdAt: new Date(), to, dialog: 'shamba' };
}
