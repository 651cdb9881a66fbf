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
export { SpoolRefused } from './spool/spool-refused.js';
export { Spool, type SpoolOptions } from './spool/spool.js';
export { findSessionReports, type SessionReportFilter } from './stores/session-reports.js';
