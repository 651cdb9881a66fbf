import { CreateFacts1764547200000 } from './1764547200000-create-facts.js';
import { CreateReports1764633700000 } from './1764633700000-create-reports.js';
import { CreateMessages1764633600000 } from './1764633600000-create-messages.js';
import { CreateAccess1764633800000 } from './1764633800000-create-access.js';
import { CallReportQueries1764633900000 } from './1764633900000-call-report-queries.js';
import { AdminQueries1764634000000 } from './1764634000000-admin-queries.js';
import { CreateForwards1764634100000 } from './1764634100000-create-forwards.js';
import { CreateErasures1764634200000 } from './1764634200000-create-erasures.js';
import { CallReconciliation1764634300000 } from './1764634300000-call-reconciliation.js';
import { CountRedrives1764634400000 } from './1764634400000-count-redrives.js';

/** Every migration, oldest first; a released one never changes. */
export const migrations = [
  CreateFacts1764547200000,
  CreateMessages1764633600000,
  CreateReports1764633700000,
  CreateAccess1764633800000,
  CallReportQueries1764633900000,
  AdminQueries1764634000000,
  CreateForwards1764634100000,
  CreateErasures1764634200000,
  CallReconciliation1764634300000,
  CountRedrives1764634400000,
] as const;
