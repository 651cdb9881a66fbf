import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Gives an order that is sent again all its attempts anew, wherever in its plan it had ended. */
export class CountRedrives1764634400000 implements MigrationInterface {
  readonly name = 'CountRedrives1764634400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE outbox ADD COLUMN redriven_after integer NOT NULL DEFAULT 0`);
    await runner.query(`COMMENT ON COLUMN outbox.redriven_after IS 'attempts before an operator last sent it again'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox DROP COLUMN redriven_after');
  }
}
