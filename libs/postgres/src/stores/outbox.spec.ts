import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { CallOrder, ClaimedOrder, MessageOrder, SendResult, Settlement } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { Database } from '../database.js';
import { PostgresStores } from '../postgres-stores.js';
import { orderRow, outboxRows } from './outbox.js';
import { removeOldOrders } from './outbox-work.js';

let server: PrivatePostgres;
let folder: string;
let url: string;
let client: Pool;
let stores: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-outbox-'));
  url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  client = new Pool({ connectionString: url });
});

afterAll(async () => {
  await client.end();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

beforeEach(() =>
  client.query(`TRUNCATE messages, outbox, outbox_recipients, send_attempts, delivery_states, effect_ledger,
    quarantine, graphile_worker._private_jobs`),
);

const demo = { provider: 'africastalking', account: 'demo' };
const ann = '+254711082201';
const ben = '+254711082202';

async function all(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(text, values)).rows;
}

function order(fields: Partial<MessageOrder> = {}, ...to: string[]): MessageOrder {
  const recipients = (to.length === 0 ? [ann] : to).map((each) => ({ messageId: uuid(), to: each }));
  return {
    ...{ id: uuid(), ...demo, kind: 'message', lane: 'reply', from: '44170', text: 'KES 40', segments: 1 },
    ...{ encoding: 'gsm7', createdAt: new Date(), recipients },
    ...fields,
  };
}

const call = (): CallOrder => ({
  ...{ id: uuid(), ...demo, kind: 'call', from: '+254711000000', to: ann, dialog: 'shamba', createdAt: new Date() },
});

async function claim(id: string): Promise<ClaimedOrder> {
  const claimed = await stores.outboxWork.claim(id, 'w', 60_000);
  if (typeof claimed === 'string') throw new Error(claimed);
  return claimed;
}

const tried = (id: string) => stores.outboxWork.claim(id, 'w', 60_000);

function sent(each: MessageOrder, fields: Partial<SendResult> = {}): Settlement {
  const results = each.recipients.map(({ messageId }): SendResult => ({ messageId, status: 'sent', ...fields }));
  return { state: 'sent', results, durationMs: 12.4 };
}

const failed = (state: Settlement['state'], error: string, nextAt?: Date): Settlement => ({
  ...{ state, error, results: [], durationMs: 5 },
  ...(nextAt === undefined ? {} : { nextAt }),
});

const stateOf = async (id: string) => (await all('SELECT state FROM outbox WHERE id = $1', id))[0]?.['state'];
const jobs = () => all(`SELECT payload->>'id' AS id, key, priority, run_at FROM graphile_worker._private_jobs`);
const jobIds = async () => (await jobs()).map(({ id }) => id);
const noJobs = () => client.query('TRUNCATE graphile_worker._private_jobs');
const soon = () => new Date(Date.now() + 60_000);

describe('an order', () => {
  it('is put with one message a recipient and one job, and comes back as it was put', async () => {
    const put = order({ linkId: 'L1', keyword: 'price', batchId: 'b1', lane: 'bulk' }, ann, ben);
    await stores.outbox.put([put]);
    expect(await jobs()).toEqual([expect.objectContaining({ id: put.id, key: put.id, priority: 10 })]);
    const rows = await all(
      'SELECT direction, recipient, sender, text, link_id, batch_id, rank FROM messages ORDER BY 2',
    );
    const common = { direction: 'mt', sender: '44170', text: 'KES 40', link_id: 'L1', batch_id: 'b1', rank: 1 };
    expect(rows).toEqual([
      { recipient: ann, ...common },
      { recipient: ben, ...common },
    ]);
    expect(await claim(put.id)).toEqual({ order: put, attempt: 1, tries: 1, open: put.recipients, mayRepeat: false });
  });

  it('may be a call, which is a message of nobody', async () => {
    const put = call();
    await stores.outbox.put([put]);
    expect(await claim(put.id)).toMatchObject({ order: put, open: [] });
    const result: SendResult = { messageId: put.id, status: 'queued', externalId: 'ATVId_1' };
    await stores.outboxWork.settle(put.id, 1, { state: 'sent', results: [result], durationMs: 1 });
    expect(await all('SELECT state, external_id FROM outbox')).toEqual([{ state: 'sent', external_id: 'ATVId_1' }]);
    expect(await all('SELECT FROM messages')).toEqual([]);
  });

  it('of a key that is known is not carried out, in one batch or in many (#1)', async () => {
    const first = order({ onceKey: 'k' });
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => stores.outbox.put([{ ...first, id: at ? uuid() : first.id }])),
    );
    for (let count = 0; count < 5; count++) await stores.outbox.put([order({ onceKey: 'k' })]);
    expect(await all('SELECT id FROM outbox')).toEqual([{ id: first.id }]);
    expect(await jobIds()).toEqual([first.id]);
    await stores.outbox.put([order({ onceKey: 'k', createdAt: new Date(Date.now() + 13 * 3_600_000) })]);
    expect(await all('SELECT FROM outbox')).toHaveLength(2);
  });

  it('that is written again changes nothing, with a key or without', async () => {
    const orders = [order({ onceKey: 'k' }), order({}, ben)];
    const [first] = orders;
    const written = `[${orders.map((each, place) => orderRow(each, place).json).join(',')}]`;
    await client.query(outboxRows.insert, [written]);
    await stores.outboxWork.settle(first!.id, (await claim(first!.id)).attempt, sent(first!));
    await client.query(outboxRows.insert, [written]);
    expect(await all('SELECT state FROM outbox ORDER BY 1')).toEqual([{ state: 'sent' }, { state: 'waiting' }]);
    expect(await jobs()).toHaveLength(2);
    expect(await all('SELECT FROM messages')).toHaveLength(2);
  });

  it('that Postgres refuses is set aside, and the other 499 are put (#24)', async () => {
    await stores.outbox.put(Array.from({ length: 500 }, (_, at) => order(at === 77 ? { id: 'no uuid' } : {})));
    expect(await all('SELECT FROM outbox')).toHaveLength(499);
    expect(await jobs()).toHaveLength(499);
    expect(await all('SELECT kind, id FROM quarantine')).toEqual([{ kind: 'outbox-order', id: 'no uuid' }]);
  });
});

describe('a claim', () => {
  it('is given to one of many', async () => {
    const put = order();
    await stores.outbox.put([put]);
    const claims = await Promise.all(Array.from({ length: 10 }, () => tried(put.id)));
    expect(claims.filter((each) => each === 'gone')).toHaveLength(9);
    expect(await tried(uuid())).toBe('gone');
  });

  it('waits for earlier orders of the same person, lane and address, and only for those', async () => {
    const [first, second] = [order(), order()];
    const others = [order({}, ben), order({ lane: 'bulk' }), order({ from: 'SHAMBA' })];
    await stores.outbox.put([first, second, ...others]);
    expect(await tried(second.id)).toBe('blocked');
    for (const { id } of others) await claim(id);
    await claim(first.id);
    expect(await tried(second.id)).toBe('blocked');
    await noJobs();
    await stores.outboxWork.settle(first.id, 1, sent(first));
    expect(await jobIds()).toEqual([second.id]);
    await claim(second.id);
  });

  it('waits for each of several recipients', async () => {
    const [first, second, both] = [order(), order({}, ben), order({}, ann, ben)];
    await stores.outbox.put([first, second, both]);
    for (const each of [first, second]) {
      expect(await tried(both.id)).toBe('blocked');
      await stores.outboxWork.settle(each.id, (await claim(each.id)).attempt, sent(each));
    }
    expect((await claim(both.id)).open).toHaveLength(2);
  });

  it('keeps the order of what one person gets under four workers', async () => {
    const orders = Array.from({ length: 40 }, (_, at) => order({ text: String(at) }, at % 2 === 0 ? ann : ben));
    await stores.outbox.put(orders);
    const log: string[] = [];
    const worker = async () => {
      for (;;) {
        const [job] = await all(`DELETE FROM graphile_worker._private_jobs WHERE id = (
          SELECT id FROM graphile_worker._private_jobs ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING payload->>'id' AS id`);
        if (job === undefined) return;
        const claimed = await tried(String(job['id']));
        if (typeof claimed === 'string' || claimed.order.kind !== 'message') continue;
        log.push(claimed.order.text);
        await sleep(Math.random() * 5);
        await stores.outboxWork.settle(claimed.order.id, claimed.attempt, sent(claimed.order));
      }
    };
    while (log.length < orders.length) await Promise.all([worker(), worker(), worker(), worker()]);
    const numbers = log.map(Number);
    for (const parity of [0, 1]) {
      const own = numbers.filter((number) => number % 2 === parity);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    expect(numbers).toHaveLength(40);
  });
});

describe('a settlement', () => {
  it('tells messages and delivery states what came of the send, never for the worse (#6, #7)', async () => {
    const put = order();
    const message = put.recipients[0]!;
    await stores.outbox.put([put]);
    const cost = { amount: '0.8000', currency: 'KES' };
    await client.query(
      `INSERT INTO delivery_states (account, external_id, recipient, rank, provider_status)
       VALUES ('africastalking/demo', 'ATXid_1', $1, 6, 'Success'), ('africastalking/demo', 'ATXid_1', '', 2, 'Sent')`,
      [ann],
    );
    const { attempt } = await claim(put.id);
    const done = sent(put, { externalId: 'ATXid_1', providerStatus: 'Success', cost });
    await stores.outboxWork.settle(put.id, attempt, done);
    await stores.outboxWork.settle(put.id, attempt, failed('dead', 'provider-error'));
    expect(await all('SELECT rank, external_id, provider_status, cost_amount, cost_currency FROM messages')).toEqual([
      { rank: 2, external_id: 'ATXid_1', provider_status: 'Success', cost_amount: '0.8000', cost_currency: 'KES' },
    ]);
    expect(await all('SELECT rank, message_id FROM delivery_states ORDER BY recipient')).toEqual([
      { rank: 2, message_id: message.messageId },
      { rank: 6, message_id: message.messageId },
    ]);
    expect(await all('SELECT attempt, state, duration_ms FROM send_attempts')).toEqual([
      { attempt: 1, state: 'sent', duration_ms: '12' },
    ]);
    expect(await tried(put.id)).toBe('gone');
  });

  it('that asks for a retry leaves open who is not settled, and makes a job for the time', async () => {
    const put = order({}, ann, ben);
    await stores.outbox.put([put]);
    await claim(put.id);
    const refused: SendResult = {
      messageId: put.recipients[0]!.messageId,
      status: 'rejected',
      reason: 'do-not-disturb',
    };
    const retry = {
      ...failed('retry', 'rate-limited', soon()),
      results: [refused],
      detail: 'a\u0000b',
      httpStatus: 429,
    };
    await stores.outboxWork.settle(put.id, 1, retry);
    expect(await all('SELECT error, detail, http_status FROM send_attempts')).toEqual([
      { error: 'rate-limited', detail: 'ab', http_status: 429 },
    ]);
    expect(await jobs()).toEqual([expect.objectContaining({ id: put.id, run_at: retry.nextAt })]);
    expect(await tried(put.id)).toBe('gone');
    await client.query(`UPDATE outbox SET next_at = now()`);
    expect(await claim(put.id)).toMatchObject({ attempt: 2, open: [put.recipients[1]], mayRepeat: false });
    const reasons = await all('SELECT rank, reason, final_at IS NULL AS open FROM messages ORDER BY recipient');
    expect(reasons).toEqual([
      { rank: 4, reason: 'do-not-disturb', open: false },
      { rank: 1, reason: null, open: true },
    ]);
  });

  it('warns the next attempt where this one may have been carried out (#12)', async () => {
    const put = order();
    await stores.outbox.put([put]);
    await claim(put.id);
    await stores.outboxWork.settle(put.id, 1, failed('retry', 'interrupted'));
    expect(await claim(put.id)).toMatchObject({ attempt: 2, mayRepeat: true });
  });

  it('wakes who waited behind an order that is given up', async () => {
    const [first, second] = [order(), order()];
    await stores.outbox.put([first, second]);
    await claim(first.id);
    await noJobs();
    await stores.outboxWork.settle(first.id, 1, failed('uncertain', 'interrupted'));
    expect(await jobIds()).toEqual([second.id]);
  });

  it('of an attempt that gave its order back does not count', async () => {
    const put = order();
    await stores.outbox.put([put]);
    await claim(put.id);
    await stores.outboxWork.putBack(put.id, 1, new Date());
    await stores.outboxWork.settle(put.id, 1, sent(put));
    expect(await stateOf(put.id)).toBe('waiting');
    expect(await jobIds()).toEqual([put.id]);
    expect(await claim(put.id)).toMatchObject({ attempt: 1 });
  });
});

describe('an order whose process died between claim and settlement', () => {
  it('is found once its lease is over, and is settled by whoever finds it (#12)', async () => {
    const [dead, alive] = [order(), order({}, ben)];
    await stores.outbox.put([dead, alive]);
    await stores.outboxWork.claim(dead.id, 'w', 1_000);
    await claim(alive.id);
    expect(await stores.outboxWork.abandoned(new Date())).toEqual([]);
    const later = new Date(Date.now() + 5_000);
    expect(await stores.outboxWork.abandoned(later)).toEqual([
      { id: dead.id, attempt: 1, tries: 1, order: dead, left: false },
    ]);
    await stores.outboxWork.settle(dead.id, 1, failed('uncertain', 'abandoned'));
    expect(await stores.outboxWork.abandoned(later)).toEqual([]);
    expect(await stateOf(dead.id)).toBe('uncertain');
  });

  it('counts as sent after all where that process was only slow', async () => {
    const put = order();
    await stores.outbox.put([put]);
    await claim(put.id);
    await stores.outboxWork.settle(put.id, 1, failed('uncertain', 'abandoned'));
    await stores.outboxWork.settle(put.id, 1, sent(put, { externalId: 'ATXid_9' }));
    await stores.outboxWork.settle(put.id, 1, failed('uncertain', 'abandoned'));
    expect(await stateOf(put.id)).toBe('sent');
  });
});

describe('waking what is due', () => {
  it('makes jobs for orders without a live one, and for no others', async () => {
    const [lost, stale, live] = [order({}, '+254711082210'), order({}, '+254711082211'), order({}, '+254711082212')];
    const [later, first, behind] = [order({}, '+254711082213'), order(), order()];
    await stores.outbox.put([lost, stale, live, later, first, behind]);
    await claim(later.id);
    await stores.outboxWork.settle(later.id, 1, failed('retry', 'provider-error', soon()));
    await client.query('DELETE FROM graphile_worker._private_jobs WHERE key = ANY ($1)', [
      [lost.id, behind.id, later.id],
    ]);
    await client.query(
      `UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'gone' WHERE key = $1`,
      [stale.id],
    );
    expect(await stores.outboxWork.wakeDue(new Date())).toBe(2);
    expect(await stores.outboxWork.wakeDue(new Date())).toBe(0);
    const free = await all(`SELECT key FROM graphile_worker._private_jobs WHERE locked_at IS NULL`);
    expect(free.map(({ key }) => key).sort()).toEqual([lost.id, stale.id, live.id, first.id].sort());
  });
});

describe('a redrive', () => {
  it('sends a dead order again to those it was not settled for, behind nobody who came later', async () => {
    const put = order({}, ann, ben);
    const [toAnn] = put.recipients.map(({ messageId }) => messageId);
    await stores.outbox.put([put]);
    await claim(put.id);
    const results: SendResult[] = [{ messageId: toAnn!, status: 'sent', externalId: 'ATXid_1' }];
    const dead: Settlement = { state: 'dead', error: 'insufficient-balance', results, durationMs: 1 };
    await stores.outboxWork.settle(put.id, 1, dead);
    await noJobs();
    expect(await stores.outboxWork.redrive(put.id)).toBe(true);
    expect(await stores.outboxWork.redrive(put.id)).toBe(false);
    expect(await jobIds()).toEqual([put.id]);
    const newer = order({}, ben);
    await stores.outbox.put([newer]);
    expect(await tried(newer.id)).toBe('blocked');
    expect(await claim(put.id)).toMatchObject({ attempt: 2, open: [put.recipients[1]] });
  });

  it('sends an uncertain one again, and not one that was sent', async () => {
    const [uncertain, done] = [call(), order({}, ben)];
    await stores.outbox.put([uncertain, done]);
    await claim(uncertain.id);
    await stores.outboxWork.settle(uncertain.id, 1, failed('uncertain', 'interrupted'));
    await stores.outboxWork.settle(done.id, (await claim(done.id)).attempt, sent(done));
    expect(await stores.outboxWork.redrive(uncertain.id)).toBe(true);
    expect(await stores.outboxWork.redrive(done.id)).toBe(false);
    expect(await stores.outboxWork.redrive(uuid())).toBe(false);
    expect(await claim(uncertain.id)).toMatchObject({ attempt: 2, mayRepeat: true });
  });
});

describe('what was sent long ago', () => {
  it('is removed with its attempts, and nothing else is', async () => {
    const [done, waiting] = [order(), order({}, ben)];
    await stores.outbox.put([done, waiting]);
    await stores.outboxWork.settle(done.id, (await claim(done.id)).attempt, sent(done));
    const database = new Database(url);
    await removeOldOrders(database, Date.now() - 60_000);
    expect(await all('SELECT FROM outbox')).toHaveLength(2);
    await removeOldOrders(database, Date.now() + 60_000);
    await database.close();
    expect(await all('SELECT id FROM outbox')).toEqual([{ id: waiting.id }]);
    expect(await all('SELECT FROM send_attempts')).toEqual([]);
    expect(await all('SELECT FROM messages')).toHaveLength(2);
  });
});
