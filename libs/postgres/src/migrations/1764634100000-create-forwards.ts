import type { MigrationInterface, QueryRunner } from 'typeorm';

const forwards = `
  CREATE TABLE forwards (
    id text PRIMARY KEY,
    enabled boolean NOT NULL DEFAULT true,
    reason text,
    failing_since timestamptz,
    last_success_at timestamptz
  ) WITH (fillfactor = 70);
  COMMENT ON TABLE forwards IS 'How the forwards of the configuration do; one without a row is enabled and was never tried';
  COMMENT ON COLUMN forwards.failing_since IS 'The first failure since the last success';
  COMMENT ON COLUMN forwards.last_success_at IS 'To about ten seconds';`;

const outbox = `
  ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
  ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('message', 'call', 'forward'));
  CREATE INDEX outbox_forward_idx ON outbox ((content ->> 'forwardId'), state, id) WHERE kind = 'forward';
  ALTER TABLE send_attempts ADD COLUMN forward_id text;
  CREATE INDEX send_attempts_forward_idx ON send_attempts (forward_id, at, outbox_id) WHERE forward_id IS NOT NULL;
  COMMENT ON COLUMN send_attempts.forward_id IS 'NULL for messages and calls';`;

// A report is news where it made the record, or where its payload was taken into one.
const keepForwarded = `
  CREATE FUNCTION keep_forwarded_call_reports(batch jsonb) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM keep_call_reports(batch);
    PERFORM graphile_worker.add_jobs(array_agg(ROW(
      'forward', json_build_object('id', news.record_id, 'event', 'call-report'), NULL, NULL, NULL, NULL, 10, NULL
    )::graphile_worker.job_spec))
    FROM (
      SELECT DISTINCT k.record_id
      FROM jsonb_to_recordset(batch) AS r(id uuid, received_at timestamptz, provider text, account text, key text)
      JOIN report_keys k ON k.account = r.provider || '/' || r.account AND k.key = decode(r.key, 'hex')
      WHERE k.record_id = r.id
        OR EXISTS (SELECT FROM call_report_payloads p WHERE p.received_at = r.received_at AND p.id = r.id)
    ) AS news
    HAVING count(*) > 0;
  END $$`;

// The lock of the audit log comes before the row, as everywhere, or both could wait for each other.
const failForward = `
  CREATE FUNCTION fail_forward(
    forward text, failed_at timestamptz, why text, longest interval, audit_id uuid
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    held forwards;
    due boolean;
  BEGIN
    SELECT * INTO held FROM forwards WHERE id = forward;
    due := coalesce(held.enabled, true) AND coalesce(held.failing_since, failed_at) <= failed_at - longest;
    IF due THEN PERFORM pg_advisory_xact_lock(7364202); END IF;
    INSERT INTO forwards AS f (id, failing_since) VALUES (forward, failed_at)
    ON CONFLICT (id) DO UPDATE SET failing_since = excluded.failing_since WHERE f.failing_since IS NULL;
    IF NOT due THEN RETURN false; END IF;
    UPDATE forwards SET enabled = false, reason = why
    WHERE id = forward AND enabled AND failing_since <= failed_at - longest
    RETURNING * INTO held;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM append_audit(audit_id, failed_at, 'worker', 'forward.disabled', forward,
      jsonb_build_object('reason', why, 'failingSince', held.failing_since));
    RETURN true;
  END $$`;

/** Records that are sent on: the state of each forward, its orders in the outbox, and the jobs that new records make. */
export class CreateForwards1764634100000 implements MigrationInterface {
  readonly name = 'CreateForwards1764634100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [forwards, outbox, keepForwarded, failForward]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION fail_forward, keep_forwarded_call_reports');
    await runner.query(`DROP INDEX send_attempts_forward_idx, outbox_forward_idx`);
    await runner.query('ALTER TABLE send_attempts DROP COLUMN forward_id');
    await runner.query(`DELETE FROM outbox WHERE kind = 'forward'`);
    await runner.query(`ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check`);
    await runner.query(`ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('message', 'call'))`);
    await runner.query('DROP TABLE forwards');
  }
}
