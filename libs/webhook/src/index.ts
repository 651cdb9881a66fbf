export { Gate, type Addressee, type Knock } from './gate.js';
export { Peers } from './peers.js';
export type { Dialogs } from './dialogs.js';
export { CLOCK, INBOX, NOTICES, SESSION_REPORTS } from './tokens.js';
export {
  accepted,
  emptyReply,
  notKept,
  type WebhookAnswer,
  type WebhookCall,
  type WebhookLog,
  type WebhookRoute,
} from './webhook-call.js';
export { InboxKeeper } from './inbox-keeper.js';
export { TurnRunner } from './turn-runner.js';
export { maxBodyBytes, registerWebhooks } from './webhook-plugin.js';
export { WebhookRoutes } from './webhook-routes.js';
export { WebhookModule } from './webhook.module.js';
