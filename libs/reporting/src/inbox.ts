/** A webhook that could not be handled, kept as it came so that it can be looked at and replayed. */
export interface InboxRecord {
  /** UUIDv7, given before the first write. */
  readonly id: string;
  /** Method and path without the query: `POST /ussd/africastalking/demo/events`. */
  readonly route: string;
  readonly provider: string;
  readonly account: string;
  readonly state: 'rejected' | 'failed' | 'kept';
  /** A code of the closed table of rejections, or what went wrong. */
  readonly reason: string;
  readonly receivedAt: Date;
  readonly contentType?: string;
  readonly body: Uint8Array;
}

/** Keeps what could not be handled; resolves once it is durable. */
export interface InboxStore {
  keepInbox(record: InboxRecord): Promise<void>;
}
