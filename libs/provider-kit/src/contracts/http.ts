/** Named values as a payload carries them; made without a prototype. Numbers too long for a double are texts. */
export type Fields = Readonly<Record<string, unknown>>;

/** A provider's request to one of our webhooks, read but not yet understood. */
export interface WebhookRequest {
  /** Ours, for logs. */
  readonly id: string;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Without the webhook key. */
  readonly query: Fields;
  /** The bytes as they came: signatures are made over them. */
  readonly rawBody: Uint8Array;
  readonly contentType: string | undefined;
  /** Form, JSON or multipart, by content; the query fills in names that the body lacks. */
  readonly fields: Fields;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

export interface WebhookReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}
