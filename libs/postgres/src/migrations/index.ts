import { CreateFacts1764547200000 } from './1764547200000-create-facts.js';
import { CreateReports1764633700000 } from './1764633700000-create-reports.js';
import { CreateMessages1764633600000 } from './1764633600000-create-messages.js';
import { CreateAccess1764633800000 } from './1764633800000-create-access.js';

/** Every migration, oldest first; a released one never changes. */
export const migrations = [
  CreateFacts1764547200000,
  CreateMessages1764633600000,
  CreateReports1764633700000,
  CreateAccess1764633800000,
] as const;
