import type { MigrationInterface, QueryRunner } from 'typeorm';

const adminKeys = `
  CREATE TABLE admin_keys (
    id uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
  ) WITH (fillfactor = 70);
  CREATE INDEX ON admin_keys (created_at, id);
  COMMENT ON TABLE admin_keys IS 'Keys to the admin API; revoked ones stay, so that the audit log can be read';
  COMMENT ON COLUMN admin_keys.secret_hash IS 'SHA-256 of the key, which is 32 random bytes';`;

const idempotency = `
  CREATE TABLE idempotent_requests (
    admin_key text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    begun_at timestamptz NOT NULL,
    status integer,
    answer text,
    PRIMARY KEY (admin_key, key)
  ) WITH (fillfactor = 70);
  CREATE INDEX ON idempotent_requests (begun_at);
  COMMENT ON TABLE idempotent_requests IS 'POST requests of the last day that named themselves';
  COMMENT ON COLUMN idempotent_requests.status IS 'NULL: it is under way, or its process is gone';
  COMMENT ON COLUMN idempotent_requests.answer IS 'Encrypted';`;

const optOutIds = `
  ALTER TABLE opt_outs ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
  CREATE UNIQUE INDEX ON opt_outs (id);
  CREATE INDEX ON opt_outs (at, id) WHERE opted_out;`;

const auditIndexes = `
  CREATE INDEX ON audit_log (action, seq);
  CREATE INDEX ON audit_log (actor, seq);
  CREATE INDEX ON audit_log (at);`;

/** What the admin API keeps for itself. */
export class CreateAccess1764633800000 implements MigrationInterface {
  readonly name = 'CreateAccess1764633800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [adminKeys, idempotency, optOutIds, auditIndexes]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_log_action_seq_idx, audit_log_actor_seq_idx, audit_log_at_idx');
    await runner.query('ALTER TABLE opt_outs DROP COLUMN id');
    await runner.query('DROP TABLE admin_keys, idempotent_requests');
  }
}
