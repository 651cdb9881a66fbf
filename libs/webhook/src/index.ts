export { Gate, type Addressee, type Knock } from './gate.js';
export { Peers } from './peers.js';
export type { Dialogs } from './dialogs.js';
export {
  CALL_REPORTS,
  CLOCK,
  DELIVERY_EVENTS,
  INBOUND_MESSAGES,
  INBOX,
  NOTICES,
  OPT_OUTS,
  PUBLIC_URL,
  SESSION_REPORTS,
  type PublicUrl,
} from './tokens.js';
export {
  accepted,
  emptyReply,
  notKept,
  type WebhookAnswer,
  type WebhookCall,
  type WebhookLog,
  type WebhookRoute,
} from './webhook-call.js';
export { CallReportKeeper } from './call-report-keeper.js';
export { InboxKeeper } from './inbox-keeper.js';
export { NoticeKeeper } from './notice-keeper.js';
export { readReport, type ReportReading } from './report-reading.js';
export { TurnRunner } from './turn-runner.js';
export { maxBodyBytes, registerWebhooks } from './webhook-plugin.js';
export { WebhookRoutes } from './webhook-routes.js';
export { WebhookModule } from './webhook.module.js';
