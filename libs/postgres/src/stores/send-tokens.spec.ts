import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivatePostgres } from '@app/testing';
import { Database } from '../database.js';
import { migrate } from '../migrate.js';
import { takeToken } from './send-tokens.js';

let server: PrivatePostgres;
let processes: [Database, Database];

beforeAll(async () => {
  server = await PrivatePostgres.start();
  const url = await server.createDatabase();
  await migrate(url);
  processes = [new Database(url), new Database(url)];
});

afterAll(async () => {
  for (const database of processes) await database.close();
  await server.close();
});

describe('tokens', () => {
  it('hold the rate of an account over two processes', async () => {
    const startedAt = Date.now();
    let taken = 0;
    const sender = async (database: Database) => {
      while (Date.now() < startedAt + 2_000) {
        const { waitMs } = await takeToken(database, 'africastalking', 'demo', 20);
        if (waitMs === 0) taken++;
        else await sleep(waitMs);
      }
    };
    await Promise.all([...processes, ...processes, ...processes].map(sender));
    const seconds = (Date.now() - startedAt) / 1_000;
    // What one second earns may go at once.
    expect(taken).toBeLessThanOrEqual(20 + 20 * seconds + 1);
    expect(taken).toBeGreaterThan(30);
  });

  it('are each account’s own, and less than one a second still comes', async () => {
    const [database] = processes;
    expect(await takeToken(database, 'p', 'a', 0.1)).toEqual({ waitMs: 0 });
    const { waitMs } = await takeToken(database, 'p', 'a', 0.1);
    expect(waitMs).toBeGreaterThan(5_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
    expect(await takeToken(database, 'p', 'b', 0.1)).toEqual({ waitMs: 0 });
  });
});
