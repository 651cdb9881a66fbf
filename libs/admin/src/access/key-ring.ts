import { createHash, timingSafeEqual } from 'node:crypto';
import type { AdminKeyStore } from '@app/reporting';
import type { Principal } from './principal.js';
import { allScopes, isScope } from './scopes.js';

const usedEveryMs = 60_000;
const mostRemembered = 10_000;

/** The SHA-256 under which a key is kept. */
export function hashOfKey(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Tells whose key a secret is. */
export class KeyRing {
  private readonly environmentHash: Buffer;
  private readonly usedAt = new Map<string, number>();

  constructor(
    private readonly store: AdminKeyStore,
    environmentKey: string,
    private readonly now: () => number,
  ) {
    this.environmentHash = hashOfKey(environmentKey);
  }

  /** `unknown`: nobody has such a key. `over`: it is revoked or expired. Rejects where the database cannot tell. */
  async find(secret: string): Promise<Principal | 'unknown' | 'over'> {
    const hash = hashOfKey(secret);
    if (timingSafeEqual(hash, this.environmentHash)) {
      return { id: 'environment', name: 'environment', scopes: new Set(allScopes) };
    }
    const key = await this.store.find(hash);
    if (key === undefined) return 'unknown';
    const expired = key.expiresAt !== undefined && key.expiresAt.getTime() <= this.now();
    if (expired || key.revokedAt !== undefined) return 'over';
    this.noteUse(key.id);
    return { id: key.id, name: key.name, scopes: new Set(key.scopes.filter(isScope)) };
  }

  private noteUse(id: string): void {
    const now = this.now();
    if (now - (this.usedAt.get(id) ?? -Infinity) < usedEveryMs) return;
    if (this.usedAt.size >= mostRemembered) this.usedAt.clear();
    this.usedAt.set(id, now);
    // Nothing depends on it.
    void this.store.used(id, new Date(now)).catch(() => undefined);
  }
}
