import type { SessionStore } from '@app/dialog';
import type { StoreState } from './store-health.js';

/** A session store and what a health check and a start need to know of it. */
export interface OpenSessionStore extends SessionStore {
  state(): StoreState;
  /** Resolves with whether the store could be used within `limitMs`. */
  waitUntilUp(limitMs: number): Promise<boolean>;
}
