import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { PrivatePostgres } from '@app/testing';
import { createDataSource } from './data-source.js';
import { migrate } from './migrate.js';
import { migrations } from './migrations/index.js';
import { makePartitions } from './partitions.js';

let server: PrivatePostgres;
let client: Client;
let url: string;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  url = await server.createDatabase();
  client = new Client(url);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await server.close();
});

async function one(text: string): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
  return rows[0]?.[0];
}

describe('migrate', () => {
  it('lets one of eight nodes that start together run it while seven wait (#32)', async () => {
    await Promise.all(Array.from({ length: 8 }, () => migrate(url)));
    expect(Number(await one('SELECT count(*) FROM migrations'))).toBe(migrations.length);
  });

  it('makes the partitions of this month and the next three', async () => {
    const partitions = `SELECT count(*) FROM pg_inherits WHERE inhparent = 'notices'::regclass`;
    expect(Number(await one(partitions))).toBe(5);
    await migrate(url);
    expect(Number(await one(partitions))).toBe(5);
  });

  it('waits for a busy table without stopping its writers for long (#33)', async () => {
    const other = new Client(url);
    await other.connect();
    await client.query(`
      DROP SCHEMA public CASCADE;
      CREATE SCHEMA public;
      CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL)`);
    await other.query('BEGIN; LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE');
    const waiting = migrate(url);
    await expect(Promise.race([waiting, client.query('SELECT pg_sleep(3.5)').then(() => 'busy')])).resolves.toBe(
      'busy',
    );
    await other.query('COMMIT');
    await other.end();
    await waiting;
    expect(await one(`SELECT to_regclass('quarantine') IS NOT NULL`)).toBe(true);
  });

  it('moves rows of a month from the default partition when its own is made', async () => {
    await client.query(`
      INSERT INTO notices (id, received_at, provider, account, topic, raw)
      VALUES (gen_random_uuid(), '2031-05-31T23:59:59.999Z', 'p', 'a', 't', '{}'),
             (gen_random_uuid(), '2031-06-01T00:00:00Z', 'p', 'a', 't', '{}')`);
    const dataSource = await createDataSource(url).initialize();
    const runner = dataSource.createQueryRunner();
    await makePartitions(runner, new Date('2031-05-15T12:00:00Z'), 0);
    await runner.release();
    await dataSource.destroy();
    expect(Number(await one('SELECT count(*) FROM notices_2031_05'))).toBe(1);
    expect(Number(await one('SELECT count(*) FROM notices_default'))).toBe(1);
  });

  it('agrees with the entity of the table that queries read', async () => {
    const dataSource = await createDataSource(url).initialize();
    const columns = dataSource.entityMetadatas.flatMap(({ tableName, columns: own }) =>
      own.map(
        ({ databaseName, type, isNullable }) => `${tableName}.${databaseName} ${String(type)} ${String(isNullable)}`,
      ),
    );
    await dataSource.destroy();
    const { rows } = await client.query<{ line: string }>(`
      SELECT c.relname || '.' || a.attname || ' ' ||
        replace(format_type(a.atttypid, NULL), 'timestamp with time zone', 'timestamptz') || ' ' || NOT a.attnotnull AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.oid = 'session_reports'::regclass AND a.attnum > 0`);
    expect(columns.sort()).toEqual(rows.map(({ line }) => line).sort());
  });
});
