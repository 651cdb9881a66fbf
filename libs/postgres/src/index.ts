export { createDataSource, type DataSourceSettings } from './data-source.js';
export type { DatabaseOptions } from './database.js';
export { faultOf, type Fault } from './fault.js';
export type { PostgresCondition, PostgresState } from './lifecycle.js';
export { inspectDatabase, type DatabaseFindings } from './inspect-database.js';
export { migrate, type MigrateOptions } from './migrate.js';
export {
  PostgresStores,
  type PostgresEvent,
  type PostgresHealth,
  type PostgresStoresOptions,
} from './postgres-stores.js';
export { PostgresQueue, type QueueTask, type QueueWork } from './queue/postgres-queue.js';
export { applyRetention, type RetentionCounts, type RetentionPeriods, type RetentionResult } from './retention.js';
export { SpoolRefused } from './spool/spool-refused.js';
export { seedCallReports, type SeedOptions } from './seed-call-reports.js';
export { Spool, type SpoolOptions } from './spool/spool.js';
export { withAdminKeys } from './stores/admin-keys.js';
export { PostgresAudit, type AuditEntry } from './stores/audit.js';
export { listStatement, PostgresCallReportQueries } from './queries/call-reports.js';
export { findDeliveryEvents, findDeliveryState, type DeliveryName } from './stores/delivery-queries.js';
export { findSessionReports, type SessionReportFilter } from './stores/session-reports.js';
export { PostgresOutboxWork } from './stores/outbox-work.js';
export { PostgresTurnJournal, type TurnJournalOptions } from './stores/turn-journal.js';
export { findSession, findTurns } from './stores/turn-queries.js';
