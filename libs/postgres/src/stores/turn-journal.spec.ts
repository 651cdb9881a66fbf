import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type { TurnEntry } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { Database } from '../database.js';
import { PostgresStores } from '../postgres-stores.js';
import { PostgresTurnJournal } from './turn-journal.js';
import { findSession, findTurns } from './turn-queries.js';

const began = Date.parse('2026-03-04T09:00:00Z');
let server: PrivatePostgres;
let folder: string;
let url: string;
let stores: PostgresStores;
let database: Database;
let isUp: boolean;
let failures: unknown[];
let quarantined: number;
let journal: PostgresTurnJournal;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-turns-'));
  url = await server.createDatabase();
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

beforeEach(() => {
  [isUp, failures, quarantined] = [true, [], 0];
  const failed = (error: unknown) => void failures.push(error);
  const options = { database, isUp: () => isUp, failed, maxWaiting: 1_000 };
  journal = new PostgresTurnJournal({ ...options, quarantined: (rows) => void (quarantined += rows) });
});

afterEach(() => journal.close());

function turn(session: string, number: number, fields: Partial<TurnEntry> = {}): TurnEntry {
  return {
    ...{ id: uuid(), session, sessionKey: `ussd:${session}`, channel: 'ussd', provider: 'africastalking' },
    ...{
      account: 'demo',
      caller: '+254711082201',
      dialog: 'shamba',
      version: '0a1b2c3d',
      refused: false,
      turn: number,
    },
    ...{ reply: `Screen ${String(number)}`, outcome: 'reply', ended: false, durationMs: 1.5, startedAt: began },
    ...{ at: began + number * 1_000, expiresAt: began + 3_600_000, ...fields },
  };
}

const turns = (session: string) => findTurns(stores.dataSource!, session);
const session = (name: string) => findSession(stores.dataSource!, name);

describe('the journal of turns', () => {
  it('keeps turns and the session as its last turn left it', async () => {
    const [first, second] = [
      turn('kept', 1, { step: 'shamba/name' }),
      turn('kept', 2, { input: '•••', language: 'sw' }),
    ];
    journal.note(first);
    journal.note(second);
    await journal.flush();
    expect(await turns('kept')).toEqual([
      {
        ...{ id: first.id, at: new Date(first.at), reply: 'Screen 1' },
        step: 'shamba/name',
        durationMs: 1.5,
        outcome: 'reply',
      },
      {
        ...{ id: second.id, at: new Date(second.at), reply: 'Screen 2' },
        input: '•••',
        durationMs: 1.5,
        outcome: 'reply',
      },
    ]);
    expect(await session('kept')).toEqual({
      ...{ key: 'kept', sessionKey: 'ussd:kept', channel: 'ussd', provider: 'africastalking', account: 'demo' },
      ...{ caller: '+254711082201', dialog: 'shamba', version: '0a1b2c3d', language: 'sw', turns: 2, ended: false },
      ...{ startedAt: new Date(began), lastTurnAt: new Date(second.at), expiresAt: new Date(second.expiresAt) },
    });
  });

  it('writes by itself a moment later', async () => {
    journal.note(turn('timed', 1));
    while ((await session('timed')) === undefined) await sleep(20);
    expect(journal.waiting).toBe(0);
  });

  it('keeps the last turn of a session whatever is written first, and a later session of the name above all', async () => {
    const again = { startedAt: began + 86_400_000 };
    for (const entry of [turn('mixed', 3), turn('mixed', 2), turn('mixed', 1, again), turn('mixed', 4)]) {
      journal.note(entry);
      await journal.flush();
    }
    expect(await session('mixed')).toMatchObject({ turns: 1, startedAt: new Date(again.startedAt) });
    expect(await turns('mixed')).toHaveLength(4);
  });

  it('writes nothing while Postgres is away, and all of it afterwards', async () => {
    isUp = false;
    for (let number = 1; number <= 900; number++) journal.note(turn('away', number));
    await journal.flush();
    expect(journal.waiting).toBe(900);
    isUp = true;
    await journal.close();
    expect(await turns('away')).toHaveLength(900);
    expect(journal.dropped).toBe(0);
  });

  it('drops the oldest where more waits than it may hold, and counts them', async () => {
    isUp = false;
    for (let number = 1; number <= 2_500; number++) journal.note(turn('full', number));
    expect({ waiting: journal.waiting, dropped: journal.dropped }).toEqual({ waiting: 1_000, dropped: 1_500 });
    isUp = true;
    await journal.flush();
    expect(await session('full')).toMatchObject({ turns: 2_500 });
    expect(await turns('full')).toHaveLength(1_000);
  });

  it('keeps what a failed statement did not write', async () => {
    const closed = new Database(url);
    await closed.close();
    const failed = (error: unknown) => void failures.push(error);
    const other = new PostgresTurnJournal({ database: closed, isUp: () => true, failed, quarantined: () => undefined });
    other.note(turn('failed', 1));
    await other.flush();
    expect(other.waiting).toBe(1);
    expect(failures).toHaveLength(1);
    await other.close();
  });

  it('sets the one turn aside that cannot be written (#24)', async () => {
    for (let number = 1; number <= 9; number++) {
      journal.note(turn('poison', number, number === 5 ? { turn: 2 ** 40 } : {}));
    }
    await journal.flush();
    expect(await turns('poison')).toHaveLength(8);
    expect(quarantined).toBe(1);
  });

  it('keeps of every text what Postgres can take', async () => {
    const hostile = 'a\x1fb\x1ec\0d\ud800e\n"\\é😀';
    const texts = { input: hostile, reply: hostile, caller: hostile, sessionKey: hostile };
    journal.note(turn('hostile', 1, texts));
    journal.note(turn('hostile', 2, { reply: '' }));
    await journal.flush();
    const kept = 'abcd\ufffde\n"\\é😀';
    expect(await turns('hostile')).toMatchObject([{ input: kept, reply: kept }, { reply: '' }]);
    expect(await session('hostile')).toMatchObject({ turns: 2 });
  });

  it('keeps turns that are larger than a page, and small ones beside them', async () => {
    const reply = '€'.repeat(400_000);
    for (const number of [1, 2, 3]) journal.note(turn('large', number, number === 2 ? { reply } : {}));
    expect(journal.waiting).toBe(3);
    await journal.flush();
    expect(await turns('large')).toMatchObject([{ reply: 'Screen 1' }, { reply }, { reply: 'Screen 3' }]);
  });

  it('is written by the stores as they close', async () => {
    const own = await PostgresStores.open({ url, spoolFolder: join(folder, 'other') });
    await own.whenUp();
    own.turns.note(turn('closing', 1));
    await own.close();
    expect(await turns('closing')).toHaveLength(1);
  });
});
