import { auditPaths, auditSchemas } from '../audit/audit.openapi.js';
import { callReportsPaths, callReportsSchemas } from '../call-reports/call-reports.openapi.js';
import { erasuresPaths, erasuresSchemas } from '../erasures/erasures.openapi.js';
import { forwardsPaths, forwardsSchemas } from '../forwards/forwards.openapi.js';
import { keysPaths, keysSchemas } from '../keys/keys.openapi.js';
import { messagesPaths, messagesSchemas } from '../messages/messages.openapi.js';
import { callsPaths, callsSchemas } from '../calls/calls.openapi.js';
import { sessionsPaths, sessionsSchemas } from '../sessions/sessions.openapi.js';
import { sessionReportsPaths, sessionReportsSchemas } from '../session-reports/session-reports.openapi.js';
import { dialogsPaths, dialogsSchemas } from '../dialogs/dialogs.openapi.js';
import { inboxPaths, inboxSchemas } from '../inbox/inbox.openapi.js';
import { outboxPaths, outboxSchemas } from '../outbox/outbox.openapi.js';
import { optOutsPaths, optOutsSchemas } from '../opt-outs/opt-outs.openapi.js';
import { problemSchemas, type Paths, type Schemas } from './description.js';

/** Every route of the admin API; a test compares them with what is served. */
export const adminPaths: Paths = {
  ...callReportsPaths,
  ...erasuresPaths,
  ...forwardsPaths,
  ...messagesPaths,
  ...callsPaths,
  ...sessionsPaths,
  ...sessionReportsPaths,
  ...dialogsPaths,
  ...inboxPaths,
  ...outboxPaths,
  ...keysPaths,
  ...optOutsPaths,
  ...auditPaths,
};

/** What those routes exchange. */
export const adminSchemas: Schemas = {
  ...problemSchemas,
  ...callReportsSchemas,
  ...erasuresSchemas,
  ...forwardsSchemas,
  ...messagesSchemas,
  ...callsSchemas,
  ...sessionsSchemas,
  ...sessionReportsSchemas,
  ...dialogsSchemas,
  ...inboxSchemas,
  ...outboxSchemas,
  ...keysSchemas,
  ...optOutsSchemas,
  ...auditSchemas,
};

/** The tags of those routes, in the order in which a page shows them. */
export const adminTags: readonly string[] = [
  'Call reports',
  'Messages',
  'Calls',
  'Sessions',
  'Dialogs',
  'Inbox',
  'Outbox',
  'Forwards',
  'Privacy',
  'Keys',
  'Audit',
];
