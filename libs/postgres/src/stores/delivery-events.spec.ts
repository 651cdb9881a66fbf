import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { deriveDelivery, type DeliveryEvent } from '@app/reporting';
import { deliveryRank, type DeliveryStatus } from '@app/telephony';
import { PrivatePostgres } from '@app/testing';
import { Database } from '../database.js';
import { insertRows } from '../insert-rows.js';
import { PostgresStores } from '../postgres-stores.js';
import type { Row } from '../row.js';
import { deliveryEventRows, deliveryEventRow } from './delivery-events.js';
import { findDeliveryEvents, findDeliveryState } from './delivery-queries.js';

const began = Date.UTC(2026, 2, 4, 9);
let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;
let database: Database;
let ticks = 0;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-delivery-'));
  const url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  database = new Database(url);
});

afterAll(async () => {
  await database.close();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

function event(status: DeliveryStatus, fields: Partial<DeliveryEvent> = {}): DeliveryEvent {
  const msecs = began + ++ticks;
  return {
    ...{ id: uuidv7({ msecs }), provider: 'africastalking', account: 'demo', externalId: 'ATXid_1', status },
    ...{ providerStatus: status.toUpperCase(), receivedAt: new Date(msecs), raw: { status }, ...fields },
  };
}

/** The same notice as it comes again later. */
function again(first: DeliveryEvent): DeliveryEvent {
  const { id, receivedAt } = event(first.status);
  return { ...first, id, receivedAt };
}

const keep = (first: DeliveryEvent) => stores.deliveryEvents.keepDeliveryEvent(first);
const events = (externalId: string) =>
  findDeliveryEvents(stores.dataSource!, { provider: 'africastalking', account: 'demo', externalId });
const state = (externalId: string, segments?: number, recipient?: string, account = 'demo') => {
  const name = { provider: 'africastalking', account, externalId };
  return findDeliveryState(stores.dataSource!, recipient === undefined ? name : { ...name, recipient }, segments);
};

async function insert(rows: readonly Row[]): Promise<void> {
  expect(await insertRows(database, deliveryEventRows, rows)).toBe(0);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((others) => [item, ...others]));
}

describe('delivery events', () => {
  it('come back as they were kept', async () => {
    const kept = event('failed', {
      ...{ externalId: 'whole', recipient: '+254711082201', part: 1, providerStatus: 'Failed', retryCount: 2 },
      ...{ reason: 'subscriber-absent', providerReason: 'AbsentSubscriber', networkCode: '63902' },
      ...{ occurredAt: new Date('2026-03-04T09:00:00Z'), raw: { id: 'whole', list: [1, null] } },
    });
    await keep(kept);
    const { recipient, part, networkCode, ...shown } = kept;
    expect([recipient, part, networkCode]).toEqual(['+254711082201', 1, '63902']);
    expect(await events('whole')).toEqual([{ ...shown, seen: 1 }]);
    expect(await state('whole', 1, '+254711082201')).toEqual({
      ...{ status: 'failed', providerStatus: 'Failed', reason: 'subscriber-absent' },
      ...{ providerReason: 'AbsentSubscriber', finalAt: kept.receivedAt, parts: { 1: 'failed' } },
    });
  });

  it('are kept without what Postgres cannot hold (#29, #42)', async () => {
    const long = 'x'.repeat(5_000);
    await keep(
      event('unknown', {
        ...{
          externalId: 'odd',
          recipient: long,
          part: 2 ** 40,
          retryCount: Number.NaN,
          providerStatus: 'a\u0000b\ud83d',
        },
        occurredAt: new Date(Date.UTC(12_000, 0)),
      }),
    );
    const [found] = await events('odd');
    expect(found).toMatchObject({ status: 'unknown', providerStatus: 'ab' });
    expect(found).not.toHaveProperty('occurredAt');
    expect(found).not.toHaveProperty('retryCount');
  });

  it('of ids that differ far behind tell of different messages', async () => {
    const long = 'x'.repeat(400);
    await keep(event('sent', { externalId: `${long}1` }));
    await keep(event('delivered', { externalId: `${long}2` }));
    const text = `SELECT rank FROM delivery_states WHERE external_id LIKE 'xxxx%#%' ORDER BY rank`;
    const states = await database.query<{ rank: number }>({ text }, []);
    expect(states.map(({ rank }) => rank)).toEqual([deliveryRank('sent'), deliveryRank('delivered')]);
  });

  it('count repeats in one batch and later on the first one (#2)', async () => {
    const first = event('sent', { externalId: 'counted' });
    await insert([first, again(first), again(first)].map(deliveryEventRow));
    expect(await events('counted')).toMatchObject([{ id: first.id, seen: 3 }]);
    await keep({ ...again(first), receivedAt: new Date(began + 70 * 86_400_000) });
    expect(await events('counted')).toMatchObject([{ id: first.id, seen: 4 }]);
    await keep(event('sent', { externalId: 'counted', retryCount: 1 }));
    expect(await events('counted')).toHaveLength(2);
  });

  it('count an arrival once, however often its row is written', async () => {
    const first = event('sent', { externalId: 'drained' });
    const rows = [first, again(first), again(first)].map(deliveryEventRow);
    await insert(rows);
    await insert(rows);
    for (const row of rows.toReversed()) await insert([row]);
    expect(await events('drained')).toMatchObject([{ id: first.id, seen: 3 }]);
  });

  it('count a hundred repeats that come at once over several connections (#1)', async () => {
    const first = event('sent', { externalId: 'parallel' });
    const rows = [first, ...Array.from({ length: 99 }, () => again(first))].map(deliveryEventRow);
    const batches = Array.from({ length: 20 }, (_, index) => rows.slice(index * 5, index * 5 + 5));
    await Promise.all(batches.map(insert));
    const found = await events('parallel');
    expect(found).toMatchObject([{ seen: 100 }]);
  });
});

describe('the state of a message', () => {
  const statuses = ['queued', 'sent', 'rejected', 'failed', 'delivered'] as const;

  it('is the same for every order of five statuses with repeats, in one batch and in many (#7)', async () => {
    const orders = permutations(statuses);
    const single: DeliveryEvent[] = [];
    for (const [index, order] of orders.entries()) {
      const told = order.map((status) => event(status, { externalId: `order-${String(index)}` }));
      const repeated = [...told, ...told.map(again)];
      await insert(repeated.map((one) => deliveryEventRow({ ...one, account: 'batch' })));
      single.push(...repeated);
    }
    await Promise.all(single.map(keep));
    for (const [index] of orders.entries()) {
      const own = single.filter(({ externalId }) => externalId === `order-${String(index)}`);
      const derived = deriveDelivery(own);
      expect(derived).toMatchObject({ status: 'delivered' });
      expect(await state(`order-${String(index)}`)).toEqual(derived);
      expect(await state(`order-${String(index)}`, undefined, undefined, 'batch')).toEqual(derived);
    }
  });

  it('never goes back, one event after another (#7)', async () => {
    for (const status of [...statuses.toReversed(), ...statuses]) {
      await keep(event(status, { externalId: 'regress', retryCount: ticks }));
      expect(await state('regress')).toMatchObject({ status: 'delivered', providerStatus: 'DELIVERED' });
    }
  });

  it('of parts is that of the pure rule, for every order', async () => {
    const told = (['failed', 'delivered', 'sent', 'delivered'] as const).map((status, index) => ({
      ...{ status, part: index < 2 ? 1 : 2 },
    }));
    for (const [index, order] of permutations(told).entries()) {
      const externalId = `parts-${String(index)}`;
      const own = order.map(({ status, part }) => event(status, { externalId, part }));
      await insert(own.slice(0, index % 4).map(deliveryEventRow));
      await insert(own.slice(index % 4).map(deliveryEventRow));
      for (const segments of [undefined, 2, 3]) {
        expect(await state(externalId, segments)).toEqual(deriveDelivery(own, segments));
      }
      expect(await state(externalId, 2)).toMatchObject({ status: 'delivered' });
    }
  });

  it('counts events without a recipient for every recipient', async () => {
    await keep(event('sent', { externalId: 'several', recipient: '+254711082201' }));
    await keep(event('failed', { externalId: 'several' }));
    expect(await state('several', 1, '+254711082201')).toMatchObject({ status: 'failed' });
    expect(await state('several', 1, '+254711082202')).toMatchObject({ status: 'failed' });
    expect(await state('unheard-of')).toBeUndefined();
  });

  it('is there for a thousand events that came before their message was known as sent (#6)', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `early-${String(index)}`);
    await Promise.all(ids.map((externalId) => keep(event('delivered', { externalId, recipient: '+254711082201' }))));
    // What a send writes once it has the provider's id.
    await stores.dataSource!.query(
      `INSERT INTO messages (id, received_at, direction, provider, account, recipient, text, segments, encoding, external_id, rank)
       SELECT gen_random_uuid(), now(), 'mt', 'africastalking', 'demo', '+254711082201', 'Hi', 1, 'gsm7', id, 2
       FROM unnest($1::text[]) AS id`,
      [ids],
    );
    const [joined]: { count: string }[] = await stores.dataSource!.query(
      `SELECT count(*) FROM messages m JOIN delivery_states s ON s.account = m.provider || '/' || m.account
         AND s.external_id = m.external_id AND s.recipient IN ('', m.recipient)
       WHERE m.external_id LIKE 'early-%' AND s.rank = 6`,
    );
    expect(Number(joined?.count)).toBe(1_000);
  });
});
