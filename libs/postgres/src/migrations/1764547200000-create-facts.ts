import type { MigrationInterface, QueryRunner } from 'typeorm';

const keyPartitions = 8;

const sessionReports = `
  CREATE TABLE session_reports (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    session_id text NOT NULL,
    caller text,
    service_code text,
    network_code text,
    status text NOT NULL,
    provider_status text,
    cost_amount numeric,
    cost_currency text,
    duration_ms bigint,
    hops bigint,
    input text,
    last_reply text,
    error_message text,
    occurred_at timestamptz,
    raw jsonb NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX ON session_reports (provider, account, session_id);
  COMMENT ON TABLE session_reports IS 'End-of-session notices of USSD providers; unique by report_keys';`;

const notices = `
  CREATE TABLE notices (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    topic text NOT NULL,
    occurred_at timestamptz,
    raw jsonb NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  COMMENT ON TABLE notices IS 'Whatever else a provider tells us, kept raw';`;

const inbox = `
  CREATE TABLE inbox (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    route text NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    content_type text,
    body bytea NOT NULL,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  COMMENT ON TABLE inbox IS 'Webhooks that could not be handled, byte for byte, to be looked at and replayed';`;

const reportKeys = `
  CREATE TABLE report_keys (
    account text NOT NULL,
    key bytea NOT NULL,
    record_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (account, key)
  ) PARTITION BY HASH (account);
  COMMENT ON TABLE report_keys IS 'What makes a report the same report; kept as long as the record it names';
  COMMENT ON COLUMN report_keys.account IS 'provider/account';
  COMMENT ON COLUMN report_keys.key IS 'SHA-256 over the kind of report and its identity';`;

const effectLedger = `
  CREATE TABLE effect_ledger (
    key text PRIMARY KEY,
    outcome text NOT NULL,
    value jsonb,
    step text NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    at timestamptz NOT NULL
  );
  CREATE INDEX ON effect_ledger (at);
  COMMENT ON TABLE effect_ledger IS 'Calls that dialogs made, so that a session walked again does not make them again';
  COMMENT ON COLUMN effect_ledger.value IS 'NULL: no value; the JSON null is a value';`;

const dialogVersions = `
  CREATE TABLE dialog_versions (
    dialog text NOT NULL,
    version text NOT NULL,
    sources jsonb NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    PRIMARY KEY (dialog, version)
  );
  COMMENT ON TABLE dialog_versions IS 'Definitions that sessions began on';
  COMMENT ON COLUMN dialog_versions.sources IS 'dialog id to the text of its file';`;

const quarantine = `
  CREATE TABLE quarantine (
    kind text NOT NULL,
    id text NOT NULL,
    sql_state text,
    reason text NOT NULL,
    content text NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, id)
  );
  COMMENT ON TABLE quarantine IS 'Rows that Postgres refused for what they hold, with the reason';
  COMMENT ON COLUMN quarantine.content IS 'The columns as JSON';`;

/** The first tables: facts partitioned by arrival, their key table, the ledger and the archive of definitions. */
export class CreateFacts1764547200000 implements MigrationInterface {
  readonly name = 'CreateFacts1764547200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [sessionReports, notices, inbox, reportKeys, effectLedger, dialogVersions, quarantine]) {
      await runner.query(table);
    }
    for (const table of ['session_reports', 'notices', 'inbox']) {
      await runner.query(`CREATE TABLE ${table}_default PARTITION OF ${table} DEFAULT`);
    }
    for (let remainder = 0; remainder < keyPartitions; remainder++) {
      const values = `FOR VALUES WITH (MODULUS ${String(keyPartitions)}, REMAINDER ${String(remainder)})`;
      await runner.query(`CREATE TABLE report_keys_${String(remainder)} PARTITION OF report_keys ${values}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = 'session_reports, notices, inbox, report_keys, effect_ledger, dialog_versions, quarantine';
    await runner.query(`DROP TABLE ${tables}`);
  }
}
