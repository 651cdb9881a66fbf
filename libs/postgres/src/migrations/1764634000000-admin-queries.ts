import type { MigrationInterface, QueryRunner } from 'typeorm';

const messages = `
  CREATE INDEX ON messages (recipient, received_at, id);
  CREATE INDEX ON messages (sender, received_at, id) WHERE sender IS NOT NULL;
  CREATE INDEX ON messages (batch_id) WHERE batch_id IS NOT NULL;
  CREATE INDEX ON outbox (created_at, id) WHERE state IN ('dead', 'uncertain');`;

// Of these columns no turn but the last changes any: the rows stay where they are.
const sessions = 'CREATE INDEX ON sessions (started_at, session) WHERE NOT ended';

const sessionReports = 'CREATE INDEX ON session_reports (caller, received_at, id) WHERE caller IS NOT NULL';

const made = [
  'messages_recipient_received_at_id_idx',
  'messages_sender_received_at_id_idx',
  'messages_batch_id_idx',
  'outbox_created_at_id_idx1',
  'sessions_started_at_session_idx1',
  'session_reports_caller_received_at_id_idx',
];

/** What the lists of messages, orders, sessions and session reports are found by. */
export class AdminQueries1764634000000 implements MigrationInterface {
  readonly name = 'AdminQueries1764634000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [messages, sessions, sessionReports]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${made.join(', ')}`);
  }
}
