export { createDataSource, type DataSourceSettings } from './data-source.js';
export type { DatabaseOptions } from './database.js';
export { faultOf, type Fault } from './fault.js';
export type { PostgresCondition, PostgresState } from './lifecycle.js';
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
export { Spool, type SpoolOptions } from './spool/spool.js';
export { PostgresAudit, type AuditEntry } from './stores/audit.js';
export { findCallReport, findCallReports } from './stores/call-report-queries.js';
export { findDeliveryEvents, findDeliveryState, type DeliveryName } from './stores/delivery-queries.js';
export { findSessionReports, type SessionReportFilter } from './stores/session-reports.js';
export { PostgresOutboxWork } from './stores/outbox-work.js';
export { PostgresTurnJournal, type TurnJournalOptions } from './stores/turn-journal.js';
export { findSession, findTurns } from './stores/turn-queries.js';
