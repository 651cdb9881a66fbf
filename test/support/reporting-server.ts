import { expect } from '@jest/globals';
import { ask, environmentKey, makeKey } from './admin.js';
import type { Cleanup } from './cleanup.js';
import { send } from './send.js';
import { startInProcess } from './server-in-process.js';
import { startServices, type Services } from './services.js';
import { WorkspaceFolder } from './workspace-folder.js';

/** A report as the admin API shows it. */
export interface ShownReport {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A page of the list. */
export interface ReportPage {
  readonly items: readonly ShownReport[];
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

const fields = { externalId: 'uuid', from: 'caller', to: 'callee', status: 'disposition', startedAt: 'start' };
const more = { durationSeconds: 'billsec', cost: 'price', currency: 'currency', campaignId: 'queue' };
const mobtexting = {
  ...{ provider: 'mobtexting', account: 'demo', timezone: 'Asia/Kolkata', country: 'IN', open: true },
  callReports: { fields: {} },
};

/** A server whose accounts of the generic provider, and mobtexting/demo, take call reports. */
export class ReportingServer {
  private constructor(
    readonly services: Services,
    readonly url: string,
    /** A key that may read and review reports, and sees no numbers. */
    readonly maskedKey: string,
  ) {}

  static async start(cleanup: Cleanup, names: readonly string[]): Promise<ReportingServer> {
    const services = await startServices(cleanup);
    const accounts = [...names.map(switchboard), mobtexting];
    const workspace = await WorkspaceFolder.make(cleanup, { accounts, demo: true });
    const server = await startInProcess(cleanup, workspace, { ...services.settings, ONGEA_ADMIN_KEY: environmentKey });
    await server.parts.postgres.whenUp();
    const { key } = await makeKey(server.url, ['reports:read', 'reports:review']);
    return new ReportingServer(services, server.url, key);
  }

  async report(account: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await send(this.url, `/call-reports/generic/${account}`, { headers, body: JSON.stringify(body) });
    expect([answer.status, answer.body]).toEqual([200, 'OK']);
  }

  async list(query: string, key = environmentKey): Promise<ReportPage> {
    const { status, json } = await ask(this.url, 'GET', `/admin/v1/call-reports?${query}`, { key });
    expect([status, json]).toEqual([200, expect.objectContaining({ items: expect.any(Array) })]);
    return json as unknown as ReportPage;
  }

  /** The one report of an account. */
  async onlyOf(account: string): Promise<ShownReport> {
    const { items } = await this.list(`account=${account}`);
    const [only, ...others] = items;
    if (only === undefined || others.length > 0) throw new Error(`${account} has ${items.length} reports`);
    return only;
  }
}

function switchboard(account: string): object {
  return {
    ...{ provider: 'generic', account, timezone: 'Africa/Nairobi', country: 'KE', open: true },
    callReports: {
      fields: { ...fields, ...more },
      constants: { direction: 'inbound', source: 'pbx' },
      statuses: { ANSWERED: 'answered', DONE: 'completed', BUSY: 'busy' },
      identity: ['uuid'],
    },
  };
}
