import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import type { OptOut } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';
import { optOutRows } from './opt-outs.js';

let server: PrivatePostgres;
let folder: string;
let client: Client;
let stores: PostgresStores;
let people = 0;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-opt-outs-'));
  const url = await server.createDatabase();
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

const demo = { provider: 'africastalking', account: 'demo' };

function somebody(): string {
  return `+254711${String(100_000 + ++people)}`;
}

function word(msisdn: string, second: number, address?: string): OptOut {
  const at = new Date(Date.UTC(2026, 2, 4, 9, 32, second));
  return { ...demo, msisdn, at, reason: 'stop-word', ...(address === undefined ? {} : { address }) };
}

async function isOut(msisdn: string, address?: string): Promise<boolean> {
  return (await stores.optOuts.optedOut(demo, address, [msisdn])).has(msisdn);
}

async function audited(msisdn: string): Promise<unknown[]> {
  const masked = `${msisdn.slice(0, 5)}%${msisdn.slice(-3)}`;
  const { rows } = await client.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE subject LIKE $1 ORDER BY seq',
    [masked],
  );
  return rows.map(({ action }) => action);
}

describe('opt-outs', () => {
  it('hold for their address, or for all addresses of the account', async () => {
    const [one, every, nobody] = [somebody(), somebody(), somebody()];
    await stores.optOuts.optOut(word(one, 1, '44170'));
    await stores.optOuts.optOut(word(every, 1));
    const asked = [one, every, nobody];
    expect(await stores.optOuts.optedOut(demo, '44170', asked)).toEqual(new Set([one, every]));
    expect(await stores.optOuts.optedOut(demo, 'SHAMBA', asked)).toEqual(new Set([every]));
    expect(await stores.optOuts.optedOut(demo, undefined, asked)).toEqual(new Set([one, every]));
    expect(await stores.optOuts.optedOut({ ...demo, account: 'other' }, '44170', asked)).toEqual(new Set());
  });

  it('are lifted for the address and for every address', async () => {
    const person = somebody();
    await stores.optOuts.optOut(word(person, 1));
    await stores.optOuts.optOut(word(person, 2, '44170'));
    await stores.optOuts.optOut(word(person, 3, 'SHAMBA'));
    await stores.optOuts.optIn(word(person, 4, '44170'));
    expect(await isOut(person, '44170')).toBe(false);
    expect(await isOut(person, 'OTHER')).toBe(false);
    expect(await isOut(person, 'SHAMBA')).toBe(true);
    await stores.optOuts.optIn(word(person, 5));
    expect(await isOut(person)).toBe(false);
  });

  it('hold for a number of ours that the file writes in the national form', async () => {
    const person = somebody();
    await stores.optOuts.optOut(word(person, 1, '0711082000'));
    expect(await isOut(person, '+254711082000')).toBe(true);
    expect(await isOut(person, '+254711082001')).toBe(false);
  });

  it('hold and are lifted however the address is written', async () => {
    for (const [one, other] of [
      ['SHAMBA', 'shamba'],
      ['44170', ' 44170'],
      ['+254711082000', '254711082000'],
      [' 254711082000', '+254711082000'],
      ['44 170', '44170'],
    ] as const) {
      const person = somebody();
      await stores.optOuts.optOut(word(person, 1, one));
      expect(await isOut(person, other)).toBe(true);
      await stores.optOuts.optOut(word(person, 2, other));
      await stores.optOuts.optIn(word(person, 3, other));
      expect(await isOut(person, one)).toBe(false);
      expect(await audited(person)).toEqual(['opt-out', 'opt-in']);
    }
  });

  it('are kept of an address of any length', async () => {
    const person = somebody();
    const long = randomBytes(3_000).toString('hex');
    await stores.optOuts.optOut(word(person, 1, long));
    expect(await isOut(person, long)).toBe(true);
  });

  it('are audited when they change something, and only then', async () => {
    const person = somebody();
    await stores.optOuts.optIn(word(person, 1, '44170'));
    await stores.optOuts.optOut(word(person, 2, '44170'));
    await stores.optOuts.optOut(word(person, 3, '44170'));
    await stores.optOuts.optIn(word(person, 4, '44170'));
    expect(await audited(person)).toEqual(['opt-out', 'opt-in']);
  });

  it('end in what was said last, in whatever order and however often it arrives', async () => {
    const person = somebody();
    for (const second of [2, 4]) await stores.optOuts.optIn(word(person, second, '44170'));
    for (const second of [1, 3]) await stores.optOuts.optOut(word(person, second, '44170'));
    expect(await isOut(person, '44170')).toBe(false);
    await stores.optOuts.optOut(word(person, 5, '44170'));
    await stores.optOuts.optIn(word(person, 4, '44170'));
    expect(await isOut(person, '44170')).toBe(true);
  });

  it('change nothing when the same row is written again', async () => {
    const person = somebody();
    const id = uuid();
    const row = { id, ...demo, msisdn: person, address: '', opted_out: true, reason: 'stop-word', masked: '+2547…x' };
    const rows = JSON.stringify([{ ...row, at: '2026-03-04T09:32:01Z' }]);
    const back = { ...row, id: uuid(), opted_out: false, at: '2026-03-04T09:32:02Z' };
    for (const batch of [rows, JSON.stringify([back]), rows]) await client.query(optOutRows.insert, [batch]);
    expect(await isOut(person)).toBe(false);
    const { rows: entries } = await client.query('SELECT FROM audit_log WHERE id IN ($1, $2)', [id, back.id]);
    expect(entries).toHaveLength(2);
  });
});

describe('the audit log', () => {
  const entry = () => ({ id: uuid(), at: new Date(), actor: 'ops', action: 'key-created', details: { scopes: ['x'] } });

  it('chains what is appended at the same time by many', async () => {
    const entries = Array.from({ length: 50 }, entry);
    await Promise.all(entries.map((each) => stores.audit.append(each)));
    await stores.audit.append(entries[0]!);
    const { rows } = await client.query(`SELECT FROM audit_log WHERE action = 'key-created'`);
    expect(rows).toHaveLength(50);
    expect(await stores.audit.firstFault()).toBeUndefined();
  });

  it.each(['UPDATE audit_log SET actor = NULL', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'refuses %s',
    async (statement) => {
      await expect(client.query(statement)).rejects.toThrow('append-only');
    },
  );

  it('shows where somebody changed or removed an entry', async () => {
    for (let count = 0; count < 10; count++) await stores.audit.append(entry());
    const { rows } = await client.query<{ last: number }>('SELECT max(seq)::int AS last FROM audit_log');
    const last = rows[0]!.last;
    await client.query('ALTER TABLE audit_log DISABLE TRIGGER append_only');
    await client.query('DELETE FROM audit_log WHERE seq = $1', [last - 2]);
    expect(await stores.audit.firstFault()).toBe(last - 1);
    await client.query(`UPDATE audit_log SET details = '{}' WHERE seq = $1`, [last - 5]);
    expect(await stores.audit.firstFault()).toBe(last - 5);
  });
});
