import type { MigrationInterface, QueryRunner } from 'typeorm';

const erasures = `
  CREATE TABLE erasures (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    sealed_number text,
    removed jsonb NOT NULL DEFAULT '{}',
    passes integer NOT NULL DEFAULT 0,
    worked_until timestamptz,
    requested_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz
  );
  CREATE INDEX ON erasures (requested_at) WHERE state = 'running';
  COMMENT ON TABLE erasures IS 'Numbers that are to be forgotten, and what was removed of each';
  COMMENT ON COLUMN erasures.sealed_number IS 'Encrypted; NULL once it is over';
  COMMENT ON COLUMN erasures.asked_at IS 'requested_at by the clock of the database';

  CREATE TABLE spool_nodes (
    id uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now(),
    clear_at timestamptz
  );
  COMMENT ON TABLE spool_nodes IS 'Processes that may keep rows on a disk of their own';
  COMMENT ON COLUMN spool_nodes.clear_at IS 'All that the process had taken until then is in the database';`;

/** Erasures, and who has to be waited for before one is over. */
export class CreateErasures1764634200000 implements MigrationInterface {
  readonly name = 'CreateErasures1764634200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(erasures);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erasures, spool_nodes');
  }
}
