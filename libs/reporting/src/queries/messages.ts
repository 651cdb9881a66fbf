import type { DeliveryStatus, FailureReason } from '@app/telephony';
import type { Money } from '../session-report.js';
import type { OptOut } from '../opt-out.js';
import type { OutboxState } from '../outbox.js';
import type { AuditDraft } from './access.js';
import type { Page, PageRequest, TimeRange } from './page.js';

/** A message in either direction as it stands now. */
export interface KeptMessage {
  readonly id: string;
  readonly direction: 'mo' | 'mt';
  readonly provider: string;
  readonly account: string;
  readonly from?: string;
  readonly to: string;
  readonly text: string;
  readonly segments: number;
  readonly encoding: 'gsm7' | 'ucs2';
  /** Of what was sent; what came in is `delivered`. */
  readonly status: DeliveryStatus;
  /** Part → status, where a provider reports parts. */
  readonly parts?: Readonly<Record<string, DeliveryStatus>>;
  readonly cost?: Money;
  readonly externalId?: string;
  readonly failureReason?: FailureReason;
  readonly createdAt: Date;
  readonly finalAt?: Date;
}

export interface KeptDeliveryEvent {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly externalId: string;
  readonly messageId?: string;
  readonly status: DeliveryStatus;
  readonly providerStatus: string;
  readonly reason?: FailureReason;
  readonly providerReason?: string;
  readonly retryCount?: number;
  readonly occurredAt?: Date;
  readonly receivedAt: Date;
  readonly seen: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface MessageFilter {
  readonly provider?: string;
  readonly account?: string;
  readonly direction?: 'mo' | 'mt';
  readonly status?: DeliveryStatus;
  readonly from?: string;
  readonly to?: string;
  /** Either end. */
  readonly number?: string;
  readonly externalId?: string;
  readonly batchId?: string;
  readonly created?: TimeRange;
}

export interface MessageQueries {
  list(filter: MessageFilter, page: PageRequest): Promise<Page<KeptMessage>>;
  get(id: string): Promise<(KeptMessage & { readonly events: readonly KeptDeliveryEvent[] }) | undefined>;
  events(filter: DeliveryEventFilter, page: PageRequest): Promise<Page<KeptDeliveryEvent>>;
}

export interface DeliveryEventFilter {
  readonly provider?: string;
  readonly account?: string;
  readonly externalId?: string;
  readonly messageId?: string;
  readonly status?: DeliveryStatus;
  /** True: those of no message that we know; false: the others. */
  readonly unmatched?: boolean;
  readonly received?: TimeRange;
}

export interface KeptOrder {
  readonly id: string;
  readonly kind: string;
  readonly provider: string;
  readonly account: string;
  readonly state: OutboxState;
  readonly attempts: number;
  /** When it is tried next, while it waits for that. */
  readonly nextAt?: Date;
  /** Code of the closed table of send errors. */
  readonly lastError?: string;
  readonly createdAt: Date;
}

export interface OrderFilter {
  readonly kind?: string;
  readonly state?: OutboxState;
  readonly provider?: string;
  readonly account?: string;
  readonly created?: TimeRange;
}

export interface OutboxQueries {
  /** Newest first. */
  list(filter: OrderFilter, page: PageRequest): Promise<Page<KeptOrder>>;
  /** Has a dead or uncertain one sent again to whom nothing was sent to for sure; `not-stuck`: there is nothing to send. */
  redrive(id: string, audit: AuditDraft): Promise<KeptOrder | 'unknown' | 'not-stuck'>;
}

export interface OptOutQueries {
  list(
    filter: {
      readonly provider?: string;
      readonly account?: string;
      readonly msisdn?: string;
      readonly address?: string;
    },
    page: PageRequest,
  ): Promise<Page<OptOut & { readonly id: string }>>;
  add(entry: OptOut, audit: AuditDraft): Promise<OptOut & { readonly id: string }>;
  remove(id: string, audit: AuditDraft): Promise<'removed' | 'unknown'>;
}
