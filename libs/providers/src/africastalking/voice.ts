import { cleanRecord, count, PayloadRejected, word } from '@app/provider-kit';
import type { Account, Fields, VoiceContract, VoiceFinal, WebhookReply } from '@app/provider-kit';
import { sessionIdNames } from '../con-end.js';
import { isOver, tellsOutcome } from './call-fields.js';
import { callReportOf } from './voice-report.js';
import { parseVoiceTurn } from './voice-turn.js';
import { writeCall, writeDocument } from './voice-xml.js';

/**
 * Voice of Africa's Talking: form posts about a call, answered with a document of actions; no time limit is named.
 * https://developers.africastalking.com/docs/voice/handle_calls
 */
export const africasTalkingVoice: VoiceContract = {
  deadlineMs: 8_000,
  parse(request, account) {
    const { fields } = request;
    const sessionId = sessionIdOf(fields);
    if (!isOver(fields)) return parseVoiceTurn(sessionId, request, account);
    return finalOf(sessionId, fields, account);
  },
  render: (reply, callbacks, account) => asReply(writeCall(reply, callbacks, account)),
  refuse: () => asReply(writeDocument([{ name: 'Reject' }])),
  nothing: () => asReply(writeDocument([])),
  parseEvent({ fields }, account) {
    const sessionId = sessionIdOf(fields);
    if (tellsOutcome(fields)) return finalOf(sessionId, fields, account);
    return { kind: 'notice', notice: { topic: topicOf(fields), raw: cleanRecord(fields) } };
  },
};

function finalOf(sessionId: string, fields: Fields, account: Account): VoiceFinal {
  const transferred = (count(fields, 'dialDurationInSeconds') ?? 0) > 0;
  return { kind: 'final', sessionId, report: callReportOf(sessionId, fields, account), transferred };
}

function sessionIdOf(fields: Fields): string {
  const sessionId = word(fields, ...sessionIdNames);
  if (sessionId === undefined) throw new PayloadRejected('session-id-missing', 'sessionId');
  return sessionId;
}

/** `call-transferred`, after the state that the call is in. */
function topicOf(fields: Fields): string {
  const words = (word(fields, 'callSessionState') ?? 'event').toLowerCase().match(/[a-z0-9]+/g) ?? ['event'];
  return ['call', ...words].join('-').slice(0, 64);
}

// Their samples say text/plain; application/xml is seen to work, and is what it is.
function asReply(document: string): WebhookReply {
  return { status: 200, contentType: 'application/xml', body: document };
}
