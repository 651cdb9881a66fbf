import type { DeliveryStatus, FailureReason } from '@app/telephony';
import type { Money } from './session-report.js';

/** A message that a person sent us. */
export interface InboundMessage {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  /** The provider's id: what makes a repeat the same message. */
  readonly externalId: string;
  /** E.164 where it could be read, else as it came. */
  readonly from: string;
  /** Short code, long number or name that it was sent to. */
  readonly to: string;
  readonly text: string;
  readonly segments: number;
  readonly encoding: 'gsm7' | 'ucs2';
  /** Names an on-demand message that the reply must quote. */
  readonly linkId?: string;
  readonly networkCode?: string;
  readonly cost?: Money;
  /** When the provider says it was sent. */
  readonly occurredAt?: Date;
  readonly receivedAt: Date;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Keeps incoming messages, each together with the job that will answer it. */
export interface InboundMessageStore {
  /**
   * Resolves once message and job are durable (committed together, or fsynced to the spool). A message that the account
   * already has under this external id, however old, adds neither.
   */
  keepInbound(message: InboundMessage): Promise<void>;
  /** Rejects with the database's error. */
  findInbound(id: string): Promise<InboundMessage | undefined>;
}

/** One provider notice about a message that we sent. */
export interface DeliveryEvent {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  /** The provider's id of the message. */
  readonly externalId: string;
  /** E.164 where it could be read, else as it came; absent where the id alone tells the recipient. */
  readonly recipient?: string;
  /** Number of the part, from 1, where a provider reports parts. */
  readonly part?: number;
  readonly status: DeliveryStatus;
  /** The provider's own word. */
  readonly providerStatus: string;
  readonly reason?: FailureReason;
  readonly providerReason?: string;
  readonly retryCount?: number;
  readonly networkCode?: string;
  readonly occurredAt?: Date;
  readonly receivedAt: Date;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Keeps delivery events and the state of each message that follows from all of them. */
export interface DeliveryEventStore {
  /**
   * Resolves once durable. An event that says the same as an earlier one (account, message, recipient, part, status, reason,
   * retry count) only raises how often that was seen. An event for an id that nobody knows is kept and counts as soon as
   * the id turns up.
   */
  keepDeliveryEvent(event: DeliveryEvent): Promise<void>;
}
