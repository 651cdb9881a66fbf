export { startEmbeddedPostgres } from './embedded-postgres.js';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.js';
export { findRunningPostgres } from './find-running.js';
export { EmbeddedPostgresFault } from './fault.js';
