import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { AdminKey } from '@app/reporting';
import { hashOfKey } from '../access/key-ring.js';
import type { Scope } from '../access/scopes.js';

/** A key that was just made; the secret is shown once and kept nowhere. */
export interface FreshKey {
  readonly key: AdminKey;
  /** `ongea_` and 32 random bytes. */
  readonly secret: string;
  readonly hash: Buffer;
}

/** Makes a key; nobody knows it before it is stored. */
export function makeKey(
  { name, scopes, expiresAt }: { readonly name: string; readonly scopes: readonly Scope[]; readonly expiresAt?: Date },
  now: Date,
): FreshKey {
  const secret = `ongea_${randomBytes(32).toString('base64url')}`;
  const id = uuidv7({ msecs: now.getTime() });
  const key = {
    id,
    name,
    scopes: [...new Set(scopes)],
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return { key, secret, hash: hashOfKey(secret) };
}
