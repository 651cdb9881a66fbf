import type { SessionStore } from '@app/dialog';
import type { StoreState } from './store-health.js';

/** A session store and what a health check and a start need to know of it. */
export interface OpenSessionStore extends SessionStore {
  state(): StoreState;
  /** Resolves with whether the store could be used within `limitMs`. */
  waitUntilUp(limitMs: number): Promise<boolean>;
  /**
   * Removes every session and note whose key or content is matched, with the marks of what it had to send, wherever it is;
   * resolves to how many. Takes as long as there are entries. Rejects where a part of the store cannot be read.
   */
  removeMatching(matches: (text: string) => boolean): Promise<number>;
}
