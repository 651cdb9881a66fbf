export { describeFault, type Fault } from './fault.js';
export { environmentLookUp, type LookUp, type RawEnvironment, type ReadFile } from './variables.js';
export { readEnvironment, type Environment, type EnvironmentReading, type LogLevel, type Role } from './environment.js';
export {
  readConfiguration,
  type Configuration,
  type ConfigurationReading,
  type Folders,
  type ReadingOptions,
} from './configuration.js';
export { unknownDialogs, type DialogUse } from './dialog-uses.js';
export type { AccountSettings } from './account-reader.js';
export type { ForwardSettings } from './forward-reader.js';
export type { Retention, RetentionClass } from './retention-reader.js';
