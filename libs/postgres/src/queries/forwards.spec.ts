import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import type { AuditDraft, CallReport, DeliveryEvent, ForwardOrder, SessionReport } from '@app/reporting';
import { PrivatePostgres } from '@app/testing';
import { PostgresStores } from '../postgres-stores.js';
import { callReportRow } from '../stores/call-reports.js';

let server: PrivatePostgres;
let folder: string;
let client: Pool;
let telling: PostgresStores;
let silent: PostgresStores;

beforeAll(async () => {
  server = await PrivatePostgres.start();
  folder = await mkdtemp(join(tmpdir(), 'ongea-forwards-'));
  const url = await server.createDatabase();
  const forwardEvents = ['call-report', 'delivery-event', 'session-end'] as const;
  telling = await PostgresStores.open({ url, spoolFolder: join(folder, 'one'), forwardEvents });
  await telling.whenUp();
  silent = await PostgresStores.open({ url, spoolFolder: join(folder, 'two') });
  await silent.whenUp();
  client = new Pool({ connectionString: url });
});

afterAll(async () => {
  await client.end();
  await Promise.all([telling.close(), silent.close()]);
  await server.close();
  await rm(folder, { recursive: true });
});

beforeEach(() =>
  client.query(`TRUNCATE call_reports, call_report_payloads, call_report_history, delivery_events, delivery_states,
    session_reports, report_keys, outbox, outbox_recipients, send_attempts, forwards, effect_ledger,
    graphile_worker._private_jobs`),
);

const demo = { provider: 'generic', account: 'pbx' };
const at = (): { id: string; receivedAt: Date } => {
  const receivedAt = new Date();
  return { id: uuid({ msecs: receivedAt.getTime() }), receivedAt };
};

const call = (fields: Partial<CallReport> = {}): CallReport => ({
  ...{ ...at(), ...demo, status: 'answered', final: true, matched: false, raw: { n: 1 }, identity: uuid() },
  ...fields,
});
const delivery = (fields: Partial<DeliveryEvent> = {}): DeliveryEvent => ({
  ...{ ...at(), ...demo, externalId: uuid(), status: 'delivered', providerStatus: 'Success', raw: {} },
  ...fields,
});
const session = (fields: Partial<SessionReport> = {}): SessionReport => ({
  ...{ ...at(), ...demo, sessionId: uuid(), status: 'completed', raw: {} },
  ...fields,
});

async function all(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(text, values)).rows;
}
const jobs = () =>
  all(`SELECT payload->>'id' AS id, payload->>'event' AS event FROM graphile_worker._private_jobs j
       JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'forward' ORDER BY j.id`);

describe('a new record', () => {
  it('makes a job, and a repeat of it makes none', async () => {
    const records = { call: call(), delivery: delivery(), session: session() };
    for (let count = 0; count < 2; count++) {
      await telling.callReports.keepCallReport({ ...records.call, ...(count > 0 ? at() : {}) });
      await telling.deliveryEvents.keepDeliveryEvent({ ...records.delivery, ...(count > 0 ? at() : {}) });
      await telling.sessionReports.keepSessionReport({ ...records.session, ...(count > 0 ? at() : {}) });
    }
    expect(await jobs()).toEqual([
      { id: records.call.id, event: 'call-report' },
      { id: records.delivery.id, event: 'delivery-event' },
      { id: records.session.id, event: 'session-end' },
    ]);
  });

  it('makes no job where nobody wants to be told', async () => {
    await silent.callReports.keepCallReport(call());
    await silent.deliveryEvents.keepDeliveryEvent(delivery());
    await silent.sessionReports.keepSessionReport(session());
    expect(await jobs()).toEqual([]);
  });

  it('makes one of its own, many in one batch', async () => {
    const reports = Array.from({ length: 300 }, () => call());
    const events = Array.from({ length: 300 }, () => delivery());
    await Promise.all(reports.map((report) => telling.callReports.keepCallReport(report)));
    await Promise.all(events.map((event) => telling.deliveryEvents.keepDeliveryEvent(event)));
    expect(new Set((await jobs()).map(({ id }) => id))).toEqual(new Set([...reports, ...events].map(({ id }) => id)));
    expect(await jobs()).toHaveLength(600);
  });

  it('is told again where another report of the call is merged into it, as what it is by then', async () => {
    const first = call({ status: 'no-answer', final: false });
    await telling.callReports.keepCallReport(first);
    expect(await telling.forwardedRecords.find('call-report', first.id)).toMatchObject({ revision: 1 });
    await telling.callReports.keepCallReport({ ...first, ...at(), final: true, status: 'answered', raw: { n: 2 } });
    expect(await jobs()).toEqual([
      { id: first.id, event: 'call-report' },
      { id: first.id, event: 'call-report' },
    ]);
    const found = await telling.forwardedRecords.find('call-report', first.id);
    expect(found).toMatchObject({ event: 'call-report', revision: 2, record: { id: first.id, status: 'answered' } });
  });

  it('is read as it was kept', async () => {
    const [event, report] = [delivery({ retryCount: 2 }), session({ hops: 3 })];
    await telling.deliveryEvents.keepDeliveryEvent(event);
    await telling.sessionReports.keepSessionReport(report);
    expect(await telling.forwardedRecords.find('delivery-event', event.id)).toEqual({
      ...{ event: 'delivery-event', revision: 1, record: { ...event, seen: 1 } },
    });
    expect(await telling.forwardedRecords.find('session-end', report.id)).toEqual({
      ...{ event: 'session-end', revision: 1, record: report },
    });
    expect(await telling.forwardedRecords.find('session-end', event.id)).toBeUndefined();
    expect(await telling.forwardedRecords.find('session-end', 'no id')).toBeUndefined();
  });

  it('that Postgres refuses is set aside, and the others make their jobs (#24)', async () => {
    const reports = Array.from({ length: 50 }, (_, i) => call(i === 7 ? { id: 'no uuid' } : {}));
    await Promise.all(reports.map((report) => telling.callReports.keepCallReport(report)));
    expect(await jobs()).toHaveLength(49);
    expect(callReportRow(reports[0]!).kind).toBe('call-report');
  });
});

const day = 24 * 3_600_000;
const begin = Date.parse('2026-03-04T09:00:00Z');
const after = (days: number) => new Date(begin + days * day);
const audit = (action: string, subject: string): AuditDraft => ({ at: new Date(), actor: 'key:a', action, subject });
const audited = (subject: string) =>
  all('SELECT action, actor, details FROM audit_log WHERE subject = $1 ORDER BY seq', subject);

describe('a forward', () => {
  it('is disabled when it has failed for five days without a success, once and with an entry in the audit log', async () => {
    const book = telling.forwardBook;
    expect(await book.failed('a', after(0), 'receiver-refused', 5 * day)).toBe('enabled');
    expect(await book.failed('a', after(4.9), 'receiver-refused', 5 * day)).toBe('enabled');
    await book.succeeded('a', after(4.95));
    expect(await book.failed('a', after(5), 'receiver-refused', 5 * day)).toBe('enabled');
    expect(await book.disabled()).toEqual(new Set());
    const ends = Array.from({ length: 8 }, () => book.failed('a', after(10), 'receiver-refused', 5 * day));
    expect((await Promise.all(ends)).filter((end) => end === 'disabled')).toHaveLength(1);
    expect(await book.disabled()).toEqual(new Set(['a']));
    expect(await audited('a')).toMatchObject([
      { action: 'forward.disabled', actor: 'worker', details: { reason: 'receiver-refused' } },
    ]);
    expect(await telling.forwardQueries.states(['a', 'b'])).toEqual([
      {
        ...{ id: 'a', enabled: false, reason: 'receiver-refused', failingSince: after(5), lastSuccessAt: after(4.95) },
        ...{ waiting: 0, dead: 0 },
      },
      { id: 'b', enabled: true, waiting: 0, dead: 0 },
    ]);
  });

  it('that is enabled again has its five days anew', async () => {
    const { forwardBook: book, forwardQueries: queries } = telling;
    expect(await book.failed('c', after(0), 'receiver-gone', 0)).toBe('disabled');
    await queries.setEnabled('c', true, undefined, audit('forward.enabled', 'c'));
    expect(await queries.states(['c'])).toEqual([{ id: 'c', enabled: true, waiting: 0, dead: 0 }]);
    expect(await book.failed('c', after(6), 'receiver-refused', 5 * day)).toBe('enabled');
    expect((await audited('c')).map(({ action }) => action)).toEqual(['forward.disabled', 'forward.enabled']);
  });

  it('that never was tried can be disabled', async () => {
    await telling.forwardQueries.setEnabled('d', false, 'by-operator', audit('forward.disabled', 'd'));
    expect(await telling.forwardBook.disabled()).toEqual(new Set(['d']));
  });
});

const order = (forwardId: string): ForwardOrder => ({
  ...{ kind: 'forward', id: uuid(), ...demo, forwardId, event: 'call-report', recordId: uuid(), method: 'GET' },
  ...{ url: 'https://x.example/', headers: {}, body: '', createdAt: new Date() },
});

async function die(each: ForwardOrder): Promise<void> {
  const claimed = await telling.outboxWork.claim(each.id, 'w', 60_000);
  if (typeof claimed === 'string') throw new Error(claimed);
  const end = { state: 'dead', error: 'receiver-refused', httpStatus: 500, results: [], durationMs: 3 } as const;
  await telling.outboxWork.settle(each.id, claimed.attempt, end);
}

describe('orders of a forward', () => {
  it('wait again when they are redriven, all of them and no others', async () => {
    const [own, other] = [Array.from({ length: 3 }, () => order('e')), order('f')];
    await telling.outbox.put([...own, other]);
    for (const each of [...own, other]) await die(each);
    expect(await telling.forwardQueries.states(['e'])).toMatchObject([{ dead: 3, waiting: 0 }]);
    await client.query('TRUNCATE graphile_worker._private_jobs');
    expect(await telling.forwardQueries.redrive('e', audit('forward.redriven', 'e'))).toBe(3);
    expect(await telling.forwardQueries.states(['e', 'f'])).toMatchObject([{ dead: 0, waiting: 3 }, { dead: 1 }]);
    expect(await all('SELECT FROM graphile_worker._private_jobs')).toHaveLength(3);
    expect(await telling.outboxWork.claim(own[0]!.id, 'worker', 60_000)).toMatchObject({ attempt: 2, tries: 1 });
    expect(await telling.forwardQueries.redrive('e', audit('forward.redriven', 'e'))).toBe(0);
    expect((await audited('e')).map(({ action }) => action)).toEqual(['forward.redriven', 'forward.redriven']);
  });

  it('wait again also where there are more than one statement takes', async () => {
    const many = Array.from({ length: 1_100 }, () => order('g'));
    await telling.outbox.put(many);
    await client.query(`UPDATE outbox SET state = 'dead' WHERE content ->> 'forwardId' = 'g'`);
    expect(await telling.forwardQueries.redrive('g', audit('forward.redriven', 'g'))).toBe(1_100);
    expect(await audited('g')).toHaveLength(1);
  });

  it('have their attempts listed page by page, newest first', async () => {
    const orders = Array.from({ length: 5 }, () => order('h'));
    await telling.outbox.put(orders);
    for (const each of orders) await die(each);
    const first = await telling.forwardQueries.attempts('h', { limit: 3 });
    const second = await telling.forwardQueries.attempts('h', {
      limit: 3,
      from: { position: first.next!, towards: 'next' },
    });
    const listed = [...first.items, ...second.items];
    expect(listed.map(({ orderId }) => orderId).sort()).toEqual(orders.map(({ id }) => id).sort());
    expect(listed.map((each) => each.at)).toEqual(listed.map((each) => each.at).sort((one, other) => +other - +one));
    const [one] = listed;
    expect(one).toMatchObject({ id: `${one!.orderId}.1`, event: 'call-report', attempt: 1, state: 'dead' });
    expect(one).toMatchObject({ httpStatus: 500, error: 'receiver-refused', durationMs: 3 });
    expect(second.next).toBeUndefined();
  });
});
