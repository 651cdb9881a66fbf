/** Anything else that a provider tells us: platform events of bots, account events. Kept raw. */
export interface Notice {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  /** The provider's word for what happened, such as `chat_pinned`. */
  readonly topic: string;
  readonly occurredAt?: Date;
  readonly receivedAt: Date;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Keeps notices; resolves once the notice is durable (committed, or fsynced to the spool). */
export interface NoticeStore {
  keepNotice(notice: Notice): Promise<void>;
}
