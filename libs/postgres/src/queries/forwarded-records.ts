import type { ForwardedRecord, ForwardedRecords, ForwardEvent } from '@app/reporting';
import { arrivalOf } from '../arrival.js';
import type { Database, Statement } from '../database.js';
import { callReportOf, type CallReportColumns } from './call-report-row.js';
import { deliveryEventOf, deliveryEventsJoined, type EventColumns } from './delivery-events.js';
import { sessionReportOf, type ReportColumns } from './session-reports.js';

const arrived = 'received_at >= $2 AND received_at < $3 AND id = $1';

const callReport = {
  name: 'find-forwarded-call-report',
  text: `
    SELECT c.*, (SELECT count(*)::int FROM call_report_payloads p WHERE p.report_id = c.id) AS payloads
    FROM call_reports c WHERE ${arrived}`,
};
const deliveryEvent = {
  name: 'find-forwarded-delivery-event',
  text: `
    SELECT e.*, known.message_id ${deliveryEventsJoined}
    WHERE e.received_at >= $2 AND e.received_at < $3 AND e.id = $1`,
};
const sessionReport = {
  name: 'find-forwarded-session-report',
  text: `SELECT * FROM session_reports WHERE ${arrived}`,
};

/** Records as they stand when they are sent on. */
export class PostgresForwardedRecords implements ForwardedRecords {
  constructor(private readonly database: Database) {}

  async find(event: ForwardEvent, id: string): Promise<ForwardedRecord | undefined> {
    switch (event) {
      case 'call-report': {
        const row = await this.#row<CallReportColumns & { readonly payloads: number }>(callReport, id);
        return row && { event, record: callReportOf(row), revision: Math.max(1, row.payloads) };
      }
      case 'delivery-event': {
        const row = await this.#row<EventColumns>(deliveryEvent, id);
        return row && { event, record: deliveryEventOf(row), revision: 1 };
      }
      case 'session-end': {
        const row = await this.#row<ReportColumns>(sessionReport, id);
        return row && { event, record: sessionReportOf(row), revision: 1 };
      }
    }
  }

  async #row<R extends object>(statement: Statement, id: string): Promise<R | undefined> {
    const arrival = arrivalOf(id);
    if (arrival === undefined) return undefined;
    const [row] = await this.database.query<R>(statement, [id, arrival.from, arrival.to]);
    return row;
  }
}
