import { asText, isRecord, type WebhookReply } from '@app/provider-kit';
import type { Shown, Wire, WireCaller, WireRequest } from './wire.js';

/** Kairos Afrika: JSON with the last input, the dialled code first; session ids of 18 digits. */
export class KairosWire implements Wire {
  private sessionId = '';
  private sessions = 0;

  constructor(
    private readonly caller: WireCaller,
    /** The `messageType` with which the account closes a session. */
    private readonly endMessageType: string,
  ) {}

  dial(): WireRequest {
    this.sessionId = `${Date.now()}${String(++this.sessions).padStart(5, '0')}`;
    return this.answer(this.caller.dialled);
  }

  answer(text: string): WireRequest {
    const { digits } = this.caller;
    const fields = { msisdn: digits, sessionId: this.sessionId, messageType: '0', ussdString: text };
    return { contentType: 'application/json', headers: {}, body: JSON.stringify(fields) };
  }

  read({ body }: WebhookReply): Shown {
    const reply: unknown = JSON.parse(body);
    if (!isRecord(reply)) throw new Error('the reply to Kairos is no JSON object');
    const end = asText(reply.messageType) === this.endMessageType;
    return { texts: [asText(reply.ussdString) ?? ''], end, failed: false };
  }
}
