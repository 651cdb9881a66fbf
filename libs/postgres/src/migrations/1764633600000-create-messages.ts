import type { MigrationInterface, QueryRunner } from 'typeorm';

const messages = `
  CREATE TABLE messages (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    direction text NOT NULL CHECK (direction IN ('mo', 'mt')),
    provider text NOT NULL,
    account text NOT NULL,
    sender text,
    recipient text NOT NULL,
    text text NOT NULL,
    segments integer NOT NULL,
    encoding text NOT NULL,
    link_id text,
    network_code text,
    external_id text,
    rank smallint,
    provider_status text,
    reason text,
    cost_amount numeric,
    cost_currency text,
    outbox_id uuid,
    batch_id text,
    occurred_at timestamptz,
    final_at timestamptz,
    raw jsonb,
    PRIMARY KEY (received_at, id)
  ) PARTITION BY RANGE (received_at);
  CREATE TABLE messages_default PARTITION OF messages DEFAULT;
  CREATE INDEX ON messages (id);
  CREATE INDEX ON messages (provider, account, external_id) WHERE external_id IS NOT NULL;
  COMMENT ON TABLE messages IS 'Messages of both directions, one row a person; incoming ones unique by report_keys';
  COMMENT ON COLUMN messages.received_at IS 'Outgoing: when it was ordered';
  COMMENT ON COLUMN messages.rank IS 'Outgoing: what the send came to; delivery_states may know more. Incoming: NULL';`;

const outbox = `
  CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('message', 'call')),
    provider text NOT NULL,
    account text NOT NULL,
    lane text NOT NULL CHECK (lane IN ('reply', 'bulk', 'call')),
    state text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'retry', 'uncertain', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    last_error text,
    detail text,
    worker text,
    lease_until timestamptz,
    request_left boolean NOT NULL DEFAULT false,
    may_repeat boolean NOT NULL DEFAULT false,
    unsettled uuid[] NOT NULL DEFAULT '{}',
    external_id text,
    once_key text,
    content jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON outbox (created_at, id);
  CREATE INDEX ON outbox (next_at) WHERE state IN ('waiting', 'retry');
  CREATE INDEX ON outbox (lease_until) WHERE state = 'sending';
  CREATE INDEX ON outbox (updated_at) WHERE state = 'sent';
  CREATE INDEX ON outbox (provider, account, external_id) WHERE external_id IS NOT NULL;
  COMMENT ON TABLE outbox IS 'Orders to send; a job of graphile_worker is only what wakes a sender';
  COMMENT ON COLUMN outbox.request_left IS 'While it is being sent: the request may have gone out';
  COMMENT ON COLUMN outbox.may_repeat IS 'An attempt may have been carried out though nobody knows';
  COMMENT ON COLUMN outbox.unsettled IS 'Messages that were left open when the order was given up';
  COMMENT ON COLUMN outbox.external_id IS 'Of a call; messages have their own';
  COMMENT ON COLUMN outbox.content IS 'The order as it was given';

  CREATE TABLE outbox_recipients (
    line text NOT NULL,
    position bigint NOT NULL,
    outbox_id uuid NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (line, position, outbox_id, message_id)
  );
  CREATE INDEX ON outbox_recipients (outbox_id);
  COMMENT ON TABLE outbox_recipients IS 'Who still waits for something, in order; a row goes once its recipient is settled';
  COMMENT ON COLUMN outbox_recipients.line IS 'Provider, account, our address, lane and recipient: orders of one line are sent one by one';
  COMMENT ON COLUMN outbox_recipients.position IS 'When it was ordered, milliseconds * 1000, and its place in what was ordered together';

  CREATE TABLE send_attempts (
    outbox_id uuid NOT NULL,
    attempt integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    duration_ms bigint NOT NULL,
    state text NOT NULL,
    error text,
    detail text,
    http_status integer,
    PRIMARY KEY (outbox_id, attempt)
  );

  CREATE TABLE send_tokens (
    provider text NOT NULL,
    account text NOT NULL,
    spent_until timestamptz NOT NULL,
    PRIMARY KEY (provider, account)
  ) WITH (fillfactor = 50);
  COMMENT ON COLUMN send_tokens.spent_until IS 'Tokens earned since then are left';`;

const queueRunners = `
  CREATE TABLE queue_runners (
    id uuid PRIMARY KEY,
    workers text[] NOT NULL,
    seen_at timestamptz NOT NULL
  );
  COMMENT ON TABLE queue_runners IS 'Who works on jobs; whoever was not seen for some seconds is gone, and its jobs are free';

  -- Every add_jobs draws an id for a task and for a queue that are there already. Of an id that comes again nothing follows.
  ALTER TABLE graphile_worker._private_tasks ALTER COLUMN id SET CYCLE;
  ALTER TABLE graphile_worker._private_job_queues ALTER COLUMN id SET CYCLE;`;

const auditLog = `
  CREATE TABLE audit_log (
    seq bigint PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text,
    details jsonb NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
  );
  COMMENT ON TABLE audit_log IS 'Append-only; every row is hashed together with the hash of the row before it';
  COMMENT ON COLUMN audit_log.subject IS 'Masked, or a keyed hash: never a whole number';

  CREATE FUNCTION audit_hash(entry audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
      entry.seq, entry.id, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.actor, entry.action, entry.subject,
      entry.details, encode(entry.previous, 'hex'))::text, 'UTF8'))
  $$;

  CREATE FUNCTION append_audit(
    entry_id uuid, entry_at timestamptz, entry_actor text, entry_action text, entry_subject text, entry_details jsonb
  ) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    entry audit_log;
  BEGIN
    PERFORM pg_advisory_xact_lock(7364202);
    IF EXISTS (SELECT FROM audit_log WHERE id = entry_id) THEN RETURN; END IF;
    SELECT seq + 1, hash INTO entry.seq, entry.previous FROM audit_log ORDER BY seq DESC LIMIT 1;
    entry.seq := coalesce(entry.seq, 1);
    entry.previous := coalesce(entry.previous, '');
    entry.id := entry_id;
    entry.at := entry_at;
    entry.actor := entry_actor;
    entry.action := entry_action;
    entry.subject := entry_subject;
    entry.details := entry_details;
    entry.hash := audit_hash(entry);
    INSERT INTO audit_log SELECT entry.*;
  END $$;

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change();`;

const optOuts = `
  CREATE TABLE opt_outs (
    provider text NOT NULL,
    account text NOT NULL,
    msisdn text NOT NULL,
    address text NOT NULL,
    opted_out boolean NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL,
    PRIMARY KEY (provider, account, msisdn, address)
  );
  COMMENT ON TABLE opt_outs IS 'The last word of each person on being written to by an address; an older word that comes late changes nothing';
  COMMENT ON COLUMN opt_outs.address IS 'Empty: every address of the account';
  COMMENT ON COLUMN opt_outs.at IS 'Since when it is so';
  COMMENT ON COLUMN opt_outs.heard_at IS 'When the person said so last';

  CREATE FUNCTION bare_address(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(address, '[[:space:]+]', '', 'g'))
  $$;
  COMMENT ON FUNCTION bare_address IS 'Providers write one address in several ways: SHAMBA and shamba, +254… and 254…';

  CREATE FUNCTION hear_opt_out(
    row_id uuid, row_provider text, row_account text, row_msisdn text, row_address text, row_out boolean,
    row_reason text, row_at timestamptz, row_masked text
  ) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    changed boolean := false;
    was boolean;
    target text;
  BEGIN
    -- The lock of the audit log, taken first: whoever took another before it could wait for this one in a circle.
    PERFORM pg_advisory_xact_lock(7364202);
    FOR target IN
      SELECT address FROM opt_outs
        WHERE bare_address(address) = bare_address(row_address)
          AND (provider, account, msisdn) = (row_provider, row_account, row_msisdn)
      UNION SELECT row_address WHERE NOT EXISTS (
        SELECT FROM opt_outs
        WHERE bare_address(address) = bare_address(row_address)
          AND (provider, account, msisdn) = (row_provider, row_account, row_msisdn))
      UNION SELECT '' WHERE NOT row_out
      UNION SELECT address FROM opt_outs
        WHERE NOT row_out AND row_address = '' AND (provider, account, msisdn) = (row_provider, row_account, row_msisdn)
    LOOP
      SELECT opted_out INTO was FROM opt_outs
      WHERE (provider, account, msisdn, address) = (row_provider, row_account, row_msisdn, target);
      INSERT INTO opt_outs AS o VALUES
        (row_provider, row_account, row_msisdn, target, row_out, row_reason, row_at, row_at)
      ON CONFLICT (provider, account, msisdn, address) DO UPDATE SET
        heard_at = excluded.heard_at,
        opted_out = excluded.opted_out,
        reason = CASE WHEN o.opted_out = excluded.opted_out THEN o.reason ELSE excluded.reason END,
        at = CASE WHEN o.opted_out = excluded.opted_out THEN o.at ELSE excluded.at END
      WHERE o.heard_at < excluded.heard_at;
      IF FOUND AND coalesce(was, false) <> row_out THEN changed := true; END IF;
    END LOOP;
    IF changed THEN
      PERFORM append_audit(
        row_id, row_at, CASE WHEN row_reason IN ('stop-word', 'provider-notice') THEN 'person' ELSE 'operator' END,
        CASE WHEN row_out THEN 'opt-out' ELSE 'opt-in' END, row_masked,
        jsonb_build_object(
          'provider', row_provider, 'account', row_account, 'address', nullif(row_address, ''), 'reason', row_reason));
    END IF;
  END $$;`;

/** Messages, what is to be sent, who wants to hear nothing, and the audit log. */
export class CreateMessages1764633600000 implements MigrationInterface {
  readonly name = 'CreateMessages1764633600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [messages, outbox, queueRunners, auditLog, optOuts]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION hear_opt_out, bare_address, append_audit, audit_hash');
    const tables =
      'messages, outbox, outbox_recipients, send_attempts, send_tokens, queue_runners, audit_log, opt_outs';
    await runner.query(`DROP TABLE ${tables}`);
    await runner.query('DROP FUNCTION refuse_change');
  }
}
