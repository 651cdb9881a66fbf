import type { MigrationInterface, QueryRunner } from 'typeorm';
import { callReportFunctions, deliveryFunctions, dropFunctions, dropPartition } from './report-functions.js';

const statePartitions = 8;

const deliveryEvents = `
  CREATE TABLE delivery_events (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    external_id text NOT NULL,
    recipient text,
    part integer,
    status text NOT NULL,
    provider_status text NOT NULL,
    reason text,
    provider_reason text,
    retry_count integer,
    network_code text,
    occurred_at timestamptz,
    raw jsonb NOT NULL,
    seen integer NOT NULL,
    sightings uuid[] NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX ON delivery_events (provider, account, external_id);
  COMMENT ON TABLE delivery_events IS 'What providers told of messages that we sent; unique by report_keys';
  COMMENT ON COLUMN delivery_events.seen IS 'How often a provider said this, the first time included';
  COMMENT ON COLUMN delivery_events.sightings IS
    'Ids that the last fifty arrivals were given, so that one that is written again does not count again';`;

const deliveryStates = `
  CREATE TABLE delivery_states (
    account text NOT NULL,
    external_id text NOT NULL,
    recipient text NOT NULL DEFAULT '',
    message_id uuid,
    message_received_at timestamptz,
    rank smallint NOT NULL,
    decided_by uuid,
    provider_status text,
    reason text,
    provider_reason text,
    final_at timestamptz,
    parts jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, external_id, recipient)
  ) PARTITION BY HASH (account);
  CREATE INDEX ON delivery_states (message_id) WHERE message_id IS NOT NULL;
  CREATE INDEX ON delivery_states (created_at);
  COMMENT ON TABLE delivery_states IS 'What became of each message, from its sending and all its events';
  COMMENT ON COLUMN delivery_states.account IS 'provider/account';
  COMMENT ON COLUMN delivery_states.recipient IS 'Empty where a provider names none';
  COMMENT ON COLUMN delivery_states.rank IS
    'Place in the order of statuses; a delivered part counts as sent, see whole_delivery_rank';
  COMMENT ON COLUMN delivery_states.decided_by IS 'The event that the words are from; of equal rank the first';
  COMMENT ON COLUMN delivery_states.parts IS 'Number of the part to its rank';`;

const callReports = `
  CREATE TABLE call_reports (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    sort_at timestamptz NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    source text,
    external_id text,
    direction text,
    from_number text,
    to_number text,
    bridge text,
    status text NOT NULL,
    provider_status text,
    hangup_cause text,
    started_at timestamptz,
    ended_at timestamptz,
    duration_seconds double precision,
    billable_seconds double precision,
    cost_amount numeric,
    cost_currency text,
    campaign_id text,
    flow_id text,
    recording_url text,
    final boolean NOT NULL,
    matched boolean NOT NULL,
    raw jsonb NOT NULL,
    review_state text NOT NULL DEFAULT 'new',
    review_note text,
    review_tags text[] NOT NULL DEFAULT '{}',
    review_by text,
    review_at timestamptz,
    review_version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX ON call_reports (sort_at, id);
  CREATE INDEX ON call_reports (coalesce(duration_seconds, -1), id);
  CREATE INDEX ON call_reports (provider, account, sort_at, id);
  CREATE INDEX ON call_reports (status, sort_at, id);
  CREATE INDEX ON call_reports (from_number, sort_at, id) WHERE from_number IS NOT NULL;
  CREATE INDEX ON call_reports (to_number, sort_at, id) WHERE to_number IS NOT NULL;
  CREATE INDEX ON call_reports (bridge, sort_at, id) WHERE bridge IS NOT NULL;
  CREATE INDEX ON call_reports (campaign_id, sort_at, id) WHERE campaign_id IS NOT NULL;
  CREATE INDEX ON call_reports (flow_id, sort_at, id) WHERE flow_id IS NOT NULL;
  CREATE INDEX ON call_reports USING gin (review_tags) WHERE review_tags <> '{}';
  CREATE INDEX ON call_reports (review_state, sort_at, id) WHERE review_state <> 'new';
  COMMENT ON TABLE call_reports IS 'One row a call, merged from all reports of it; unique by report_keys';
  COMMENT ON COLUMN call_reports.id IS 'Of the first report that was written';
  COMMENT ON COLUMN call_reports.sort_at IS 'started_at, else received_at';
  COMMENT ON COLUMN call_reports.raw IS 'The payload that decides; all of them are in call_report_payloads where there are several';
  COMMENT ON COLUMN call_reports.matched IS 'We placed the call, or spoke in it';`;

const callReportPayloads = `
  CREATE TABLE call_report_payloads (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    report_id uuid NOT NULL,
    final boolean NOT NULL,
    fields jsonb NOT NULL,
    raw jsonb NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX ON call_report_payloads (report_id);
  COMMENT ON TABLE call_report_payloads IS 'All reports of a call that has more than one, from which its record is merged';
  COMMENT ON COLUMN call_report_payloads.fields IS 'What the report says, by column of call_reports';`;

const callReportHistory = `
  CREATE TABLE call_report_history (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    report_id uuid NOT NULL,
    replaced jsonb NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX ON call_report_history (report_id);
  COMMENT ON TABLE call_report_history IS 'Values of call_reports that a later report replaced';
  COMMENT ON COLUMN call_report_history.id IS 'The payload that replaced them';
  COMMENT ON COLUMN call_report_history.received_at IS 'Of that payload';
  COMMENT ON COLUMN call_report_history.replaced IS 'Column to its value before';`;

const turns = `
  CREATE TABLE turns (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    session text NOT NULL,
    started_at timestamptz NOT NULL,
    turn integer NOT NULL,
    channel text NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    caller text NOT NULL,
    dialog text NOT NULL,
    version text NOT NULL,
    asked text,
    step text,
    refused boolean NOT NULL,
    ended boolean NOT NULL,
    language text,
    input text,
    reply text NOT NULL,
    outcome text NOT NULL,
    duration_ms double precision NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX ON turns (session, received_at, id);
  CREATE INDEX ON turns (dialog, received_at);
  COMMENT ON TABLE turns IS 'Transcripts: one row a turn, sensitive answers masked';
  COMMENT ON COLUMN turns.session IS 'HMAC of the key of the session';
  COMMENT ON COLUMN turns.started_at IS 'Of the session: a name may come again';`;

const sessions = `
  CREATE TABLE sessions (
    session text PRIMARY KEY,
    session_key text NOT NULL,
    channel text NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    caller text NOT NULL,
    dialog text NOT NULL,
    version text NOT NULL,
    step text,
    language text,
    turn integer NOT NULL,
    ended boolean NOT NULL,
    started_at timestamptz NOT NULL,
    last_turn_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
  ) WITH (fillfactor = 70);
  CREATE INDEX ON sessions (started_at, session);
  CREATE INDEX ON sessions (caller);
  COMMENT ON TABLE sessions IS 'The last session of each name, as its last turn left it';
  COMMENT ON COLUMN sessions.session IS 'HMAC of session_key';`;

const partitioned = ['delivery_events', 'call_reports', 'call_report_payloads', 'call_report_history', 'turns'];
const tables = [deliveryEvents, deliveryStates, callReports, callReportPayloads, callReportHistory, turns, sessions];

// Only where somebody has set the extension up already: it slows down every report that comes in.
const searchIndex = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
      CREATE INDEX ON call_reports USING gin ((raw::text) gin_trgm_ops);
      CREATE INDEX ON call_report_payloads USING gin ((raw::text) gin_trgm_ops);
    END IF;
  END $$`;

/** Delivery events with the states of messages, call reports with what they were merged from, transcripts. */
export class CreateReports1764633700000 implements MigrationInterface {
  readonly name = 'CreateReports1764633700000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(table);
    for (const table of partitioned) {
      await runner.query(`CREATE TABLE ${table}_default PARTITION OF ${table} DEFAULT`);
    }
    for (let remainder = 0; remainder < statePartitions; remainder++) {
      const values = `FOR VALUES WITH (MODULUS ${String(statePartitions)}, REMAINDER ${String(remainder)})`;
      const name = `delivery_states_${String(remainder)}`;
      await runner.query(`CREATE TABLE ${name} PARTITION OF delivery_states ${values} WITH (fillfactor = 70)`);
    }
    await runner.query(searchIndex);
    // Retention and erasure find a key by its record.
    await runner.query('CREATE INDEX ON report_keys (record_id)');
    for (const text of [...deliveryFunctions, ...callReportFunctions, dropPartition]) await runner.query(text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(dropFunctions);
    await runner.query('DROP INDEX report_keys_record_id_idx');
    await runner.query(`DROP TABLE ${partitioned.join(', ')}, delivery_states, sessions`);
  }
}
