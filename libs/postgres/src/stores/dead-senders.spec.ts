import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import type { MessageOrder } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

let server: PrivatePostgres;
let folder: string;
let url: string;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-dead-senders-'));
  url = await server.createDatabase();
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function open(node: string): Promise<PostgresStores> {
  const stores = await PostgresStores.open({ url, spoolFolder: join(folder, node) });
  await stores.whenUp();
  return stores;
}

function order(to: string): MessageOrder {
  return {
    ...{ id: uuid(), kind: 'message', provider: 'africastalking', account: 'demo', lane: 'reply', from: '44170' },
    ...{ text: 'KES 40', segments: 1, encoding: 'gsm7', createdAt: new Date() },
    recipients: [{ messageId: uuid(), to }],
  };
}

describe('orders of a process that died', () => {
  it('are free as soon as its successor is there, with what is known of their requests (#12)', async () => {
    const [before, other] = [await open('one'), await open('two')];
    const [left, kept, elsewhere] = [order('+254711082201'), order('+254711082202'), order('+254711082203')];
    await before.outbox.put([left, kept, elsewhere]);
    const dead = `${before.node} dead`;
    await before.outboxWork.claim(left.id, dead, 30_000);
    await before.outboxWork.leaving(left.id, 1, dead);
    await before.outboxWork.claim(kept.id, dead, 30_000);
    await other.outboxWork.claim(elsewhere.id, `${other.node} alive`, 30_000);
    await before.close();

    const after = await open('one');
    const alive = `${after.node} alive`;
    const own = order('+254711082204');
    await after.outbox.put([own]);
    await after.outboxWork.claim(own.id, alive, 30_000);
    expect(await after.outboxWork.abandoned(new Date())).toEqual([]);
    expect(await after.freeOrdersOfDead(alive)).toBe(2);

    const found = await after.outboxWork.abandoned(new Date());
    expect(new Map(found.map((each) => [each.id, each.left]))).toEqual(
      new Map([
        [left.id, true],
        [kept.id, false],
      ]),
    );
    await after.outboxWork.settle(kept.id, 1, { state: 'retry', results: [], durationMs: 0, nextAt: new Date() });
    // It was not dead after all: it may not send any more what is somebody else's by now.
    expect(await other.outboxWork.leaving(kept.id, 1, dead)).toBe(false);
    await Promise.all([after.close(), other.close()]);
  });
});
