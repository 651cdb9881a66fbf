import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { AuditDraft, OptOut, Page, PageRequest } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

let server: PrivatePostgres;
let folder: string;
let client: Client;
let stores: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-access-'));
  const url = await server.createDatabase();
  stores = await PostgresStores.open({ url, spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
  client = new Client(url);
  await client.connect();
}, 30_000);

afterAll(async () => {
  await client.end();
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const noon = new Date('2026-03-04T12:00:00.000Z');
const later = (seconds: number): Date => new Date(noon.getTime() + seconds * 1_000);

function draft(action: string, subject: string, at = noon): AuditDraft {
  return { at, actor: 'key:of-a-test', action, subject, details: { why: 'a test' } };
}

/** Every record of a list, page by page, and back again. */
async function walk<T>(read: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<[T[], T[]]> {
  const [forth, back]: [T[], T[]] = [[], []];
  let page = await read({ limit });
  forth.push(...page.items);
  while (page.next !== undefined) {
    page = await read({ limit, from: { position: page.next, towards: 'next' } });
    forth.push(...page.items);
  }
  back.unshift(...page.items);
  while (page.previous !== undefined) {
    page = await read({ limit, from: { position: page.previous, towards: 'previous' } });
    back.unshift(...page.items);
  }
  return [forth, back];
}

describe('admin keys', () => {
  it('are found by their hash, revoked ones too', async () => {
    const hash = randomBytes(32);
    const key = { id: randomUUID(), name: 'a', scopes: ['x'], createdAt: noon, expiresAt: later(60) };
    await stores.adminKeys.create(key, hash, draft('key.created', key.id));
    expect(await stores.adminKeys.find(hash)).toEqual(key);
    await stores.adminKeys.used(key.id, later(2));
    await stores.adminKeys.used(key.id, later(1));
    expect(await stores.adminKeys.revoke(key.id, later(3), draft('key.revoked', key.id))).toBe('revoked');
    expect(await stores.adminKeys.revoke(key.id, later(4), draft('key.revoked', key.id))).toBe('unknown');
    expect(await stores.adminKeys.find(hash)).toEqual({ ...key, lastUsedAt: later(2), revokedAt: later(3) });
    expect(await stores.adminKeys.find(randomBytes(32))).toBeUndefined();
  });

  it('are listed once each, forth and back, also those made at the same moment', async () => {
    for (let n = 0; n < 7; n++) {
      const key = { id: randomUUID(), name: String(n), scopes: ['x'], createdAt: later(10 + Math.floor(n / 3)) };
      await stores.adminKeys.create(key, randomBytes(32), draft('key.created', key.id));
    }
    const [forth, back] = await walk((page) => stores.adminKeys.list(page), 2);
    expect(new Set(forth.map(({ id }) => id)).size).toBe(8);
    expect(back).toEqual(forth);
    expect(forth.map(({ createdAt }) => createdAt.getTime())).toEqual(
      forth.map(({ createdAt }) => createdAt.getTime()).sort((a, b) => b - a),
    );
  });
});

describe('named requests', () => {
  const [one, other] = [Buffer.from('one body'), Buffer.from('another')];
  const begin = (key: string, body: Uint8Array, at: Date, admin = 'a') =>
    stores.idempotency.begin(admin, key, body, at);

  it('begin once, are under way, and then have their answer', async () => {
    expect(await begin('k1', one, noon)).toBe('begun');
    expect(await begin('k1', one, later(1))).toBe('running');
    expect(await begin('k1', other, later(1))).toBe('other-body');
    expect(await begin('k1', one, later(1), 'b')).toBe('begun');
    await stores.idempotency.finish('a', 'k1', { status: 202, body: 'sealed' });
    expect(await begin('k1', one, later(86_399))).toEqual({ status: 202, body: 'sealed' });
    expect(await begin('k1', other, later(86_399))).toBe('other-body');
    expect(await begin('k1', other, later(86_400))).toBe('begun');
  });

  it('begin again once they are forgotten, which an answer never is', async () => {
    await begin('k2', one, noon);
    await stores.idempotency.forget('a', 'k2');
    expect(await begin('k2', other, later(1))).toBe('begun');
    await stores.idempotency.finish('a', 'k2', { status: 200, body: '' });
    await stores.idempotency.forget('a', 'k2');
    expect(await begin('k2', other, later(2))).toEqual({ status: 200, body: '' });
  });

  it('are free again when nobody finished them within two minutes', async () => {
    await begin('k3', one, noon);
    expect(await begin('k3', one, later(119))).toBe('running');
    expect(await begin('k3', other, later(121))).toBe('other-body');
    expect(await begin('k3', one, later(120))).toBe('begun');
    expect(await begin('k3', one, later(121))).toBe('running');
  });

  it('let one of many that come together begin', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => begin('k4', one, noon)));
    expect(outcomes.sort()).toEqual(['begun', ...Array.from({ length: 19 }, () => 'running')]);
  });

  it('are removed after a day by those that begin', async () => {
    for (let n = 0; n < 30; n++) await begin(`old-${String(n)}`, one, later(-200_000));
    for (let n = 0; n < 5; n++) await begin(`new-${String(n)}`, one, noon);
    const { rows } = await client.query(`SELECT FROM idempotent_requests WHERE begun_at < '2026-03-03'`);
    expect(rows).toHaveLength(0);
  });
});

describe('the audit log', () => {
  it('is read with filters, forth and back, and hangs together', async () => {
    for (let n = 0; n < 5; n++) await stores.auditLog.append(draft('test.read', String(n), later(n)));
    const filter = { action: 'test.read', actor: 'key:of-a-test', after: later(1), before: later(4) };
    const [forth, back] = await walk((page) => stores.auditLog.list(filter, page), 2);
    expect(forth.map(({ subject }) => subject)).toEqual(['3', '2', '1']);
    expect(back).toEqual(forth);
    const [last] = forth;
    expect(last).toMatchObject({
      at: later(3),
      details: { why: 'a test' },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const [all] = await walk((page) => stores.auditLog.list({}, page), 3);
    for (const [i, entry] of all.entries()) expect(entry.previousHash).toBe(all[i + 1]?.hash ?? '');
    expect(await stores.auditLog.verify()).toEqual({ entries: all.length });
  });
});

describe('opt-outs of operators', () => {
  const demo = { provider: 'africastalking', account: 'demo' };
  const word = (msisdn: string, at: Date, address?: string): OptOut => ({
    ...{ ...demo, msisdn, at, reason: 'stop-word' },
    ...(address === undefined ? {} : { address }),
  });
  const audited = async (subject: string): Promise<unknown[]> => {
    const { rows } = await client.query<{ action: string; actor: string }>(
      'SELECT action, actor FROM audit_log WHERE subject = $1 ORDER BY seq',
      [subject],
    );
    return rows.map(({ action, actor }) => `${action} ${actor}`);
  };

  it('hold though a later word was heard, and a later word still lifts them', async () => {
    const msisdn = '+254711200001';
    await stores.optOuts.optIn(word(msisdn, later(10)));
    const added = await stores.optOutQueries.add(
      { ...word(msisdn, later(5)), reason: 'a letter' },
      draft('opt-out', 's1'),
    );
    expect(added).toMatchObject({ ...demo, msisdn, reason: 'a letter', at: later(5) });
    expect(await stores.optOuts.optedOut(demo, '44170', [msisdn])).toEqual(new Set([msisdn]));
    await stores.optOuts.optIn(word(msisdn, later(11)));
    expect(await stores.optOuts.optedOut(demo, '44170', [msisdn])).toEqual(new Set());
  });

  it('change nothing where the person opted out already', async () => {
    const msisdn = '+254711200002';
    await stores.optOuts.optOut(word(msisdn, later(1), '44170'));
    const again = await stores.optOutQueries.add(
      { ...word(msisdn, later(2), '44170'), reason: 'a letter' },
      draft('opt-out', 's2'),
    );
    expect(again).toMatchObject({ reason: 'stop-word', at: later(1) });
    expect(await audited('s2')).toEqual([]);
  });

  it('are listed and lifted by their id, each change audited once', async () => {
    const msisdn = '+254711200003';
    const { id } = await stores.optOutQueries.add(word(msisdn, noon), draft('opt-out', 's3'));
    const listed = () => stores.optOutQueries.list({ ...demo, msisdn }, { limit: 5 });
    expect((await listed()).items).toMatchObject([{ id, msisdn }]);
    expect(await stores.optOutQueries.remove(id, draft('opt-in', 's3', later(1)))).toBe('removed');
    expect(await stores.optOutQueries.remove(id, draft('opt-in', 's3', later(2)))).toBe('unknown');
    expect((await listed()).items).toEqual([]);
    expect(await audited('s3')).toEqual(['opt-out key:of-a-test', 'opt-in key:of-a-test']);
  });

  it('and words of people at the same time wait for each other without an end in a circle', async () => {
    const msisdn = '+254711200004';
    const changes = Array.from({ length: 60 }, (_, n) =>
      n % 2 === 0
        ? stores.optOutQueries.add(word(msisdn, later(n)), draft('opt-out', 's4', later(n)))
        : stores.optOuts.optIn(word(msisdn, later(n))),
    );
    await Promise.all(changes);
    const { rows } = await client.query<{ deadlocks: string }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(Number(rows[0]?.deadlocks)).toBe(0);
    expect((await stores.auditLog.verify()).brokenAt).toBeUndefined();
  });
});
