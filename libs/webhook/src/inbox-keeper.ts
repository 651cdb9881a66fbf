import { v7 as uuidv7 } from 'uuid';
import type { InboxRecord, InboxStore } from '@app/reporting';
import type { WebhookCall } from './webhook-call.js';

/** Keeps webhooks that could not be handled as they came, but for what a person typed: that may hold a PIN. */
export class InboxKeeper {
  constructor(private readonly store: InboxStore) {}

  /** Rejects where the store does. */
  async keep(call: WebhookCall, state: InboxRecord['state'], reason: string): Promise<void> {
    const { request, account, route } = call;
    await this.store.keepInbox({
      id: uuidv7(),
      route,
      provider: account.provider,
      account: account.account,
      state,
      reason,
      receivedAt: new Date(request.receivedAt),
      ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
      body: withoutAnswers(request.rawBody),
    });
  }
}

// A value behind one of the names with which providers send what was typed, in a form, in JSON or in a part of its own.
const typed = /((?:input|text|ussdString)(?:["']?[ \t]*[=:][ \t]*|"?\r?\n\r?\n))("(?:[^"\\]|\\.)*"?|[^&,}\r\n]+)/gi;

/** Works on broken bodies too; all other bytes stay as they are. */
function withoutAnswers(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const masked = text.replace(typed, (_whole, name: string, value: string) =>
    value.startsWith('"') ? `${name}"***"` : `${name}***`,
  );
  return masked === text ? body : Buffer.from(masked, 'latin1');
}
