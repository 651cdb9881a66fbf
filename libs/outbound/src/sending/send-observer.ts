import type { SendErrorCode } from '@app/provider-kit';
import type { OutboxOrder, SendLane, Settlement } from '@app/reporting';

/** How one attempt ended; holds no number, no text and no secret. */
export interface SendAttempt {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly kind: OutboxOrder['kind'];
  readonly lane: SendLane;
  readonly attempt: number;
  readonly state: Settlement['state'];
  readonly error?: SendErrorCode;
  readonly httpStatus?: number;
  /** An earlier attempt may have been carried out as well. */
  readonly mayRepeat: boolean;
  /** From the claim to the request. */
  readonly waitedMs: number;
  /** Of the request. */
  readonly durationMs: number;
}

/** An order that was given back because its account has no room. */
export interface SendPutBack {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly lane: SendLane;
  readonly afterMs: number;
}

/** Told what happened, for metrics and logs; must not throw and must not wait. */
export interface SendObserver {
  attempt(record: SendAttempt): void;
  putBack(record: SendPutBack): void;
  /** Our own fault, or the database's. `doing`: what could not be done. */
  fault(error: unknown, doing: string): void;
}
