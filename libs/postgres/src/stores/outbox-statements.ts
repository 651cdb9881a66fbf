import { auditCall } from './audit-call.js';

const jobOf = (order: string, runAt: string, key: string) =>
  `ROW('send', json_build_object('id', ${order}.id), NULL, ${runAt}, NULL, ${key},
     CASE ${order}.lane WHEN 'bulk' THEN 10 ELSE 0 END, NULL)::graphile_worker.job_spec`;

const standsBehind = (order: string) => `
  EXISTS (
    SELECT FROM outbox_recipients own JOIN outbox_recipients earlier ON earlier.line = own.line
    WHERE own.outbox_id = ${order}.id AND (earlier.position, earlier.outbox_id) < (own.position, own.outbox_id))`;

/** $1 order, $2 worker, $3 lease in milliseconds. */
export const claimOrder = {
  name: 'claim-order',
  text: `
    WITH due AS (
      SELECT id FROM outbox WHERE id = $1 AND state IN ('waiting', 'retry') AND next_at <= now() FOR UPDATE
    ), taken AS (
      UPDATE outbox SET
        state = 'sending', attempts = attempts + 1, worker = $2, request_left = false, updated_at = now(),
        lease_until = now() + make_interval(secs => $3::float8 / 1000)
      FROM due WHERE outbox.id = due.id AND NOT ${standsBehind('due')}
      RETURNING outbox.id, attempts, redriven_after, content, may_repeat
    )
    SELECT taken.attempts, taken.attempts - taken.redriven_after AS tries, taken.content, taken.may_repeat, (
      SELECT json_agg(message_id) FROM outbox_recipients WHERE outbox_id = taken.id
    ) AS open
    FROM due LEFT JOIN taken ON taken.id = due.id`,
};

/** $1 order, $2 attempt, $3 worker. */
export const noteLeaving = {
  name: 'note-leaving-order',
  text: `
    UPDATE outbox SET request_left = true
    WHERE id = $1 AND state = 'sending' AND attempts = $2 AND worker = $3
    RETURNING true`,
};

/**
 * $1 order, $2 attempt, $3 state, $4 error, $5 detail, $6 HTTP status, $7 duration, $8 next time, $9 results, $10 whether it
 * may have been carried out. What is known for sure still counts after the attempt was given up as abandoned.
 */
export const settleOrder = {
  name: 'settle-order',
  text: `
    WITH held AS MATERIALIZED (
      SELECT id, provider, account, lane, created_at, content ->> 'forwardId' AS forward_id FROM outbox
      WHERE id = $1 AND attempts = $2
        AND (state = 'sending' OR (last_error = 'abandoned' AND $3::text IN ('sent', 'dead')))
      FOR UPDATE
    ), results AS MATERIALIZED (
      SELECT r.*, held.created_at FROM held, jsonb_to_recordset($9::jsonb) AS r(
        message_id uuid, rank smallint, external_id text, provider_status text, reason text, cost_amount numeric,
        cost_currency text)
    ), ended AS (
      UPDATE outbox SET
        state = $3, next_at = coalesce($8, next_at), last_error = $4, detail = $5, worker = NULL, lease_until = NULL,
        may_repeat = may_repeat OR $10, updated_at = now(),
        unsettled = CASE WHEN $3 IN ('dead', 'uncertain') THEN ARRAY(
          SELECT q.message_id FROM outbox_recipients q WHERE q.outbox_id = $1
          UNION SELECT unnest(unsettled)
          EXCEPT SELECT r.message_id FROM results r
        ) ELSE '{}' END,
        external_id = coalesce((SELECT external_id FROM results WHERE message_id = $1), external_id)
      FROM held WHERE outbox.id = held.id
    ), attempted AS (
      INSERT INTO send_attempts (outbox_id, attempt, at, state, error, detail, http_status, duration_ms, forward_id)
      SELECT id, $2, date_trunc('milliseconds', now()), $3, $4, $5, $6, $7, forward_id FROM held
      ON CONFLICT (outbox_id, attempt) DO UPDATE
        SET (at, state, error, detail, http_status, duration_ms) =
            (excluded.at, excluded.state, excluded.error, excluded.detail, excluded.http_status, excluded.duration_ms)
    ), told AS (
      UPDATE messages m SET
        rank = greatest(m.rank, r.rank),
        external_id = coalesce(r.external_id, m.external_id),
        provider_status = CASE WHEN r.rank >= m.rank THEN r.provider_status ELSE m.provider_status END,
        reason = CASE WHEN r.rank >= m.rank THEN r.reason ELSE m.reason END,
        final_at = CASE WHEN r.rank >= 3 THEN coalesce(m.final_at, now()) ELSE m.final_at END,
        cost_amount = coalesce(r.cost_amount, m.cost_amount),
        cost_currency = coalesce(r.cost_currency, m.cost_currency)
      FROM results r WHERE m.received_at = r.created_at AND m.id = r.message_id
    ), linked AS (
      INSERT INTO delivery_states AS d (
        account, external_id, recipient, message_id, message_received_at, rank, provider_status, reason, final_at)
      SELECT DISTINCT ON (r.external_id, m.recipient)
        m.provider || '/' || m.account, r.external_id, m.recipient, m.id, m.received_at, r.rank, r.provider_status,
        r.reason, CASE WHEN r.rank >= 3 THEN now() END
      FROM results r JOIN messages m ON m.received_at = r.created_at AND m.id = r.message_id
      WHERE r.external_id IS NOT NULL
      ORDER BY r.external_id, m.recipient
      ON CONFLICT (account, external_id, recipient) DO UPDATE SET
        message_id = excluded.message_id,
        message_received_at = excluded.message_received_at,
        rank = greatest(d.rank, excluded.rank),
        ${['decided_by', 'provider_status', 'reason', 'provider_reason', 'final_at']
          .map((name) => `${name} = CASE WHEN excluded.rank > d.rank THEN excluded.${name} ELSE d.${name} END`)
          .join(', ')},
        updated_at = now()
    ), adopted AS (
      -- Events that name no recipient, and came before the id was known.
      UPDATE delivery_states s SET message_id = r.message_id, message_received_at = r.created_at
      FROM held, results r
      WHERE s.account = held.provider || '/' || held.account AND s.external_id = r.external_id AND s.recipient = ''
        AND s.message_id IS NULL
    ), done AS (
      DELETE FROM outbox_recipients USING held
      WHERE outbox_id = held.id AND ($3 <> 'retry' OR message_id IN (SELECT r.message_id FROM results r))
      RETURNING line
    ), next AS (
      SELECT id, lane FROM outbox
      WHERE state IN ('waiting', 'retry') AND next_at <= now() AND id IN (
        SELECT (
          SELECT outbox_id FROM outbox_recipients q WHERE q.line = done.line AND q.outbox_id <> $1
          ORDER BY position, outbox_id LIMIT 1
        ) FROM done)
    ), specs AS (
      SELECT array_agg(spec) AS list FROM (
        SELECT ${jobOf('held', '$8', 'held.id')} AS spec FROM held WHERE $3 = 'retry'
        -- Without a key: a job that is just being claimed, and finds itself blocked, must not be taken for this one.
        UNION ALL SELECT ${jobOf('next', 'NULL', 'NULL')} FROM next
      ) AS jobs HAVING count(*) > 0
    )
    SELECT count(*) FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

/** $1 order, $2 attempt, $3 next time. */
export const putOrderBack = {
  name: 'put-order-back',
  text: `
    WITH back AS (
      UPDATE outbox SET
        state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'waiting' END, attempts = attempts - 1, next_at = $3,
        worker = NULL, lease_until = NULL, updated_at = now()
      WHERE id = $1 AND state = 'sending' AND attempts = $2
      RETURNING id, lane
    ), specs AS (
      SELECT array_agg(${jobOf('back', '$3', 'back.id')}) AS list FROM back HAVING count(*) > 0
    )
    SELECT count(*) FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

/** $1 now. */
export const findAbandoned = {
  name: 'find-abandoned-orders',
  text: `
    SELECT id, attempts AS attempt, attempts - redriven_after AS tries, content, request_left FROM outbox
    WHERE state = 'sending' AND lease_until < $1
    ORDER BY lease_until LIMIT 500`,
};

/** $1 now. */
export const wakeDueOrders = {
  name: 'wake-due-orders',
  text: `
    WITH due AS (
      SELECT id, lane FROM outbox
      WHERE state IN ('waiting', 'retry') AND next_at <= $1 AND NOT ${standsBehind('outbox')}
        AND NOT EXISTS (
          SELECT FROM graphile_worker.jobs j
          WHERE j.key = outbox.id::text AND j.locked_at IS NULL AND j.attempts < j.max_attempts)
      ORDER BY next_at LIMIT 1000
    ), specs AS (
      SELECT array_agg(${jobOf('due', 'NULL', 'due.id')}) AS list FROM due HAVING count(*) > 0
    )
    SELECT count(*)::int AS woken FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

/** $1 order. */
export const readOrder = { name: 'read-order', text: 'SELECT content FROM outbox WHERE id = $1' };

const redriving = `
    WITH held AS MATERIALIZED (
      SELECT id, kind, lane, created_at, unsettled FROM outbox WHERE id = $1 AND state IN ('dead', 'uncertain') FOR UPDATE
    ), lined AS (
      INSERT INTO outbox_recipients (line, position, outbox_id, message_id)
      SELECT l.line, extract(epoch FROM held.created_at) * 1000000, held.id, l.message_id
      FROM held, jsonb_to_recordset($2::jsonb) AS l(line text, message_id uuid)
      WHERE held.kind = 'call' OR l.message_id = ANY (held.unsettled)
      RETURNING outbox_id
    ), woken AS (
      UPDATE outbox SET
        state = 'waiting', next_at = now(), redriven_after = attempts, unsettled = '{}', updated_at = now()
      FROM held WHERE outbox.id = held.id AND (held.kind = 'forward' OR EXISTS (SELECT FROM lined))
      RETURNING outbox.id, outbox.lane
    ), specs AS (
      SELECT array_agg(${jobOf('woken', 'NULL', 'woken.id')}) AS list FROM woken HAVING count(*) > 0
    )`;

/** $1 order, $2 its places in line. */
export const redriveOrder = {
  name: 'redrive-order',
  text: `${redriving}
    SELECT count(*)::int AS woken FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

/** The same, put down in the audit log: $3 and the following are the entry. */
export const redriveAudited = {
  name: 'redrive-order-audited',
  text: `${redriving}, audited AS (
      SELECT ${auditCall(3)} FROM woken
    )
    SELECT count(*)::int AS woken, (SELECT count(*) FROM audited) AS entries
    FROM specs, LATERAL graphile_worker.add_jobs(specs.list)`,
};

/** $1 how old. */
export const removeOrders = {
  name: 'remove-sent-orders',
  text: `
    WITH old AS (
      SELECT id FROM outbox WHERE state = 'sent' AND updated_at < $1 LIMIT 1000
    ), attempts AS (
      DELETE FROM send_attempts USING old WHERE outbox_id = old.id
    )
    DELETE FROM outbox USING old WHERE outbox.id = old.id RETURNING 1`,
};

/** $1 how old: jobs that failed for good, or that were replaced while somebody worked on them. */
export const removeJobs = {
  name: 'remove-ended-jobs',
  text: `
    SELECT 1 FROM graphile_worker.complete_jobs(ARRAY(
      SELECT id FROM graphile_worker.jobs
      WHERE attempts >= max_attempts AND locked_at IS NULL AND updated_at < $1 LIMIT 1000))`,
};
