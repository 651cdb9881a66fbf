import { Database } from './database.js';
import { migrate } from './migrate.js';

/** How many made-up reports, and of which time. */
export interface SeedOptions {
  readonly reports: number;
  /** The calls are spread evenly over these days, the last one at `until`. */
  readonly days: number;
  readonly until: Date;
  /** Told after each part how many there are. */
  readonly onProgress?: (done: number) => void;
}

const dayMs = 86_400_000;
const part = 10_000;
const writers = 2;

// Every value follows from the number of the call, so that a seed of the same size and time is the same.
const insertPart = {
  name: 'seed-call-reports',
  text: `
    WITH numbered AS (
      SELECT n, n * 2654435761 % 1000003 AS r, $3::bigint + ($4::bigint * n) / $5::bigint AS ms
      FROM generate_series($1::bigint, $2::bigint) AS n
    ), told AS (
      SELECT n, r, ms, to_timestamp(ms / 1000) + (ms % 1000) * interval '1 millisecond' AS at,
        lpad(to_hex(ms), 12, '0') || md5(ms || '-' || n) AS hex,
        (ARRAY['answered', 'completed', 'answered', 'busy', 'no-answer', 'answered', 'failed', 'cancelled', 'answered',
          'no-answer'])[1 + r % 10] AS status,
        'camp-' || lpad((n / 5000)::text, 4, '0') AS campaign, '+2547000' || lpad((r % 100000)::text, 5, '0') AS person
      FROM numbered
    ), called AS (
      SELECT *, status IN ('answered', 'completed') AS taken, at - interval '45 seconds' AS began,
        CASE WHEN r % 20 = 0 THEN NULL WHEN status IN ('answered', 'completed') THEN 5 + r % 240 ELSE 0 END AS seconds,
        (substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-7' || substr(hex, 13, 3) || '-a' || substr(hex, 16, 3) || '-' ||
          substr(hex, 19, 12))::uuid AS id,
        campaign || ':' || substr(person, 2) || ':' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '.' || n
          AS name
      FROM told
    ), keyed AS (
      INSERT INTO report_keys (account, key, record_id, received_at)
      SELECT 'mobtexting/demo', sha256(convert_to('["call-report","' || name || '"]', 'UTF8')), id, at FROM called
      ON CONFLICT DO NOTHING RETURNING record_id
    )
    INSERT INTO call_reports (
      id, received_at, sort_at, provider, account, source, external_id, direction, from_number, to_number, bridge, status,
      provider_status, hangup_cause, started_at, ended_at, duration_seconds, cost_amount, cost_currency, campaign_id,
      flow_id, recording_url, final, matched, raw, review_state, review_note, review_tags, review_by, review_at)
    SELECT id, at, began, 'mobtexting', 'demo', CASE WHEN r % 4 = 0 THEN 'C2C' ELSE 'OBD' END, name, 'outbound',
      '+254700000101', person, '+254700000102', status, upper(status),
      CASE status WHEN 'busy' THEN 'user-busy' WHEN 'failed' THEN 'unallocated-number' END, began,
      began + coalesce(seconds, 0) * interval '1 second', seconds,
      CASE WHEN taken THEN round((coalesce(seconds, 1) * 0.07)::numeric, 2) END, CASE WHEN taken THEN 'KES' END, campaign,
      (1 + r % 40)::text, CASE WHEN taken THEN 'https://media.example/rec/' || n || '.mp3' END, true, r % 3 = 0,
      jsonb_build_object('source', 'OBD', 'mid', campaign, 'from', '254700000101', 'to', substr(person, 2), 'status',
        upper(status), 'duration', seconds::text, 'start_at', began::text, 'note', 'made up'),
      CASE WHEN r % 50 = 0 THEN 'flagged' WHEN r % 10 = 0 THEN 'reviewed' ELSE 'new' END,
      CASE WHEN r % 50 = 0 THEN 'the line was bad' END, CASE WHEN r % 50 = 0 THEN '{line}' ELSE '{}' END::text[],
      CASE WHEN r % 10 = 0 THEN 'seed' END, CASE WHEN r % 10 = 0 THEN at END
    FROM called WHERE id IN (SELECT record_id FROM keyed)`,
};

/**
 * Fills a database with made-up call reports of the account mobtexting/demo, keys included, oldest first. The
 * database is migrated first. Rejects with the database's error; what was written until then stays.
 */
export async function seedCallReports(url: string, options: SeedOptions): Promise<void> {
  const { reports, days, until } = options;
  const from = until.getTime() - days * dayMs;
  await migrate(url, { applicationName: 'ongea seed', partitionsFrom: new Date(from) });
  const database = new Database(url, { connections: writers, statementTimeoutMs: 120_000, connectTimeoutMs: 10_000 });
  try {
    let [next, done] = [1, 0];
    const write = async (): Promise<void> => {
      while (next <= reports) {
        const first = next;
        const last = Math.min(reports, first + part - 1);
        next = last + 1;
        await database.query(insertPart, [first, last, from, days * dayMs, reports]);
        done += last - first + 1;
        options.onProgress?.(done);
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
    await database.query({ text: 'ANALYZE call_reports, report_keys' }, []);
  } finally {
    await database.close();
  }
}
