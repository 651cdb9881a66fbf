import type { Account, Provider } from '@app/provider-kit';
import type { WebhookRoute } from '@app/webhook';
import type { CallReportHandler } from './call-report.handler.js';

/** The path of call reports, with every method in which they can be composed. */
export function callReportRoutes(handler: CallReportHandler): readonly WebhookRoute[] {
  const path = '/call-reports/:provider/:account';
  const methods = ['GET', 'POST', 'PUT'] as const;
  return methods.map((method) => ({ method, path, serves, handle: (call) => handler.report(call) }));
}

function serves(provider: Provider, account: Account): boolean {
  return provider.callReports !== undefined && account.callReports !== undefined;
}
