import type { Page, PageRequest, TimeRange } from './page.js';

/** A key to the admin API; the secret itself is nowhere kept. */
export interface AdminKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  readonly lastUsedAt?: Date;
  readonly revokedAt?: Date;
}

/** Keys by the SHA-256 of their secret. Methods reject with the database's error. */
export interface AdminKeyStore {
  /** Revoked and expired ones too. */
  find(secretHash: Uint8Array): Promise<AdminKey | undefined>;
  create(key: AdminKey, secretHash: Uint8Array, audit: AuditDraft): Promise<void>;
  revoke(id: string, at: Date, audit: AuditDraft): Promise<'revoked' | 'unknown'>;
  list(page: PageRequest): Promise<Page<AdminKey>>;
  /** May be late. */
  used(id: string, at: Date): Promise<void>;
}

/** One change as it is put down. */
export interface AuditDraft {
  readonly at: Date;
  /** `key:<id>`, `environment`, `provider:<id>/<account>`, `command-line`. */
  readonly actor: string;
  /** `key.created`, `report.reviewed`, … */
  readonly action: string;
  /** What was changed, without personal data: an id, or a keyed hash. */
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A line of the audit log. Each hash covers the line and the hash before it. */
export interface AuditEntry extends AuditDraft {
  readonly number: number;
  readonly hash: string;
  readonly previousHash: string;
}

export interface AuditLog {
  /** Where the change itself is not kept in the database. */
  append(draft: AuditDraft): Promise<void>;
  list(
    filter: { readonly action?: string; readonly actor?: string } & TimeRange,
    page: PageRequest,
  ): Promise<Page<AuditEntry>>;
  /** The number of the first line that does not fit the one before it. */
  verify(): Promise<{ readonly entries: number; readonly brokenAt?: number }>;
}

/** Answers of POST requests, so that one that is sent again is not carried out again. */
export interface IdempotencyStore {
  /**
   * `begun`: this request is the first; the caller must finish or forget it. `running`: the first one is under way.
   * `other-body`: the key was used for something else.
   */
  begin(
    adminKey: string,
    idempotencyKey: string,
    bodyHash: Uint8Array,
    at: Date,
  ): Promise<'begun' | 'running' | 'other-body' | { readonly status: number; readonly body: string }>;
  finish(
    adminKey: string,
    idempotencyKey: string,
    answer: { readonly status: number; readonly body: string },
  ): Promise<void>;
  /** The request failed: it may be tried again. */
  forget(adminKey: string, idempotencyKey: string): Promise<void>;
}
