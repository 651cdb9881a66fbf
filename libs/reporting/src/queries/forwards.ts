import type { AuditDraft } from './access.js';
import type { Page, PageRequest } from './page.js';

/** Where facts are sent on to, and how that goes. */
export interface ForwardState {
  readonly id: string;
  readonly enabled: boolean;
  /** Why it was disabled. */
  readonly reason?: string;
  readonly failingSince?: Date;
  readonly waiting: number;
  readonly dead: number;
  readonly lastSuccessAt?: Date;
}

export interface ForwardAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly event: string;
  readonly recordId: string;
  readonly attempt: number;
  readonly at: Date;
  readonly state: string;
  readonly httpStatus?: number;
  readonly error?: string;
  readonly durationMs: number;
}

export interface ForwardQueries {
  states(ids: readonly string[]): Promise<readonly ForwardState[]>;
  attempts(id: string, page: PageRequest): Promise<Page<ForwardAttempt>>;
  /** Dead orders of a forward wait again; returns how many. */
  redrive(id: string, audit: AuditDraft): Promise<number>;
  setEnabled(id: string, enabled: boolean, reason: string | undefined, audit: AuditDraft): Promise<void>;
}
