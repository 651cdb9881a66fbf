import { v7 as uuidv7 } from 'uuid';
import type { WebhookRequest } from '@app/provider-kit';
import type { InboxRecord, InboxStore } from '@app/reporting';
import type { WebhookCall } from './webhook-call.js';

/** Keeps webhooks that could not be handled. */
export class InboxKeeper {
  /**
   * @param body `masked`: without what a person typed, which may hold a PIN. `as-it-came`: for calls that are worth nothing
   * without it, such as messages, which could neither be answered nor replayed.
   */
  constructor(
    private readonly store: InboxStore,
    private readonly body: 'masked' | 'as-it-came' = 'masked',
  ) {}

  /** Rejects where the store does. */
  async keep(call: WebhookCall, state: InboxRecord['state'], reason: string): Promise<void> {
    const { request, account, route } = call;
    const { contentType, body } = payloadOf(request);
    await this.store.keepInbox({
      id: uuidv7({ msecs: request.receivedAt }),
      route,
      provider: account.provider,
      account: account.account,
      state,
      reason,
      receivedAt: new Date(request.receivedAt),
      ...(contentType === undefined ? {} : { contentType }),
      body: this.body === 'masked' ? withoutAnswers(body) : body,
    });
  }
}

/** The body as it came; with a query of its own, which the route does not tell, all named values as JSON. */
function payloadOf({ contentType, fields, query, rawBody }: WebhookRequest): {
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
} {
  if (Object.keys(query).length === 0 || Object.keys(fields).length === 0) return { contentType, body: rawBody };
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(fields)) };
}

// A value behind one of the names with which providers send what was typed, in a form, in JSON or in a part of its own.
const typed =
  /((?:input|text|ussdString|dtmfDigits)(?:["']?[ \t]*[=:][ \t]*|"?\r?\n\r?\n))("(?:[^"\\]|\\.)*"?|[^&,}\r\n]+)/gi;

/** Works on broken bodies too; all other bytes stay as they are. */
function withoutAnswers(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const masked = text.replace(typed, (_whole, name: string, value: string) =>
    value.startsWith('"') ? `${name}"***"` : `${name}***`,
  );
  return masked === text ? body : Buffer.from(masked, 'latin1');
}
