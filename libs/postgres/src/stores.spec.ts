import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import type { DialogVersion, LedgerEntry, Value } from '@app/dialog';
import type { SessionReport } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { Database } from './database.js';
import { PostgresStores } from './postgres-stores.js';
import { removeOldEffects } from './stores/effect-ledger.js';
import { findSessionReports } from './stores/session-reports.js';

let server: PrivatePostgres;
let folder: string;
let url: string;
let client: Client;
let stores: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-stores-'));
  url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  client = new Client(url);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function value(text: string, ...values: unknown[]): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text, values, rowMode: 'array' });
  return rows[0]?.[0];
}

function report(fields: Partial<SessionReport> = {}): SessionReport {
  return {
    ...{ id: uuid(), provider: 'africastalking', account: 'demo', sessionId: uuid(), status: 'completed' },
    ...{ receivedAt: new Date('2026-03-04T09:32:10.123Z'), raw: { hops: '3' } },
    ...fields,
  };
}

const read = ({ provider, account, sessionId }: SessionReport) =>
  findSessionReports(stores.dataSource!, { provider, account, sessionId });

function entry(fields: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...{ key: uuid(), provider: 'africastalking', account: 'demo', step: 'shamba/price', at: Date.now() },
    ...{ outcome: 'ok', ...fields },
  };
}

describe('session reports', () => {
  it('come back as they were kept', async () => {
    const kept = report({
      ...{ caller: '+254711082201', serviceCode: '*384*4417#', networkCode: '63902', providerStatus: 'Success' },
      ...{ cost: { amount: '0.40', currency: 'KES' }, durationMs: 12_500, hops: 4, input: '1*2', lastReply: 'Bye' },
      ...{ errorMessage: 'none', occurredAt: new Date('2026-03-04T09:32:09Z') },
      raw: { text: 'as — received', nested: { list: [1, null, 'x'] } },
    });
    await stores.sessionReports.keepSessionReport(kept);
    expect(await read(kept)).toEqual([kept]);
  });

  it('come back without what was not there', async () => {
    const kept = report({ cost: { amount: '1.500000000000000000001' } });
    await stores.sessionReports.keepSessionReport(kept);
    expect(await read(kept)).toEqual([kept]);
  });

  it('add nothing when repeated after a minute, a day or a week (#2)', async () => {
    const first = report();
    await stores.sessionReports.keepSessionReport(first);
    for (const later of [60_000, 86_400_000, 7 * 86_400_000, 70 * 86_400_000]) {
      const receivedAt = new Date(first.receivedAt.getTime() + later);
      await stores.sessionReports.keepSessionReport({ ...first, id: uuid(), receivedAt });
    }
    expect(await read(first)).toEqual([first]);
  });

  it('add nothing when repeated a hundred times at once (#1)', async () => {
    const first = report();
    const repeats = Array.from({ length: 100 }, () =>
      stores.sessionReports.keepSessionReport({ ...first, id: uuid() }),
    );
    await Promise.all(repeats);
    expect(await read(first)).toHaveLength(1);
  });

  it('are kept apart by account, status and caller (#8)', async () => {
    const first = report({ caller: '+254711082201' });
    const others: Partial<SessionReport>[] = [{ account: 'other' }, { status: 'failed' }, { caller: '+254711082202' }];
    for (const other of [{}, ...others]) {
      await stores.sessionReports.keepSessionReport({ ...first, id: uuid(), ...other });
    }
    const count = await value('SELECT count(*) FROM session_reports WHERE session_id = $1', first.sessionId);
    expect(Number(count)).toBe(4);
  });

  it('are kept without what Postgres cannot hold (#29, #42)', async () => {
    const odd = report({
      ...{ input: 'a\u0000b\ud83d', raw: { 'k\u0000': 'x\ude00' }, cost: { amount: 'NaN', currency: 'KES' } },
      ...{ occurredAt: new Date(Number.NaN), durationMs: Number.POSITIVE_INFINITY, hops: 2.4 },
    });
    await stores.sessionReports.keepSessionReport(odd);
    const [found] = await read(odd);
    expect(found).toMatchObject({ input: 'ab', raw: { k: 'x' }, hops: 2 });
    expect(found).not.toHaveProperty('cost');
    expect(found).not.toHaveProperty('occurredAt');
    expect(found).not.toHaveProperty('durationMs');
  });
});

describe('the effect ledger', () => {
  it.each<[string, Value | undefined]>([
    ['no value', undefined],
    ['null', null],
    ['false', false],
    ['a text', 'KES 40 — “bei”'],
    ['a number', 0.1],
    ['a shape', { price: { amount: '40.50' }, markets: ['Kisumu', null] }],
  ])('finds %s again', async (_, held) => {
    const recorded = entry(held === undefined ? {} : { value: held });
    await stores.effects.record(recorded);
    expect(await stores.effects.find(recorded.key)).toEqual({
      outcome: 'ok',
      ...(held === undefined ? {} : { value: held }),
    });
  });

  it('finds nothing for a key that it does not know', async () => {
    expect(await stores.effects.find('unknown')).toBeUndefined();
  });

  it('keeps the first entry of a key', async () => {
    const first = entry({ value: 'first' });
    await Promise.all([stores.effects.record(first), stores.effects.record({ ...first, value: 'second' })]);
    await stores.effects.record({ ...first, value: 'third' });
    expect(await stores.effects.find(first.key)).toEqual({ outcome: 'ok', value: 'first' });
  });

  it('takes what was done yesterday for another session of the same id (#8)', async () => {
    const yesterday = entry({ at: Date.now() - 86_400_000, value: 'yesterday' });
    await stores.effects.record(yesterday);
    expect(await stores.effects.find(yesterday.key)).toBeUndefined();
    await stores.effects.record({ ...yesterday, at: Date.now(), value: 'today' });
    expect(await stores.effects.find(yesterday.key)).toEqual({ outcome: 'ok', value: 'today' });
  });

  it('forgets what is old, and only that', async () => {
    const [old, young] = [entry({ at: Date.now() - 3 * 86_400_000 }), entry()];
    await Promise.all([stores.effects.record(old), stores.effects.record(young)]);
    const database = new Database(url);
    await removeOldEffects(database, Date.now() - 86_400_000);
    await database.close();
    expect(await stores.effects.find(old.key)).toBeUndefined();
    expect(await stores.effects.find(young.key)).toEqual({ outcome: 'ok' });
  });
});

describe('the inbox', () => {
  it('keeps every byte of a body (#38)', async () => {
    const body = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
    const id = uuid();
    await stores.inbox.keepInbox({
      ...{ id, route: 'POST /ussd/kairos/demo', provider: 'kairos', account: 'demo', state: 'rejected', body },
      ...{ reason: 'not-json', receivedAt: new Date(), contentType: 'text/plain' },
    });
    const found = await value('SELECT body FROM inbox WHERE id = $1', id);
    expect(Uint8Array.from(found as Buffer)).toEqual(body);
  });
});

describe('notices', () => {
  it('are kept raw, in the partition of their month or in the default one', async () => {
    const [now, past] = [uuid(), uuid()];
    const notice = { provider: 'haptik', account: 'demo', topic: 'chat_pinned', raw: { user: { id: '7' } } };
    await stores.notices.keepNotice({ ...notice, id: now, receivedAt: new Date(), occurredAt: new Date(0) });
    await stores.notices.keepNotice({ ...notice, id: past, receivedAt: new Date('2001-01-01') });
    const month = `notices_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
    expect(await value('SELECT tableoid::regclass::text FROM notices WHERE id = $1', now)).toBe(month);
    expect(await value('SELECT tableoid::regclass::text FROM notices WHERE id = $1', past)).toBe('notices_default');
    expect(await value('SELECT raw FROM notices WHERE id = $1', now)).toEqual({ user: { id: '7' } });
  });
});

describe('the archive of dialogs', () => {
  const root = { id: 'shamba' } as DialogVersion['root'];
  const sources = { shamba: 'id: shamba\n', prices: 'id: prices\n' };
  const version: DialogVersion = { id: 'shamba', version: '0a1b2c3d4e5f', root, dialogs: new Map(), sources };

  it('finds a version by its hash or the beginning of it', async () => {
    await stores.dialogs.keep([version, { ...version, version: 'ffb2c3d4', sources: {} }]);
    expect(await stores.dialogs.find('shamba', '0a1b2c3d')).toEqual(sources);
    expect(await stores.dialogs.find('shamba', version.version)).toEqual(sources);
    expect(await stores.dialogs.find('shamba', '0a1b2c3e')).toBeUndefined();
    expect(await stores.dialogs.find('other', '0a1b2c3d')).toBeUndefined();
  });

  it('only renews a version that is kept again', async () => {
    const seen = () => value(`SELECT last_seen > first_seen FROM dialog_versions WHERE version = $1`, version.version);
    await stores.dialogs.keep([{ ...version, sources: { shamba: 'other' } }]);
    expect(await seen()).toBe(true);
    expect(await stores.dialogs.find('shamba', version.version)).toEqual(sources);
  });
});
