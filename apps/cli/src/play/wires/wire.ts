import type { WebhookReply } from '@app/provider-kit';

/** A provider's request as it would come over the network. */
export interface WireRequest {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the person sees of a reply, read from its bytes. */
export interface Shown {
  readonly texts: readonly string[];
  /** False as well where the provider is not told. */
  readonly end: boolean;
  /** The provider takes its failure branch. */
  readonly failed: boolean;
}

/** A provider seen from the other side: builds its requests, reads our replies. One session after the other. */
export interface Wire {
  /** The first request of a new session. */
  dial(): WireRequest;
  answer(text: string): WireRequest;
  /** Keeps what the provider would give back with its next request. */
  read(reply: WebhookReply): Shown;
}

/** Who calls whom. */
export interface WireCaller {
  /** E.164 with `+`. */
  readonly msisdn: string;
  /** The number as this provider would write it, for those that leave the `+` away. */
  readonly digits: string;
  readonly network: string | undefined;
  readonly language: string | undefined;
  /** The service code or node. */
  readonly to: string;
  /** The whole dialled text, where inputs followed the code. */
  readonly dialled: string;
  /** Those inputs. */
  readonly shortcut: readonly string[];
  readonly entities: Readonly<Record<string, string>>;
}
