import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the calls that nobody has told the end of. */
export class CallReconciliation1764634300000 implements MigrationInterface {
  readonly name = 'CallReconciliation1764634300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX call_reports_open ON call_reports (received_at) WHERE NOT final');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX call_reports_open');
  }
}
