import { asText, isRecord, type WebhookReply } from '@app/provider-kit';
import type { Shown, Wire, WireCaller, WireRequest } from './wire.js';

/** Haptik: JSON with what its platform recognised; a call without entities opens the node. */
export class HaptikWire implements Wire {
  private conversation = 0;

  constructor(private readonly caller: WireCaller) {}

  dial(): WireRequest {
    this.conversation += 1;
    const found = Object.entries(this.caller.entities);
    return this.request(Object.fromEntries(found.map(([name, value]) => [name, recognised(value, 'external')])));
  }

  answer(text: string): WireRequest {
    return this.request({ answer: recognised(text, 'message') });
  }

  read({ body }: WebhookReply): Shown {
    const reply: unknown = JSON.parse(body);
    if (!isRecord(reply)) throw new Error('the reply to Haptik is no JSON object');
    const messages: readonly unknown[] = Array.isArray(reply.response) ? reply.response : [];
    return { texts: messages.map(messageOf), end: false, failed: reply.status !== true };
  }

  private request(entities: object): WireRequest {
    const { digits, language, to } = this.caller;
    const user = {
      user_id: digits,
      user_name: digits,
      ...(language === undefined ? {} : { language_code: language }),
    };
    const call = { node: to, event: 'API_INTEGRATION', conversation_no: this.conversation, user, entities };
    return { contentType: 'application/json', headers: {}, body: JSON.stringify(call) };
  }
}

function recognised(text: string, detection: string): object {
  return [{ detection, original_text: text, entity_value: text }];
}

/** A message is a text, or an element of Haptik's own language as JSON, with the choices under it. */
function messageOf(message: unknown): string {
  const text = asText(message) ?? '';
  if (!text.startsWith('{')) return text;
  const element: unknown = JSON.parse(text);
  if (!isRecord(element)) return text;
  const data = isRecord(element.data) ? element.data : {};
  const replies: readonly unknown[] = Array.isArray(data.quick_replies) ? data.quick_replies : [];
  const labels = replies.map((reply) => `[${(isRecord(reply) ? asText(reply.actionable_text) : undefined) ?? ''}]`);
  return [asText(element.text) ?? '', ...(labels.length === 0 ? [] : [labels.join(' ')])].join('\n');
}
