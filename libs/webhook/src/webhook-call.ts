import type { Account, PayloadRejected, Provider, WebhookReply, WebhookRequest } from '@app/provider-kit';

/** Where a handler writes what happened. No numbers, no texts of callers, no keys. */
export interface WebhookLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One admitted request to a webhook. */
export interface WebhookCall {
  readonly request: WebhookRequest;
  readonly provider: Provider;
  readonly account: Account;
  /** Why the body could not be read; `request.fields` is empty then. */
  readonly malformed: PayloadRejected | undefined;
  /** Method and path without the query: `POST /ussd/kairos/demo`. */
  readonly route: string;
  readonly log: WebhookLog;
}

/** What a handler answers. */
export interface WebhookAnswer {
  readonly reply: WebhookReply;
  /** Called, once, if the connection was gone before the reply had left; must not reject. */
  readonly whenBroken?: () => Promise<void>;
}

/** One path of a channel, for all providers and accounts. */
export interface WebhookRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With `:provider` and `:account`. */
  readonly path: string;
  /** Takes nothing in, only shows a page: no signature is asked for. */
  readonly page?: true;
  /** Somebody waits on the line for the answer: what could not be read is never handled later. */
  readonly turns?: true;
  /** Whether this provider and account have the channel; 404 where not. */
  serves(provider: Provider, account: Account): boolean;
  /** Must not reject: what fails within a turn is answered politely. */
  handle(call: WebhookCall): Promise<WebhookAnswer>;
}

/** The answer to a report that is kept. */
export const accepted: WebhookReply = { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' };

/** The answer to a report that could not be kept, so that it is sent again. */
export const notKept: WebhookReply = {
  status: 503,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'retry-after': '5' },
  body: '',
};

/** An answer that says nothing but its status. */
export function emptyReply(status: number): WebhookReply {
  return { status, contentType: 'text/plain; charset=utf-8', body: '' };
}
