import { DataSource } from 'typeorm';
import { SessionReportEntity } from './entities/session-report.entity.js';
import { migrations } from './migrations/index.js';

/** Limits of a data source; milliseconds. */
export interface DataSourceSettings {
  /** Default 4. */
  readonly connections?: number;
  /** Default 2 000. */
  readonly connectTimeoutMs?: number;
  /** Default 15 000; 0: none. */
  readonly statementTimeoutMs?: number;
  /** Default 3 000: a change of a table never holds up the writers behind it for longer. */
  readonly lockTimeoutMs?: number;
  readonly applicationName?: string;
}

/** TypeORM's door to the database, for migrations and queries; not connected yet. Ingest goes around it. */
export function createDataSource(url: string, settings: DataSourceSettings = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [SessionReportEntity],
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    installExtensions: false,
    applicationName: settings.applicationName ?? 'ongea',
    poolSize: settings.connections ?? 4,
    connectTimeoutMS: settings.connectTimeoutMs ?? 2_000,
    poolErrorHandler: () => undefined,
    extra: {
      statement_timeout: settings.statementTimeoutMs ?? 15_000,
      lock_timeout: settings.lockTimeoutMs ?? 3_000,
      options: '-c TimeZone=UTC',
    },
  });
}
