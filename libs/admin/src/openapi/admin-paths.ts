import { auditPaths, auditSchemas } from '../audit/audit.openapi.js';
import { keysPaths, keysSchemas } from '../keys/keys.openapi.js';
import { optOutsPaths, optOutsSchemas } from '../opt-outs/opt-outs.openapi.js';
import { problemSchemas, type Paths, type Schemas } from './description.js';

/** Every route of the admin API; a test compares them with what is served. */
export const adminPaths: Paths = {
  ...keysPaths,
  ...optOutsPaths,
  ...auditPaths,
};

/** What those routes exchange. */
export const adminSchemas: Schemas = {
  ...problemSchemas,
  ...keysSchemas,
  ...optOutsSchemas,
  ...auditSchemas,
};

/** The tags of those routes, in the order in which a page shows them. */
export const adminTags: readonly string[] = [
  'Call reports',
  'Messages',
  'Sessions',
  'Dialogs',
  'Inbox',
  'Outbox',
  'Forwards',
  'Privacy',
  'Keys',
  'Audit',
];
