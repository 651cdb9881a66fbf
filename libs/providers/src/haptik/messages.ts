import type { TurnReply, WebhookReply } from '@app/provider-kit';

/**
 * The reply of a node. `response_message_type` stands on the old page alone, 0 is text; `status` false takes Haptik's
 * failure branch.
 */
export function renderMessages(reply: Pick<TurnReply, 'texts' | 'failed' | 'choices'>, rich: boolean): WebhookReply {
  const last = reply.texts.length - 1;
  const choices = rich ? (reply.choices ?? []) : [];
  const response = reply.texts.map((text, i) =>
    i === last && choices.length > 0 ? quickReplies(text, choices) : plainMessage(text),
  );
  const body = JSON.stringify({ response, response_message_type: 0, status: !reply.failed });
  return { status: 200, contentType: 'application/json', body };
}

/** Haptik reads a text that is JSON as an element of its own language; what a person typed must not become one. */
function plainMessage(text: string): string {
  return /^\s*[{[]/.test(text) ? element(text, []) : text;
}

/** Shows the label, sends the value: https://docs.haptik.ai/textquick-replies-hsl. */
function quickReplies(text: string, choices: NonNullable<TurnReply['choices']>): string {
  const replies = choices.map(({ label, value }) => ({
    actionable_text: label,
    is_default: 0,
    type: 'TEXT_ONLY',
    payload: { message: label, gogo_message: value },
  }));
  return element(text, replies);
}

function element(text: string, replies: readonly object[]): string {
  return JSON.stringify({ text, type: 'TEXT', data: { quick_replies: replies } });
}
