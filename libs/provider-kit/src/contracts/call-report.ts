import type { Account } from './account.js';
import type { WebhookReply, WebhookRequest } from './http.js';
import type { CallReportDraft } from './voice.js';

/** What a call-report webhook was sent for. */
export type CallReportInbound =
  | { readonly kind: 'reports'; readonly reports: readonly CallReportDraft[] }
  /** It can be read, and says nothing that we know. */
  | { readonly kind: 'nothing-known' };

/** What a provider must know to serve call reports. Every function is pure. */
export interface CallReportContract {
  /** @throws PayloadRejected */
  parse(request: WebhookRequest, account: Account): CallReportInbound;
  /** Once the reports are kept. */
  acknowledge(account: Account): WebhookReply;
}
