export { SmsModule } from './sms.module.js';
export { SmsHandler, type SmsStores } from './sms.handler.js';
export { SmsTurns, type SmsTurnPorts } from './sms-turns.js';
export type { SmsReplies, SmsReply } from './sms-replies.js';
export { routeOf, type SmsRoute } from './sms-route.js';
