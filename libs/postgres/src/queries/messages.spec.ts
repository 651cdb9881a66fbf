import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import type {
  AuditDraft,
  DeliveryEvent,
  DeliveryEventFilter,
  InboundMessage,
  MessageFilter,
  MessageOrder,
  Settlement,
} from '@app/reporting';
import { PrivatePostgres, readPages } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';

const began = Date.UTC(2026, 2, 4, 9);
const ann = '+254711082201';
const ben = '+254711082202';
let server: PrivatePostgres;
let folder: string;
let stores: PostgresStores;
let ticks = 0;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-message-queries-'));
  stores = await PostgresStores.open({ url: await server.createDatabase(), spoolFolder: join(folder, 'spool') });
  await stores.whenUp();
});

afterAll(async () => {
  await stores.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const arrival = (): Date => new Date(began + ++ticks * 1_000);

function order(account: string, to: readonly string[], fields: Partial<MessageOrder> = {}): MessageOrder {
  const createdAt = arrival();
  const msecs = createdAt.getTime();
  const recipients = to.map((each) => ({ messageId: uuid({ msecs }), to: each }));
  return {
    ...{ id: uuid({ msecs }), kind: 'message', provider: 'africastalking', account, lane: 'bulk', from: '44170' },
    ...{ text: 'KES 40', segments: 1, encoding: 'gsm7', createdAt, recipients, batchId: `batch of ${account}` },
    ...fields,
  };
}

function incoming(account: string, fields: Partial<InboundMessage> = {}): InboundMessage {
  const receivedAt = arrival();
  return {
    ...{ id: uuid({ msecs: receivedAt.getTime() }), provider: 'africastalking', account, externalId: uuid() },
    ...{ from: ann, to: '44170', text: 'price', segments: 1, encoding: 'gsm7', receivedAt, raw: {} },
    ...fields,
  };
}

function told(account: string, externalId: string, fields: Partial<DeliveryEvent> = {}): DeliveryEvent {
  const receivedAt = arrival();
  return {
    ...{ id: uuid({ msecs: receivedAt.getTime() }), provider: 'africastalking', account, externalId, recipient: ann },
    ...{ status: 'delivered', providerStatus: 'Success', receivedAt, raw: { id: externalId } },
    ...fields,
  };
}

/** Puts an order and ends its first attempt. */
async function settled(put: MessageOrder, settlement: Omit<Settlement, 'durationMs'>): Promise<MessageOrder> {
  await stores.outbox.put([put]);
  await stores.outboxWork.claim(put.id, 'w', 60_000);
  await stores.outboxWork.settle(put.id, 1, { durationMs: 5, ...settlement });
  return put;
}

const sent = (put: MessageOrder, externalId: string): Promise<MessageOrder> =>
  settled(put, {
    state: 'sent',
    results: put.recipients.map(({ messageId }) => ({
      ...{ messageId, status: 'sent', externalId, cost: { amount: '0.8000', currency: 'KES' } },
    })),
  });

const queries = () => stores.messageQueries;
const list = async (filter: MessageFilter) => (await queries().list(filter, { limit: 100 })).items;
const events = async (filter: DeliveryEventFilter) => (await queries().events(filter, { limit: 100 })).items;
const only = async (filter: MessageFilter) => (await list(filter))[0];
const audit = (action: string): AuditDraft => ({ at: new Date(began), actor: 'environment', action, subject: 's' });

describe('the list of messages', () => {
  it('gives the same pages forwards and backwards, messages of one order included', async () => {
    const account = 'pages';
    const numbers = Array.from({ length: 9 }, (_, i) => `+25471108230${String(i)}`);
    await stores.outbox.put([order(account, numbers), order(account, numbers)]);
    for (let i = 0; i < 5; i++) await stores.messages.keepInbound(incoming(account));
    const all = await list({ account });
    expect(all).toHaveLength(23);
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .sort()
        .reverse(),
    );
    for (const limit of [1, 4, 22, 23, 24]) {
      const { forwards, backwards } = await readPages((page) => queries().list({ account }, page), limit);
      expect(forwards).toEqual(all);
      expect(backwards).toEqual(all);
    }
  });

  it('finds messages by each of its filters', async () => {
    const account = 'filters';
    const put = await sent(order(account, [ann]), 'ATX-filters');
    const came = incoming(account, { from: ben });
    await stores.messages.keepInbound(came);
    const [mt] = put.recipients.map(({ messageId }) => messageId);
    const mo = came.id;
    const ids = async (filter: MessageFilter) => (await list({ account, ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual([mo, mt]);
    expect(await ids({ provider: 'kairos' })).toEqual([]);
    expect(await ids({ direction: 'mo' })).toEqual([mo]);
    expect(await ids({ from: '44170' })).toEqual([mt]);
    expect(await ids({ to: '44170' })).toEqual([mo]);
    expect(await ids({ number: ann })).toEqual([mt]);
    expect(await ids({ number: ben })).toEqual([mo]);
    expect(await ids({ status: 'sent' })).toEqual([mt]);
    expect(await ids({ status: 'delivered' })).toEqual([mo]);
    expect(await ids({ externalId: 'ATX-filters' })).toEqual([mt]);
    expect(await ids({ batchId: `batch of ${account}` })).toEqual([mt]);
    expect(await ids({ created: { after: came.receivedAt } })).toEqual([mo]);
    expect(await ids({ created: { before: came.receivedAt } })).toEqual([mt]);
  });

  it('finds a number of ours however the file writes it', async () => {
    const account = 'own-numbers';
    const own = ['+254711082000', '254711082000', '0711082000'];
    for (const from of own) await stores.outbox.put([order(account, [ann], { from })]);
    await stores.messages.keepInbound(incoming(account, { to: '+254711082000' }));
    const senders = async (filter: MessageFilter) =>
      (await list({ account, ...filter })).map(({ from }) => from).reverse();
    expect(await senders({ from: '+254711082000' })).toEqual(own);
    expect(await senders({ number: '+254711082000' })).toEqual([...own, ann]);
    expect(await senders({ from: '0711082000' })).toEqual(['0711082000']);
  });

  it('shows an incoming message as one that arrived', async () => {
    const came = incoming('arrived', { text: 'maïs', encoding: 'ucs2' });
    await stores.messages.keepInbound(came);
    expect(await only({ account: 'arrived' })).toEqual({
      ...{ id: came.id, direction: 'mo', provider: 'africastalking', account: 'arrived', from: ann, to: '44170' },
      ...{ text: 'maïs', segments: 1, encoding: 'ucs2', status: 'delivered', externalId: came.externalId },
      ...{ createdAt: came.receivedAt, finalAt: came.receivedAt },
    });
  });
});

describe('the state of a message', () => {
  it('is queued until something is known, and what the send came to then', async () => {
    const account = 'sent';
    const put = order(account, [ann]);
    await stores.outbox.put([put]);
    expect(await only({ account })).toMatchObject({ status: 'queued', direction: 'mt', to: ann, from: '44170' });
    await stores.outboxWork.claim(put.id, 'w', 60_000);
    const results = [{ messageId: put.recipients[0]!.messageId, status: 'sent', externalId: 'ATX-sent' } as const];
    await stores.outboxWork.settle(put.id, 1, { state: 'sent', durationMs: 1, results });
    const message = await only({ account });
    expect(message).toMatchObject({ status: 'sent', externalId: 'ATX-sent' });
    expect(message).not.toHaveProperty('finalAt');
  });

  it('is the most that send and events tell, whichever came first (#9)', async () => {
    for (const [account, first] of [
      ['event-first', true],
      ['send-first', false],
    ] as const) {
      const event = told(account, 'ATX-most');
      if (first) await stores.deliveryEvents.keepDeliveryEvent(event);
      await sent(order(account, [ann]), 'ATX-most');
      if (!first) await stores.deliveryEvents.keepDeliveryEvent(event);
      await stores.deliveryEvents.keepDeliveryEvent(
        told(account, 'ATX-most', { status: 'sent', providerStatus: 'Sent' }),
      );
      const message = await only({ account, status: 'delivered' });
      expect(message).toMatchObject({ finalAt: event.receivedAt, cost: { amount: '0.8000', currency: 'KES' } });
      expect(message).not.toHaveProperty('failureReason');
    }
  });

  it('has the reason of what decided', async () => {
    const account = 'reasons';
    await sent(order(account, [ann]), 'ATX-reason');
    const failed = told(account, 'ATX-reason', {
      status: 'failed',
      providerStatus: 'Failed',
      reason: 'subscriber-absent',
    });
    await stores.deliveryEvents.keepDeliveryEvent(failed);
    expect(await only({ account, status: 'failed' })).toMatchObject({ failureReason: 'subscriber-absent' });
  });

  it('counts events that name nobody for everybody, and parts once all of them are there', async () => {
    const account = 'parts';
    const put = await sent(order(account, [ann], { segments: 2 }), 'MOB-parts');
    for (const part of [1, 2]) {
      const { recipient: _, ...event } = told(account, 'MOB-parts', {
        part,
        providerStatus: `DELIVRD ${String(part)}`,
      });
      expect(await only({ account })).toMatchObject({ status: 'sent' });
      await stores.deliveryEvents.keepDeliveryEvent(event);
    }
    const message = await queries().get(put.recipients[0]!.messageId);
    expect(message).toMatchObject({ status: 'delivered', parts: { 1: 'delivered', 2: 'delivered' } });
    expect(message?.events.map(({ providerStatus }) => providerStatus)).toEqual(['DELIVRD 1', 'DELIVRD 2']);
  });

  it('is failed for whom an order left open that was given up, and queued again after a redrive', async () => {
    const account = 'dead';
    const put = order(account, [ann, ben]);
    const [first] = put.recipients;
    const results = [{ messageId: first!.messageId, status: 'sent', externalId: 'ATX-dead' } as const];
    await settled(put, { state: 'dead', error: 'insufficient-balance', results });
    const standing = async () => new Map((await list({ account })).map((each) => [each.to, each]));
    expect((await standing()).get(ann)).toMatchObject({ status: 'sent' });
    const left = (await standing()).get(ben);
    expect(left).toMatchObject({ status: 'failed', failureReason: 'insufficient-credit', finalAt: expect.any(Date) });
    expect(await list({ account, status: 'failed' })).toEqual([left]);
    expect(await stores.outboxQueries.redrive(put.id, audit('outbox.redriven'))).toMatchObject({ state: 'waiting' });
    const again = (await standing()).get(ben);
    expect(again).toMatchObject({ status: 'queued' });
    expect(again).not.toHaveProperty('failureReason');
  });

  it('is not there for an id that nobody has', async () => {
    expect(await queries().get(uuid())).toBeUndefined();
  });
});

describe('the list of delivery events', () => {
  it('knows the message of an event as soon as its id is known, and tells those apart that have none', async () => {
    const account = 'matching';
    const [early, lost] = [told(account, 'ATX-early'), told(account, 'ATX-lost')];
    for (const event of [early, lost]) await stores.deliveryEvents.keepDeliveryEvent(event);
    expect(await events({ account, unmatched: true })).toHaveLength(2);
    const put = await sent(order(account, [ann]), 'ATX-early');
    const { recipient: _, ...late } = told(account, 'ATX-early', { providerStatus: 'Delivered', retryCount: 1 });
    await stores.deliveryEvents.keepDeliveryEvent(late);
    const messageId = put.recipients[0]!.messageId;
    const ids = async (filter: DeliveryEventFilter) => (await events({ account, ...filter })).map(({ id }) => id);
    expect(await ids({ unmatched: true })).toEqual([lost.id]);
    expect(await ids({ unmatched: false })).toEqual([late.id, early.id]);
    expect(await ids({ messageId })).toEqual([late.id, early.id]);
    expect(await ids({ messageId: uuid() })).toEqual([]);
    expect((await events({ account, unmatched: false })).map((event) => event.messageId)).toEqual([
      messageId,
      messageId,
    ]);
  });

  it('finds events by each of its filters and gives the same pages both ways', async () => {
    const account = 'events';
    const all = Array.from({ length: 11 }, (_, i) =>
      told(account, `ATX-${String(i)}`, i % 2 === 0 ? {} : { status: 'failed', providerStatus: 'Failed' }),
    );
    for (const event of all) await stores.deliveryEvents.keepDeliveryEvent(event);
    await stores.deliveryEvents.keepDeliveryEvent({ ...all[3]!, id: uuid() });
    const { forwards, backwards } = await readPages((page) => queries().events({ account }, page), 3);
    expect(forwards.map(({ id }) => id)).toEqual(all.map(({ id }) => id).reverse());
    expect(backwards).toEqual(forwards);
    expect(await events({ account, status: 'failed' })).toHaveLength(5);
    expect(await events({ account, externalId: 'ATX-3' })).toEqual([
      expect.objectContaining({ seen: 2, raw: { id: 'ATX-3' } }),
    ]);
    expect(await events({ account, provider: 'mobtexting' })).toEqual([]);
    const received = { after: all[2]!.receivedAt, before: all[5]!.receivedAt };
    expect((await events({ account, received })).map(({ id }) => id)).toEqual([all[4]!.id, all[3]!.id, all[2]!.id]);
  });
});

describe('the list of orders', () => {
  const outbox = () => stores.outboxQueries;

  it('finds orders by each of its filters and gives the same pages both ways', async () => {
    const account = 'orders';
    const puts = Array.from({ length: 7 }, () => order(account, [ann]));
    await stores.outbox.put(puts);
    const call = { from: '+254711082000', to: ben, id: uuid(), createdAt: arrival() };
    await stores.outbox.put([{ ...call, kind: 'call', provider: 'africastalking', account }]);
    const { forwards, backwards } = await readPages((page) => outbox().list({ account }, page), 3);
    expect(forwards.map(({ id }) => id)).toEqual([call.id, ...puts.map(({ id }) => id).reverse()]);
    expect(backwards).toEqual(forwards);
    expect(forwards[0]).toMatchObject({ kind: 'call', state: 'waiting', attempts: 0, nextAt: expect.any(Date) });
    const ids = async (filter: object) =>
      (await outbox().list({ account, ...filter }, { limit: 9 })).items.map(({ id }) => id);
    expect(await ids({ kind: 'call' })).toEqual([call.id]);
    expect(await ids({ state: 'dead' })).toEqual([]);
    expect(await ids({ provider: 'mobtexting' })).toEqual([]);
    expect(await ids({ created: { after: puts[6]!.createdAt, before: call.createdAt } })).toEqual([puts[6]!.id]);
  });

  it('has dead orders sent again once, with one line in the audit log', async () => {
    const put = await settled(order('redrive', [ann]), { state: 'dead', error: 'credentials-refused', results: [] });
    expect((await outbox().list({ account: 'redrive', state: 'dead' }, { limit: 9 })).items).toEqual([
      {
        ...{ id: put.id, kind: 'message', provider: 'africastalking', account: 'redrive', state: 'dead', attempts: 1 },
        ...{ lastError: 'credentials-refused', createdAt: put.createdAt },
      },
    ]);
    const entry = audit('outbox.redriven.once');
    expect(await outbox().redrive(put.id, entry)).toMatchObject({
      id: put.id,
      state: 'waiting',
      nextAt: expect.any(Date),
    });
    expect(await outbox().redrive(put.id, entry)).toBe('not-stuck');
    expect(await outbox().redrive(uuid(), entry)).toBe('unknown');
    const { items } = await stores.auditLog.list({ action: entry.action }, { limit: 9 });
    expect(items).toEqual([expect.objectContaining({ actor: 'environment', subject: 's' })]);
    expect(await stores.outboxWork.claim(put.id, 'w', 1_000)).toMatchObject({ attempt: 2, open: put.recipients });
  });
});
