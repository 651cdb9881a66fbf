import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import { StoreUnavailable, type LedgerEntry } from '@app/dialog';
import type { Notice } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores, type PostgresEvent } from './postgres-stores.js';

let server: PrivatePostgres;
let folder: string;
let url: string;
let events: PostgresEvent[];
let opened: PostgresStores[];

beforeAll(async () => {
  server = await PrivatePostgres.start({ settings: { deadlock_timeout: '1ms' } });
});

afterAll(() => server.close());

beforeEach(async () => {
  await server.restart();
  folder = await mkdtemp(join(tmpdir(), 'ongea-outage-'));
  url = await server.createDatabase();
  events = [];
  opened = [];
});

afterEach(async () => {
  for (const stores of opened) await stores.close();
  await rm(folder, { recursive: true });
});

const spoolFolder = () => join(folder, 'spool');

async function open(): Promise<PostgresStores> {
  const onEvent = (event: PostgresEvent) => void events.push(event);
  const stores = await PostgresStores.open({ url, spoolFolder: spoolFolder(), onEvent });
  opened.push(stores);
  return stores;
}

/** A second process on the folder of one that died without a word. */
async function openAfterCrash(): Promise<PostgresStores> {
  await writeFile(join(spoolFolder(), 'lock'), '999999999 1');
  return open();
}

async function query(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

const drained = async (stores: PostgresStores) => {
  await stores.whenUp();
  await until(() => stores.postgresHealth().spool.rows === 0);
};

function notice(topic = 'tick'): Notice {
  return { id: uuid(), provider: 'haptik', account: 'demo', topic, receivedAt: new Date(), raw: { topic } };
}

function effect(value: string): LedgerEntry {
  return { key: uuid(), provider: 'p', account: 'a', step: 'shamba/pay', outcome: 'ok', value, at: Date.now() };
}

async function storedIds(): Promise<string[]> {
  return (await query('SELECT id FROM notices ORDER BY id')).map(({ id }) => String(id));
}

describe('with Postgres away at the start', () => {
  it('keeps trying, tells why, keeps facts, and is up when Postgres appears (#19)', async () => {
    await server.stop();
    const stores = await open();
    await until(() => stores.postgresHealth().state === 'down');
    expect(stores.postgresHealth()).toMatchObject({ migrated: false, reason: expect.stringContaining('ECONNREFUSED') });
    const [kept, done] = [notice(), effect('paid')];
    await stores.notices.keepNotice(kept);
    await stores.effects.record(done);
    expect(await stores.effects.find(done.key)).toEqual({ outcome: 'ok', value: 'paid' });
    await expect(stores.effects.find('other')).rejects.toThrow(StoreUnavailable);
    await server.restart();
    await drained(stores);
    expect(stores.postgresHealth()).toEqual({ state: 'up', migrated: true, spool: { rows: 0, bytes: 0 } });
    expect(await storedIds()).toEqual([kept.id]);
    expect(await stores.effects.find(done.key)).toEqual({ outcome: 'ok', value: 'paid' });
    await expect(stores.effects.find('other')).resolves.toBeUndefined();
  });

  it('ends within its limit (#30)', async () => {
    await server.stop();
    const stores = await open();
    await stores.notices.keepNotice(notice());
    await stores.close();
    await expect(stores.notices.keepNotice(notice())).rejects.toThrow('the spool is closed');
  });
});

describe('with Postgres killed while facts arrive', () => {
  it('loses none and doubles none, whichever moment it dies (#11, #20)', async () => {
    const stores = await open();
    await stores.whenUp();
    const acknowledged: string[] = [];
    let going = true;
    const sender = async () => {
      while (going) {
        const fact = notice();
        await stores.notices.keepNotice(fact);
        acknowledged.push(fact.id);
        await sleep(1);
      }
    };
    const senders = Array.from({ length: 20 }, sender);
    for (let kill = 0; kill < 4; kill++) {
      const before = acknowledged.length;
      await until(() => acknowledged.length > before + 200);
      await server.kill();
      await until(() => stores.postgresHealth().spool.rows > 100);
      await server.restart();
      await drained(stores);
    }
    going = false;
    await Promise.all(senders);
    await drained(stores);
    expect(await storedIds()).toEqual(acknowledged.sort());
  });

  it('drains after a crash of its own what it had acknowledged (#11)', async () => {
    const before = await open();
    await before.whenUp();
    await server.kill();
    const facts = Array.from({ length: 300 }, () => notice());
    const done = effect('paid');
    await Promise.all([...facts.map((fact) => before.notices.keepNotice(fact)), before.effects.record(done)]);
    const after = await openAfterCrash();
    expect(await after.effects.find(done.key)).toEqual({ outcome: 'ok', value: 'paid' });
    await before.close();
    await server.restart();
    await drained(after);
    expect(await storedIds()).toEqual(facts.map(({ id }) => id).sort());
    expect(await after.effects.find(done.key)).toEqual({ outcome: 'ok', value: 'paid' });
  });

  it('acknowledges nothing when the disk of the spool is full too (#25)', async () => {
    const stores = await open();
    await stores.whenUp();
    await server.kill();
    await symlink('/dev/full', join(spoolFolder(), '0000000001.spool'));
    const refused = notice();
    await expect(stores.notices.keepNotice(refused)).rejects.toMatchObject({ code: 'ENOSPC' });
    const kept = notice();
    await stores.notices.keepNotice(kept);
    await server.restart();
    await drained(stores);
    expect(await storedIds()).toEqual([kept.id]);
  });
});

describe('with Postgres there but unwilling', () => {
  const raise = (state: string, when: string) => `
    CREATE SEQUENCE attempts;
    CREATE TABLE unwilling AS SELECT 1;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF ${when} THEN RAISE EXCEPTION 'refused' USING ERRCODE = '${state}'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON effect_ledger FOR EACH ROW EXECUTE FUNCTION refuse();
    CREATE TRIGGER refuse BEFORE INSERT ON notices FOR EACH ROW EXECUTE FUNCTION refuse();`;

  it.each(['40001', '40P01'])('hides 1 000 failures with %s from its callers (#22)', async (state) => {
    const stores = await open();
    await stores.whenUp();
    await query(raise(state, `nextval('attempts') % 2 = 1`));
    for (let failure = 0; failure < 1_000; failure++) await stores.effects.record(effect(String(failure)));
    const [counted] = await query(
      'SELECT count(*)::int AS rows, last_value::int AS tries FROM effect_ledger, attempts GROUP BY 2',
    );
    expect(counted).toEqual({ rows: 1_000, tries: 2_000 });
    expect(events.filter(({ kind }) => kind === 'write-failed')).toEqual([]);
  });

  it('hides real deadlocks between nodes from its callers (#22)', async () => {
    const nodes = [await open()];
    for (const name of ['b', 'c']) {
      nodes.push(await PostgresStores.open({ url, spoolFolder: join(folder, name) }));
    }
    opened.push(...nodes.slice(1));
    await Promise.all(nodes.map((node) => node.whenUp()));
    await query(`
      CREATE FUNCTION tangle() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE first int := (random() < 0.5)::int; BEGIN
        PERFORM pg_advisory_xact_lock(77, first), pg_sleep(0.002);
        PERFORM pg_advisory_xact_lock(77, 1 - first);
        RETURN NEW;
      END $$;
      CREATE TRIGGER tangle BEFORE INSERT ON effect_ledger FOR EACH ROW EXECUTE FUNCTION tangle();`);
    const record = async (node: PostgresStores) => {
      for (let count = 0; count < 100; count++) await node.effects.record(effect('x'));
    };
    await Promise.all(nodes.map(record));
    await Promise.all(nodes.map(drained));
    const [deadlocks] = await query('SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');
    expect(Number(deadlocks?.['deadlocks'])).toBeGreaterThan(10);
    expect(await query('SELECT count(*)::int AS rows FROM effect_ledger')).toEqual([{ rows: 300 }]);
  });

  it.each([
    ['53100', 'disk full'],
    ['25006', 'read-only'],
    ['53300', 'too many connections'],
    ['57P01', 'shutdown'],
    ['57014', 'slow'],
  ])('spools for %s (%s) and drains when it is over (#21, #23)', async (state) => {
    const stores = await open();
    await stores.whenUp();
    await query(raise(state, 'EXISTS (SELECT FROM unwilling)'));
    const facts = Array.from({ length: 20 }, () => notice());
    await Promise.all(facts.map((fact) => stores.notices.keepNotice(fact)));
    expect(stores.postgresHealth()).toMatchObject({ spool: { rows: 20 }, writeFailure: `refused (${state})` });
    await query('DELETE FROM unwilling');
    await drained(stores);
    expect(await storedIds()).toEqual(facts.map(({ id }) => id).sort());
  });

  it('spools what waits behind a locked table (#21)', async () => {
    const stores = await open();
    await stores.whenUp();
    const holder = new Client(url);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE notices IN ACCESS EXCLUSIVE MODE');
    const facts = Array.from({ length: 50 }, () => notice());
    await Promise.all(facts.map((fact) => stores.notices.keepNotice(fact)));
    expect(stores.postgresHealth().spool.rows).toBe(50);
    await stores.effects.record(effect('not held up'));
    await holder.query('ROLLBACK');
    await holder.end();
    await drained(stores);
    expect(await storedIds()).toEqual(facts.map(({ id }) => id).sort());
  });
});

describe('with a row that Postgres refuses', () => {
  // Postgres refuses the whole statement for an id that is no UUID, as it would for any value that it cannot read.
  const poisonous = () => ({ ...notice('poison'), id: `no uuid ${uuid()}` });

  it('stores the other 499, sets the one aside with the reason, and acknowledges all (#24)', async () => {
    const stores = await open();
    await stores.whenUp();
    const facts = Array.from({ length: 500 }, (_, index) => (index === 123 ? poisonous() : notice()));
    await Promise.all(facts.map((fact) => stores.notices.keepNotice(fact)));
    expect(await storedIds()).toEqual(facts.flatMap(({ id }, index) => (index === 123 ? [] : [id])).sort());
    const aside = await query('SELECT kind, id, sql_state, reason, content FROM quarantine');
    expect(aside).toEqual([expect.objectContaining({ kind: 'notice', id: facts[123]!.id, sql_state: '22P02' })]);
    expect(JSON.parse(String(aside[0]!['content']))).toMatchObject({ topic: 'poison' });
    expect(events).toContainEqual({ kind: 'quarantined', row: 'notice', rows: 1 });
  });

  it('sets it aside in a drain as well, with the rest of the spool going on (#24)', async () => {
    await server.stop();
    const stores = await open();
    const bad = poisonous();
    for (const fact of [notice(), bad, notice()]) await stores.notices.keepNotice(fact);
    await server.restart();
    await drained(stores);
    expect(await storedIds()).toHaveLength(2);
    expect(await query('SELECT id FROM quarantine')).toEqual([{ id: bad.id }]);
  });
});
