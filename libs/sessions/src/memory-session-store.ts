import type { Clock, StoredSession } from '@app/dialog';
import type { OpenSessionStore } from './open-session-store.js';
import type { StoreState } from './store-health.js';
import { keyOfMark } from './remove-matching.js';
import { fromStoredText, toStoredText } from './stored-text.js';

interface Entry {
  readonly text: string;
  readonly expiresAt: number;
}

/** Each write looks at this many older entries, so that forgotten ones go without a pause for all of them at once. */
const sweptPerWrite = 8;

/** Sessions in the memory of this process alone, for a demo, development and tests; they end with it. */
export class MemorySessionStore implements OpenSessionStore {
  private readonly entries = new Map<string, Entry>();
  private readonly unsent = new Map<string, number>();
  private sweep = this.entries.entries();

  /** The default clock does not jump when the time of day is set. */
  constructor(private readonly clock: Clock = { now: () => performance.now() }) {}

  /** How many sessions and notes are held, those that have run out but were not swept yet included. */
  get size(): number {
    return this.entries.size;
  }

  load(key: string): Promise<StoredSession | undefined> {
    return Promise.resolve(this.session(key));
  }

  save(key: string, payload: string, expected: number, ttlMs: number): Promise<'saved' | 'conflict'> {
    const stored = this.session(key);
    const next = { version: expected + 1, payload };
    if ((stored?.version ?? 0) === expected) {
      this.write(key, toStoredText(next), ttlMs);
      return Promise.resolve('saved');
    }
    const again = stored?.version === next.version && stored.payload === payload;
    return Promise.resolve(again ? 'saved' : 'conflict');
  }

  readNote(key: string): Promise<string | undefined> {
    return Promise.resolve(this.read(key));
  }

  writeNote(key: string, value: string, ttlMs: number): Promise<void> {
    this.write(key, value, ttlMs);
    return Promise.resolve();
  }

  removeNote(key: string): Promise<void> {
    this.entries.delete(key);
    return Promise.resolve();
  }

  markUnsent(key: string, at: number): Promise<void> {
    this.unsent.set(key, at);
    return Promise.resolve();
  }

  unmarkUnsent(key: string): Promise<void> {
    this.unsent.delete(key);
    return Promise.resolve();
  }

  unsentBefore(before: number, limit: number): Promise<readonly string[]> {
    const marked = [...this.unsent].filter(([, at]) => at < before).sort(([, a], [, b]) => a - b);
    return Promise.resolve(marked.slice(0, limit).map(([key]) => key));
  }

  removeMatching(matches: (text: string) => boolean): Promise<number> {
    const found = [...this.entries].filter(([key, { text }]) => matches(key) || matches(text)).map(([key]) => key);
    for (const key of found) this.entries.delete(key);
    const gone = new Set(found);
    for (const mark of this.unsent.keys()) if (matches(mark) || gone.has(keyOfMark(mark))) this.unsent.delete(mark);
    return Promise.resolve(found.length);
  }

  state(): StoreState {
    return { kind: 'up' };
  }

  waitUntilUp(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private session(key: string): StoredSession | undefined {
    const text = this.read(key);
    return text === undefined ? undefined : fromStoredText(text);
  }

  private read(key: string): string | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.clock.now()) return entry.text;
    this.entries.delete(key);
    return undefined;
  }

  private write(key: string, text: string, ttlMs: number): void {
    const now = this.clock.now();
    this.entries.set(key, { text, expiresAt: now + ttlMs });
    for (let looked = 0; looked < sweptPerWrite; looked++) {
      const next = this.sweep.next();
      if (next.done === true) {
        this.sweep = this.entries.entries();
        return;
      }
      const [older, entry] = next.value;
      if (entry.expiresAt <= now) this.entries.delete(older);
    }
  }
}
