import { CreateFacts1764547200000 } from './1764547200000-create-facts.js';

/** Every migration, oldest first; a released one never changes. */
export const migrations = [CreateFacts1764547200000] as const;
