import type { DeliveryStatus, FailureReason } from '@app/telephony';
import type { ForwardEvent } from './forward-event.js';
import type { Money } from './session-report.js';

/** Replies to people who wait go ahead of everything else of their account. */
export type SendLane = 'reply' | 'bulk';

/** One person that a message goes to; a message of its own for those who look at it. */
export interface Recipient {
  /** UUIDv7. */
  readonly messageId: string;
  /** E.164. */
  readonly to: string;
}

interface OrderBase {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  /** Our address: short code, sender name or number; absent: the provider's default. */
  readonly from?: string;
  readonly createdAt: Date;
  /** An order under the key of an earlier one is not carried out, within 12 hours of it. */
  readonly onceKey?: string;
}

/** A text to one or several people in one request. */
export interface MessageOrder extends OrderBase {
  readonly kind: 'message';
  readonly lane: SendLane;
  readonly text: string;
  readonly segments: number;
  readonly encoding: 'gsm7' | 'ucs2';
  readonly recipients: readonly Recipient[];
  /** Answers an on-demand message. */
  readonly linkId?: string;
  readonly keyword?: string;
  /** Names what was asked for together, where it is more than this order. */
  readonly batchId?: string;
}

/** A call to one person. */
export interface CallOrder extends OrderBase {
  readonly kind: 'call';
  readonly from: string;
  readonly to: string;
  /** What the person will talk to; absent: what the address has. */
  readonly dialog?: string;
}

/** A record that is sent on to an address of the operator's. */
export interface ForwardOrder extends OrderBase {
  readonly kind: 'forward';
  readonly forwardId: string;
  readonly event: ForwardEvent;
  readonly recordId: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** Those that were made from the record; the fixed ones, which may be secrets, stay in the configuration. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: string;
}

/** Something to be sent, kept until it is or until it is given up. */
export type OutboxOrder = MessageOrder | CallOrder | ForwardOrder;

/** Takes what is to be sent. */
export interface Outbox {
  /** Resolves once durable: committed together with the job that sends it, or fsynced to the spool. */
  put(orders: readonly OutboxOrder[]): Promise<void>;
}

export type OutboxState = 'waiting' | 'sending' | 'sent' | 'retry' | 'uncertain' | 'dead';

/** An order that this process may now send, and nobody else until the lease ends. */
export interface ClaimedOrder {
  readonly order: OutboxOrder;
  /** Counts this one. */
  readonly attempt: number;
  /** The same, of those since an operator last sent the order again. */
  readonly tries: number;
  /** Recipients of a message that no earlier attempt has settled; none of a call or a forward. */
  readonly open: readonly Recipient[];
  /** An earlier attempt may have been carried out: see `resendUncertain`. */
  readonly mayRepeat: boolean;
}

/** What became of one recipient, or of a call (`messageId` is the order's id then). */
export interface SendResult {
  readonly messageId: string;
  readonly status: DeliveryStatus;
  /** The provider's id of the message or call. */
  readonly externalId?: string;
  readonly providerStatus?: string;
  readonly reason?: FailureReason;
  readonly cost?: Money;
}

/** How an attempt ended. */
export interface Settlement {
  readonly state: Exclude<OutboxState, 'waiting' | 'sending'>;
  /** Of those that are settled for good. */
  readonly results: readonly SendResult[];
  /** Code of the closed table of send errors; absent for `sent`, and for `retry` where no request went out. */
  readonly error?: string;
  /** What the provider said, without secrets, at most 500 characters. */
  readonly detail?: string;
  /** HTTP status, where there was an answer. */
  readonly httpStatus?: number;
  readonly durationMs: number;
  /** For `retry`. */
  readonly nextAt?: Date;
}

/** An order whose process is gone. */
export interface AbandonedOrder {
  readonly id: string;
  readonly attempt: number;
  /** Of {@link ClaimedOrder}. */
  readonly tries: number;
  readonly order: OutboxOrder;
  /** The request may have gone out; else it is certain that it did not. */
  readonly left: boolean;
}

/** What a sender needs of the outbox. Methods reject with the database's error. */
export interface OutboxWork {
  /**
   * Takes an order for `leaseMs`, in one step: its state is `sending` and the attempt counted. `blocked`: an earlier order for
   * one of its recipients in the same lane is not done; whoever finishes that one has this one tried again. `gone`: there is
   * nothing to send.
   */
  claim(id: string, worker: string, leaseMs: number): Promise<ClaimedOrder | 'blocked' | 'gone'>;
  /**
   * Notes that the request of a claimed order goes out now: from here on nobody can tell what became of it if the process ends.
   * False: the order is not this worker's any more, and must not be sent.
   */
  leaving(id: string, attempt: number, worker: string): Promise<boolean>;
  /** Ends an attempt: results, attempt record, next state and next job in one transaction. */
  settle(id: string, attempt: number, settlement: Settlement): Promise<void>;
  /** Gives a claimed order back unsent, to be tried again at `nextAt`; the attempt does not count. */
  putBack(id: string, attempt: number, nextAt: Date): Promise<void>;
  /**
   * Takes one token of an account's rate; else says how long to wait, in milliseconds. Counts over all processes.
   */
  takeToken(provider: string, account: string, perSecond: number): Promise<{ readonly waitMs: number }>;
  /** Orders whose lease ran out while they were being sent: their process is gone. */
  abandoned(now: Date): Promise<readonly AbandonedOrder[]>;
  /** Makes jobs for orders that are due and have none; returns how many. */
  wakeDue(now: Date): Promise<number>;
}
