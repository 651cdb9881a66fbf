import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type { SessionFilter, TurnEntry } from '@app/reporting';
import { PrivatePostgres, readPages } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

const began = Date.UTC(2026, 2, 4, 9);
const at = (seconds: number): Date => new Date(began + seconds * 1_000);
const now = at(3_600);
let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-session-queries-'));
  stores = await PostgresStores.open({ url: await server.createDatabase(), spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
});

afterAll(async () => {
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

interface Told extends Partial<TurnEntry> {
  readonly session: string;
  readonly turn: number;
  /** When the session began, in seconds. */
  readonly from: number;
  /** How long after that the turn came, in seconds. */
  readonly after: number;
}

function note({ from, after, ...fields }: Told): void {
  const time = at(from + after).getTime();
  stores.turns.note({
    ...{ id: uuid({ msecs: time }), sessionKey: `key of ${fields.session}`, channel: 'ussd' },
    ...{
      provider: 'africastalking',
      account: 'demo',
      caller: '+254711082201',
      dialog: 'shamba',
      version: 'aaaaaaaa00',
    },
    ...{
      refused: false,
      reply: 'Welcome',
      outcome: 'reply',
      ended: false,
      durationMs: 2,
      startedAt: at(from).getTime(),
      at: time,
    },
    expiresAt: at(from + after + 180).getTime(),
    ...fields,
  });
}

/** Turns are written a moment later. */
async function written(session: string, turn: number): Promise<void> {
  while (((await stores.sessionQueries.get(session))?.turns ?? 0) < turn) await sleep(20);
}

const list = async (filter: Partial<SessionFilter>, when = now): Promise<readonly string[]> =>
  (await stores.sessionQueries.list({ open: false, ...filter }, when, { limit: 100 })).items.map(({ key }) => key);

describe('the list of sessions', () => {
  it('has the open ones, and those that are over where they are asked for', async () => {
    const account = 'open';
    note({ account, session: 'waits', turn: 1, from: 3_500, after: 0, step: 'shamba/home' });
    note({ account, session: 'lapsed', turn: 1, from: 3_000, after: 0, step: 'shamba/home' });
    note({ account, session: 'ended', turn: 1, from: 3_550, after: 0, ended: true });
    for (const name of ['waits', 'lapsed', 'ended']) await written(name, 1);
    expect(await list({ account, open: true })).toEqual(['waits']);
    expect(await list({ account, open: true }, at(3_100))).toEqual(['waits', 'lapsed']);
    expect(await list({ account })).toEqual(['ended', 'waits', 'lapsed']);
    expect(await stores.sessionQueries.get('ended')).toMatchObject({
      ended: true,
      turns: 1,
      sessionKey: 'key of ended',
    });
    expect(await stores.sessionQueries.get('nobody')).toBeUndefined();
    const open = await stores.dialogQueries.openSessions(now);
    expect(open.get('shamba')).toBe(1);
  });

  it('finds sessions by each of its filters and gives the same pages both ways', async () => {
    const account = 'pages';
    const names = Array.from({ length: 9 }, (_, i) => `page-${String(i)}`);
    // Three each begin at the same time.
    for (const [i, session] of names.entries()) note({ account, session, turn: 1, from: Math.floor(i / 3), after: 0 });
    note({
      account,
      session: 'other',
      turn: 1,
      from: 9,
      after: 0,
      channel: 'sms',
      dialog: 'farm-prices',
      caller: '+254711082202',
    });
    await written('other', 1);
    for (const limit of [2, 3, 10]) {
      const { forwards, backwards } = await readPages(
        (page) => stores.sessionQueries.list({ open: false, account }, now, page),
        limit,
      );
      expect(forwards.map(({ key }) => key)).toEqual(['other', ...names.toReversed()]);
      expect(backwards).toEqual(forwards);
    }
    for (const filter of [{ channel: 'sms' }, { dialog: 'farm-prices' }, { caller: '+254711082202' }]) {
      expect(await list({ account, ...filter })).toEqual(['other']);
    }
    expect(await list({ account, provider: 'kairos' })).toEqual([]);
    expect(await list({ account, started: { after: at(2), before: at(9) } })).toEqual(['page-8', 'page-7', 'page-6']);
  });

  it('knows who ended a session, with one line in the audit log', async () => {
    note({ account: 'closing', session: 'closed', turn: 1, from: 3_590, after: 0 });
    await written('closed', 1);
    const draft = { at: now, actor: 'environment', action: 'session.ended', subject: 'closed' };
    await stores.sessionQueries.ended('closed', now, draft);
    expect(await stores.sessionQueries.get('closed')).toMatchObject({ ended: true, expiresAt: now });
    const { items } = await stores.auditLog.list({ action: 'session.ended' }, { limit: 9 });
    expect(items.map(({ subject }) => subject)).toEqual(['closed']);
  });
});

describe('the turns of a session', () => {
  it('are there page by page, the last first, also after the end', async () => {
    for (let turn = 1; turn <= 5; turn++) {
      note({
        session: 'talk',
        turn,
        from: 0,
        after: turn,
        ...(turn > 1 ? { input: String(turn) } : {}),
        ended: turn === 5,
      });
    }
    await written('talk', 5);
    const { forwards, backwards } = await readPages((page) => stores.sessionQueries.turns('talk', page), 2);
    expect(forwards.map(({ input }) => input)).toEqual(['5', '4', '3', '2', undefined]);
    expect(backwards).toEqual(forwards);
    expect(forwards[0]).toMatchObject({ at: at(5), reply: 'Welcome', durationMs: 2, outcome: 'reply' });
    expect(await stores.sessionQueries.turns('nobody', { limit: 9 })).toEqual({ items: [] });
  });
});

describe('a funnel', () => {
  const funnel = (version?: string, range = {}) => stores.sessionQueries.funnel('funnel', version, range, now);
  const dialog = 'funnel';
  const [home, amount] = ['funnel/home', 'funnel/amount'];

  beforeAll(async () => {
    // Goes to the end after one wrong answer.
    note({ dialog, session: 'whole', turn: 1, from: 0, after: 0, step: home });
    note({ dialog, session: 'whole', turn: 2, from: 0, after: 4, asked: home, step: amount });
    note({ dialog, session: 'whole', turn: 3, from: 0, after: 10, asked: amount, refused: true, step: amount });
    note({ dialog, session: 'whole', turn: 4, from: 0, after: 14, asked: amount, ended: true });
    // Left at the second question.
    note({ dialog, session: 'left', turn: 1, from: 100, after: 0, step: home });
    note({ dialog, session: 'left', turn: 2, from: 100, after: 2, asked: home, step: amount });
    // Still open.
    note({ dialog, session: 'still', turn: 1, from: 3_500, after: 0, step: home, version: 'bbbbbbbb00' });
    await written('whole', 4);
    await written('left', 2);
    await written('still', 1);
  });

  it('tells of each step how often it was reached, answered, refused and left', async () => {
    expect(await funnel()).toEqual([
      { step: amount, reached: 3, answered: 1, invalid: 1, left: 1, meanMs: 5_000 },
      { step: home, reached: 3, answered: 2, invalid: 0, left: 0, meanMs: 3_000 },
    ]);
  });

  it('is of one version, or of the sessions that began at some time, whole', async () => {
    expect(await funnel('bbbbbbbb')).toEqual([
      { step: home, reached: 1, answered: 0, invalid: 0, left: 0, meanMs: null },
    ]);
    const early = await funnel(undefined, { before: at(5) });
    expect(early.map(({ step, reached, left }) => [step, reached, left])).toEqual([
      [amount, 2, 0],
      [home, 1, 0],
    ]);
    expect(await funnel(undefined, { after: at(50), before: at(200) })).toContainEqual(
      expect.objectContaining({ step: amount, left: 1 }),
    );
    expect(await stores.sessionQueries.funnel('nothing', undefined, {}, now)).toEqual([]);
  });

  it('counts a session as left once it has expired', async () => {
    const later = await stores.sessionQueries.funnel(dialog, 'bbbbbbbb', {}, at(4_000));
    expect(later).toEqual([expect.objectContaining({ step: home, left: 1 })]);
  });
});

describe('the versions of a dialog', () => {
  it('are those that were ever served, the latest first', async () => {
    const version = (hash: string) => ({ id: 'kept', version: hash, sources: { kept: 'dialog: kept' } }) as never;
    await stores.dialogs.keep([version('aaaa')]);
    await sleep(5);
    await stores.dialogs.keep([version('bbbb')]);
    const versions = await stores.dialogQueries.versions('kept');
    expect(versions.map((each) => each.version)).toEqual(['bbbb', 'aaaa']);
    expect(versions[0]).toMatchObject({ firstSeen: expect.any(Date), lastSeen: expect.any(Date) });
    expect(await stores.dialogQueries.versions('nobody')).toEqual([]);
  });
});
