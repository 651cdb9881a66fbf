/** What the composition root binds for the admin API; each is a port of `@app/reporting`. */
export const ADMIN_KEYS = Symbol('AdminKeyStore');
export const AUDIT_LOG = Symbol('AuditLog');
export const IDEMPOTENCY = Symbol('IdempotencyStore');
export const CALL_REPORTS = Symbol('CallReportQueries');
export const MESSAGES = Symbol('MessageQueries');
export const OUTBOX_QUERIES = Symbol('OutboxQueries');
export const OPT_OUT_QUERIES = Symbol('OptOutQueries');
export const SESSION_QUERIES = Symbol('SessionQueries');
export const SESSION_REPORT_QUERIES = Symbol('SessionReportQueries');
export const INBOX_QUERIES = Symbol('InboxQueries');
export const FORWARD_QUERIES = Symbol('ForwardQueries');
/** The forwards of the configuration: a list of `ConfiguredForward`. */
export const CONFIGURED_FORWARDS = Symbol('forwards of the configuration');
export const ERASURES = Symbol('ErasureStore');

/** The key of ONGEA_ADMIN_KEY, with all scopes. */
export const ENVIRONMENT_KEY = Symbol('key of the environment');
/** A `Clock` of `@app/dialog`. */
export const ADMIN_CLOCK = Symbol('Clock');
/** A `Vault` of `@app/dialog`: it seals what is stored and names what must not be told. */
export const ADMIN_VAULT = Symbol('Vault');

/** A `DialogQueries` of `@app/reporting`. */
export const DIALOG_QUERIES = Symbol('DialogQueries');
/** A `Sending`: see `messages/sending.ts`. */
export const SENDING = Symbol('Sending');
/** A `Replayer`: see `inbox/replayer.ts`. */
export const REPLAYER = Symbol('Replayer');
