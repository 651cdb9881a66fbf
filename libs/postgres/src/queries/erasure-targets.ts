/** A table with rows that may name a person. */
export interface ErasureTarget {
  readonly table: string;
  /** Columns that name a row, in the order of an index, with their types. */
  readonly key: Readonly<Record<string, string>>;
  /** Columns, or expressions, that say whom a row is about: it goes where one of them names the person. */
  readonly about: readonly string[];
  /** Columns that may name the person in a row that is about somebody else: the number alone is taken out. */
  readonly texts?: readonly string[];
  readonly documents?: readonly string[];
  readonly lists?: readonly string[];
  /** What goes with removed rows: table to the column that holds their id. */
  readonly goesWith?: Readonly<Record<string, string>>;
}

const fact = { received_at: 'timestamptz', id: 'uuid' } as const;
const keys = { report_keys: 'record_id' } as const;

/** Bytes as text that shows every digit. */
export const bytesAsText = (column: string): string => `encode(${column}, 'escape')`;

/** Every table whose rows are removed or cleared as they are; `outbox` and `opt_outs` want more. */
export const erasureTargets: readonly ErasureTarget[] = [
  {
    table: 'messages',
    key: fact,
    about: ['sender', 'recipient', 'external_id', 'link_id'],
    texts: ['text', 'provider_status', 'reason'],
    documents: ['raw'],
    goesWith: { ...keys, delivery_states: 'message_id' },
  },
  {
    table: 'delivery_events',
    key: fact,
    about: ['recipient', 'external_id', 'raw::text'],
    texts: ['provider_status', 'provider_reason'],
    goesWith: keys,
  },
  {
    table: 'delivery_states',
    key: { account: 'text', external_id: 'text', recipient: 'text' },
    about: ['recipient', 'external_id'],
    texts: ['provider_status', 'provider_reason'],
  },
  {
    table: 'call_reports',
    key: fact,
    about: ['from_number', 'to_number', 'bridge', 'external_id'],
    texts: ['source', 'provider_status', 'campaign_id', 'flow_id', 'recording_url', 'review_note', 'review_by'],
    documents: ['raw'],
    lists: ['review_tags'],
    goesWith: { ...keys, call_report_payloads: 'report_id', call_report_history: 'report_id' },
  },
  { table: 'call_report_payloads', key: fact, about: [], documents: ['fields', 'raw'] },
  { table: 'call_report_history', key: fact, about: [], documents: ['replaced'] },
  {
    table: 'session_reports',
    key: fact,
    about: ['caller', 'session_id'],
    texts: ['input', 'last_reply', 'error_message', 'provider_status'],
    documents: ['raw'],
    goesWith: keys,
  },
  { table: 'turns', key: fact, about: ['caller'], texts: ['input', 'reply'] },
  { table: 'sessions', key: { session: 'text' }, about: ['caller', 'session_key'] },
  { table: 'notices', key: fact, about: ['raw::text'] },
  { table: 'inbox', key: fact, about: [bytesAsText('body'), 'reason'] },
  { table: 'quarantine', key: { kind: 'text', id: 'text' }, about: ['id', 'content', 'reason'] },
  { table: 'effect_ledger', key: { key: 'text' }, about: [], documents: ['value'] },
  {
    table: 'send_attempts',
    key: { outbox_id: 'uuid', attempt: 'integer' },
    about: [],
    texts: ['detail', 'error'],
  },
  {
    table: 'outbox_recipients',
    key: { line: 'text', position: 'bigint', outbox_id: 'uuid', message_id: 'uuid' },
    about: ['line'],
  },
  { table: 'graphile_worker._private_jobs', key: { id: 'bigint' }, about: [], texts: ['last_error'] },
];

/** Tables that are not looked through: what they hold cannot name a person, or is looked after on its own. */
export const leftAlone: readonly string[] = [
  ...['outbox', 'opt_outs', 'idempotent_requests', 'erasures', 'spool_nodes'],
  ...['migrations', 'dialog_versions', 'report_keys', 'send_tokens', 'queue_runners', 'admin_keys', 'audit_log'],
  'forwards',
];
