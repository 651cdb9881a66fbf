import { randomBytes } from 'node:crypto';
import { readCallDocument, type CallAction } from './call-document.js';
import type { Behaviour } from './behaviour.js';
import { postForm } from './callbacks.js';

/** One call as the fake provider placed it. */
export interface PlacedCall {
  readonly sessionId: string;
  readonly from: string;
  readonly to: string;
  readonly clientRequestId: string | undefined;
  /** What the person heard, said or pressed, in order. */
  readonly heard: string[];
  state: 'queued' | 'active' | 'over';
}

export function newCall(from: string, to: string, clientRequestId: string | undefined): PlacedCall {
  const sessionId = `ATVId_${randomBytes(16).toString('hex')}`;
  return { sessionId, from, to, clientRequestId, heard: [], state: 'queued' };
}

const mostDocuments = 50;

/** Rings the person and plays the calls of our webhook to them, pressing what the behaviour says. */
export async function holdCall(url: string, call: PlacedCall, behaviour: Behaviour): Promise<void> {
  const common = {
    sessionId: call.sessionId,
    direction: 'Outbound',
    callerNumber: call.from,
    destinationNumber: call.to,
    clientRequestId: call.clientRequestId,
  };
  const began = Date.now();
  if (behaviour.answersCalls) {
    call.state = 'active';
    await converse(url, common, call, behaviour);
  }
  const seconds = behaviour.answersCalls ? Math.max(1, Math.round((Date.now() - began) / 1_000)) : 0;
  await postForm(url, {
    ...common,
    isActive: '0',
    callSessionState: 'Completed',
    status: behaviour.answersCalls ? 'Success' : 'Aborted',
    durationInSeconds: String(seconds),
    currencyCode: 'KES',
    amount: (seconds * 0.05).toFixed(2),
    hangupCause: behaviour.answersCalls ? 'NORMAL_CLEARING' : 'NO_ANSWER',
  });
  call.state = 'over';
}

async function converse(
  url: string,
  common: Readonly<Record<string, string | undefined>>,
  call: PlacedCall,
  behaviour: Behaviour,
): Promise<void> {
  const keys = [...behaviour.pressed];
  let next: { readonly url: string; readonly fields: Record<string, string> } | undefined = { url, fields: {} };
  for (let documents = 0; next !== undefined && documents < mostDocuments; documents++) {
    const fields = { ...common, isActive: '1', callSessionState: 'Answered', ...next.fields };
    const { body } = await postForm(next.url, fields);
    next = play(readCallDocument(body), call, keys, next.url);
  }
}

/** Goes through a document to the first action that asks us for another one. */
function play(
  actions: readonly CallAction[],
  call: PlacedCall,
  keys: string[],
  present: string,
): { readonly url: string; readonly fields: Record<string, string> } | undefined {
  for (const { name, attributes, text, within } of actions) {
    if (name === 'Say') call.heard.push(text);
    if (name === 'Play') call.heard.push(`[${attributes['url'] ?? ''}]`);
    for (const inner of within)
      call.heard.push(inner.name === 'Play' ? `[${inner.attributes['url'] ?? ''}]` : inner.text);
    const url = attributes['callbackUrl'] ?? present;
    const key = name === 'GetDigits' ? keys.shift() : undefined;
    if (key !== undefined) {
      call.heard.push(`> ${key}`);
      return { url, fields: { dtmfDigits: key } };
    }
    if (name === 'Record') return { url, fields: { recordingUrl: 'https://voice.example/recordings/1.mp3' } };
    if (name === 'Redirect') return { url: text.trim(), fields: {} };
    if (name === 'Dial' || name === 'Reject') return undefined;
  }
  return undefined;
}
