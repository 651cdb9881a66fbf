import { StoreUnavailable, type SessionStore } from '@app/dialog';

/** A store that can be away, and tells what is written to it. */
export class AwayStore implements SessionStore {
  away = false;
  constructor(
    private readonly inner: SessionStore,
    private readonly wrote: (text: string) => void = () => undefined,
  ) {}

  load(key: string): ReturnType<SessionStore['load']> {
    return this.reach(() => this.inner.load(key));
  }
  save(key: string, payload: string, expected: number, ttlMs: number): ReturnType<SessionStore['save']> {
    this.wrote(payload);
    return this.reach(() => this.inner.save(key, payload, expected, ttlMs));
  }
  readNote(key: string): ReturnType<SessionStore['readNote']> {
    return this.reach(() => this.inner.readNote(key));
  }
  writeNote(key: string, value: string, ttlMs: number): Promise<void> {
    this.wrote(value);
    return this.reach(() => this.inner.writeNote(key, value, ttlMs));
  }
  removeNote(key: string): Promise<void> {
    return this.reach(() => this.inner.removeNote(key));
  }
  markUnsent(key: string, at: number): Promise<void> {
    return this.reach(() => this.inner.markUnsent(key, at));
  }
  unmarkUnsent(key: string): Promise<void> {
    return this.reach(() => this.inner.unmarkUnsent(key));
  }
  unsentBefore(before: number, limit: number): ReturnType<SessionStore['unsentBefore']> {
    return this.reach(() => this.inner.unsentBefore(before, limit));
  }
  close(): Promise<void> {
    return this.inner.close();
  }
  private reach<T>(work: () => Promise<T>): Promise<T> {
    return this.away ? Promise.reject(new StoreUnavailable('away')) : work();
  }
}
