/** How delivery events are joined: which arrivals count, parts, and what the parts make of the whole. */
export const deliveryFunctions: readonly string[] = [
  `CREATE FUNCTION new_sightings(known uuid[], arrived uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
     SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM unnest(arrived) AS id WHERE id <> ALL (known)
   $$`,
  `CREATE FUNCTION last_sightings(ids uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
     SELECT ids[greatest(1, cardinality(ids) - 49):]
   $$`,
  `CREATE FUNCTION merge_parts(before jsonb, arrived jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
     SELECT jsonb_object_agg(part, rank) FROM (
       SELECT key AS part, max(value::smallint) AS rank
       FROM (SELECT * FROM jsonb_each_text(before) UNION ALL SELECT * FROM jsonb_each_text(arrived)) AS every
       GROUP BY key
     ) AS merged
   $$`,
  // 6 is delivered. Until the number of segments is known, parts alone never make a message delivered.
  `CREATE FUNCTION whole_delivery_rank(rank smallint, parts jsonb, segments integer) RETURNS smallint
   LANGUAGE sql IMMUTABLE AS $$
     SELECT CASE
       WHEN parts IS NOT NULL
         AND segments <= (SELECT count(*) FROM jsonb_each_text(parts) AS part WHERE part.value = '6') THEN 6::smallint
       ELSE rank
     END
   $$`,
];

const merged = `ARRAY['source', 'external_id', 'direction', 'from_number', 'to_number', 'bridge', 'status',
  'provider_status', 'hangup_cause', 'started_at', 'ended_at', 'duration_seconds', 'billable_seconds', 'cost_amount',
  'cost_currency', 'campaign_id', 'flow_id', 'recording_url', 'final']`;

const incoming = `jsonb_to_recordset(batch) AS r(
  id uuid, received_at timestamptz, provider text, account text, source text, external_id text, direction text,
  from_number text, to_number text, bridge text, status text, provider_status text, hangup_cause text,
  started_at timestamptz, ended_at timestamptz, duration_seconds double precision, billable_seconds double precision,
  cost_amount numeric, cost_currency text, campaign_id text, flow_id text, recording_url text, final boolean,
  matched boolean, raw jsonb, key text)`;

const columns = `id, received_at, provider, account, source, external_id, direction, from_number, to_number, bridge,
  provider_status, hangup_cause, started_at, ended_at, duration_seconds, billable_seconds, cost_amount, cost_currency,
  campaign_id, flow_id, recording_url, final, matched, raw`;

/**
 * Reports that are the first of their call are written as a set. The others hold the row of their key, so that each
 * sees, one after another, what the one before it left; a statement of its own sees rows that were committed while it
 * waited for that key.
 */
export const callReportFunctions: readonly string[] = [
  `CREATE FUNCTION call_report_fields(report jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
     SELECT jsonb_object_agg(key, value) FROM jsonb_each(report)
     WHERE key = ANY (${merged}) AND value <> 'null'
       AND NOT (key = 'status' AND value = '"unknown"' AND coalesce(report -> 'provider_status', 'null') = 'null')
   $$`,
  `CREATE FUNCTION keep_call_reports(batch jsonb) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE
     others uuid[];
     report jsonb;
   BEGIN
     WITH incoming AS MATERIALIZED (
       SELECT provider || '/' || account AS holder, decode(key, 'hex') AS hash, r.* FROM ${incoming}
     ), firsts AS MATERIALIZED (
       SELECT DISTINCT ON (holder, hash) * FROM incoming ORDER BY holder, hash, received_at, id
     ), keyed AS (
       INSERT INTO report_keys AS known (account, key, record_id, received_at)
       SELECT holder, hash, id, received_at FROM firsts ORDER BY holder, hash
       ON CONFLICT (account, key) DO UPDATE SET record_id = known.record_id
       RETURNING record_id
     ), fresh AS (
       INSERT INTO call_reports (${columns}, status, sort_at)
       SELECT ${columns}, coalesce(status, 'unknown'), coalesce(started_at, received_at)
       FROM firsts WHERE id IN (SELECT record_id FROM keyed)
       ON CONFLICT DO NOTHING
       RETURNING id
     )
     SELECT array_agg(incoming.id) INTO others
     FROM incoming LEFT JOIN fresh ON fresh.id = incoming.id WHERE fresh.id IS NULL;
     IF others IS NULL THEN RETURN; END IF;
     FOR report IN
       SELECT value FROM jsonb_array_elements(batch) WHERE (value ->> 'id')::uuid = ANY (others)
       ORDER BY value ->> 'received_at', value ->> 'id'
     LOOP
       PERFORM merge_call_report(report);
     END LOOP;
   END $$`,
  `CREATE FUNCTION merge_call_report(report jsonb) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE
     fresh call_reports;
     held call_reports;
     after call_reports;
     folded jsonb;
     replaced jsonb;
   BEGIN
     fresh := jsonb_populate_record(NULL::call_reports, report);
     SELECT c.* INTO held
     FROM report_keys k JOIN call_reports c ON c.received_at = k.received_at AND c.id = k.record_id
     WHERE k.account = fresh.provider || '/' || fresh.account AND k.key = decode(report ->> 'key', 'hex')
     FOR UPDATE OF c;
     IF NOT FOUND THEN
       -- Retention took the record and not yet its key.
       UPDATE report_keys SET record_id = fresh.id, received_at = fresh.received_at
       WHERE account = fresh.provider || '/' || fresh.account AND key = decode(report ->> 'key', 'hex');
       INSERT INTO call_reports (${columns}, status, sort_at)
       SELECT ${columns}, coalesce(status, 'unknown'), coalesce(started_at, received_at)
       FROM jsonb_populate_record(NULL::call_reports, report);
       RETURN;
     END IF;
     IF fresh.raw = held.raw
       OR EXISTS (SELECT FROM call_report_payloads p WHERE p.report_id = held.id AND p.raw = fresh.raw) THEN
       RETURN;
     END IF;
     IF NOT EXISTS (SELECT FROM call_report_payloads p WHERE p.report_id = held.id) THEN
       INSERT INTO call_report_payloads (id, received_at, report_id, final, fields, raw)
       VALUES (held.id, held.received_at, held.id, held.final, call_report_fields(to_jsonb(held)), held.raw);
     END IF;
     INSERT INTO call_report_payloads (id, received_at, report_id, final, fields, raw)
     VALUES (fresh.id, fresh.received_at, held.id, fresh.final, call_report_fields(report), fresh.raw);

     SELECT jsonb_object_agg(field.key, field.value ORDER BY p.final, p.received_at, p.id) INTO folded
     FROM call_report_payloads p, jsonb_each(p.fields) AS field WHERE p.report_id = held.id;
     after := jsonb_populate_record(held, folded);
     SELECT p.raw INTO after.raw FROM call_report_payloads p WHERE p.report_id = held.id
     ORDER BY p.final DESC, p.received_at DESC, p.id DESC LIMIT 1;
     UPDATE call_reports SET
       source = after.source, external_id = after.external_id, direction = after.direction,
       from_number = after.from_number, to_number = after.to_number, bridge = after.bridge, status = after.status,
       provider_status = after.provider_status, hangup_cause = after.hangup_cause, started_at = after.started_at,
       ended_at = after.ended_at, duration_seconds = after.duration_seconds,
       billable_seconds = after.billable_seconds, cost_amount = after.cost_amount,
       cost_currency = after.cost_currency, campaign_id = after.campaign_id, flow_id = after.flow_id,
       recording_url = after.recording_url, final = after.final, matched = held.matched OR fresh.matched,
       raw = after.raw, sort_at = coalesce(after.started_at, held.received_at)
     WHERE received_at = held.received_at AND id = held.id;

     SELECT jsonb_object_agg(old.key, old.value) INTO replaced
     FROM jsonb_each(call_report_fields(to_jsonb(held))) AS old WHERE old.value <> to_jsonb(after) -> old.key;
     IF replaced IS NOT NULL THEN
       INSERT INTO call_report_history (id, received_at, report_id, replaced)
       VALUES (fresh.id, fresh.received_at, held.id, replaced);
     END IF;
   END $$`,
];

/** Answers false where the table is busy for longer than writers behind it may wait. */
export const dropPartition = `
  CREATE FUNCTION drop_partition(name text) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM set_config('lock_timeout', '200ms', true);
    EXECUTE format('DROP TABLE IF EXISTS %I', name);
    RETURN true;
  EXCEPTION WHEN lock_not_available THEN
    RETURN false;
  END $$`;

/** Undoes all of them. */
export const dropFunctions = `DROP FUNCTION new_sightings, last_sightings, merge_parts, whole_delivery_rank, call_report_fields,
  keep_call_reports, merge_call_report, drop_partition`;
