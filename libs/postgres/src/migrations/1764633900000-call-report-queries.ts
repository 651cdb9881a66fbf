import type { MigrationInterface, QueryRunner } from 'typeorm';

const revision = `
  CREATE FUNCTION call_report_revision(report call_reports) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT report.review_version || '-' || greatest(1, count(*)) FROM call_report_payloads WHERE report_id = report.id
  $$`;

// The lock of the audit log comes before the row, as everywhere, or both could wait for each other.
const review = `
  CREATE FUNCTION review_call_report(
    report uuid, arrived_from timestamptz, arrived_before timestamptz, revisions text[], change jsonb, replacement uuid
  ) RETURNS text LANGUAGE plpgsql AS $$
  DECLARE
    held call_reports;
  BEGIN
    PERFORM pg_advisory_xact_lock(7364202);
    SELECT * INTO held FROM call_reports
    WHERE received_at >= arrived_from AND received_at < arrived_before AND id = report FOR UPDATE;
    IF NOT FOUND THEN RETURN 'unknown'; END IF;
    IF NOT call_report_revision(held) = ANY (revisions) THEN RETURN 'stale'; END IF;
    IF held.review_at IS NOT NULL THEN
      INSERT INTO call_report_history (id, received_at, report_id, replaced)
      VALUES (replacement, (change ->> 'at')::timestamptz, held.id, jsonb_build_object(
        'review_state', held.review_state, 'review_note', held.review_note, 'review_tags', held.review_tags,
        'review_by', held.review_by, 'review_at', held.review_at));
    END IF;
    UPDATE call_reports SET
      review_state = change ->> 'state',
      review_note = CASE WHEN change ? 'note' THEN change ->> 'note' ELSE review_note END,
      review_tags = CASE WHEN change ? 'tags'
        THEN ARRAY(SELECT jsonb_array_elements_text(change -> 'tags')) ELSE review_tags END,
      review_by = change ->> 'by',
      review_at = (change ->> 'at')::timestamptz,
      review_version = review_version + 1
    WHERE received_at = held.received_at AND id = held.id;
    RETURN 'reviewed';
  END $$`;

/** How call reports are reviewed; what a review replaces goes to the history. */
export class CallReportQueries1764633900000 implements MigrationInterface {
  readonly name = 'CallReportQueries1764633900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(revision);
    await runner.query(review);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION review_call_report, call_report_revision');
  }
}
