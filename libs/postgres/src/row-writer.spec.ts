import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import { PrivatePostgres } from '@app/testing';
import { Database } from './database.js';
import { makeRow, type RowKind } from './row.js';
import { RowWriter } from './row-writer.js';

// Every statement leaves how many rows it wrote, and the first one takes its time.
const schema = `
  CREATE TABLE facts (id uuid PRIMARY KEY);
  CREATE TABLE statements (n serial, rows integer NOT NULL);
  CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO statements (rows) SELECT count(*) FROM written;
    PERFORM pg_sleep(0.4) WHERE (SELECT count(*) FROM facts) < 3;
    RETURN NULL;
  END $$;
  CREATE TRIGGER count_rows AFTER INSERT ON facts REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION count_rows();`;
const kind: RowKind = {
  name: 'fact',
  insert: `INSERT INTO facts SELECT id FROM jsonb_to_recordset($1::jsonb) AS r(id uuid) ON CONFLICT DO NOTHING`,
};

let server: PrivatePostgres;
let client: Client;
let database: Database;
let writer: RowWriter;
const write = (): Promise<void> => {
  const id = uuid();
  return writer.write(makeRow(kind, id, { id }));
};
const sizes = async (): Promise<number[]> => {
  const { rows } = await client.query<{ rows: number }>('SELECT rows FROM statements ORDER BY n');
  return rows.map((row) => row.rows);
};

beforeAll(async () => {
  server = await PrivatePostgres.start();
  const url = await server.createDatabase();
  client = new Client(url);
  await client.connect();
  await client.query(schema);
  database = new Database(url);
  const gate = {
    isUp: true,
    failed: (error: unknown) => {
      throw error;
    },
    quarantined: () => undefined,
  };
  writer = new RowWriter(kind, database, gate, { append: () => Promise.reject(new Error('no refuge')) });
});
afterAll(async () => {
  await database.close();
  await client.end();
  await server.close();
});
beforeEach(() => client.query('TRUNCATE facts, statements'));

/** Rows that come one by one while the statement of the first is under way. */
async function writeOneByOne(count: number): Promise<void> {
  const writes = [write()];
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    writes.push(write());
  }
  await Promise.all(writes);
}

describe('rows that come one by one', () => {
  it('share the next statement when they are few', async () => {
    await writeOneByOne(20);
    expect(await sizes()).toEqual([1, 20]);
  });

  it('do not wait for the statement under way when they are many', async () => {
    const first = write();
    await new Promise((resolve) => setTimeout(resolve, 50));
    let isFirstDone = false;
    void first.then(() => (isFirstDone = true));
    await Promise.all(Array.from({ length: 60 }, () => write()));
    expect(isFirstDone).toBe(false);
    await first;
    expect((await sizes()).toSorted((a, b) => a - b)).toEqual([1, 60]);
  });
});
