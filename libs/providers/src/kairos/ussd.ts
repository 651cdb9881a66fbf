import { asText, cleanRecord, PayloadRejected, text, word } from '@app/provider-kit';
import type { Account, Fields, SessionReportDraft, UssdContract, WebhookReply } from '@app/provider-kit';
import { isDialledCode, ussdSeptetsOf } from '@app/telephony';
import { callerOf } from '../caller.js';

/**
 * The message types 4 and 5 of the MTN interface, whose field names Kairos shares: the person cancelled, or the
 * session timed out. All other types are input, since Kairos says that it "usually" sends 0 for a first hit and later.
 */
const endings: Readonly<Record<string, string>> = { '4': 'cancelled', '5': 'timeout' };

type Echo = Readonly<Record<string, string>>;

/**
 * USSD of Kairos Afrika: JSON with the last input only, the dialled code on the first hit; answered within 10 s.
 * https://docs.kairosafrika.com/ussd-api/endpoint/webhook-request
 */
export const kairosUssd: UssdContract = {
  deadlineMs: 8_000,
  // Kairos names neither a limit nor the network.
  screen: (account, networkCode) => ({ kind: 'septets', max: account.maxSeptets ?? ussdSeptetsOf(networkCode) }),
  parse({ fields }, account) {
    const sessionId = word(fields, 'sessionId', 'session_id');
    if (sessionId === undefined) throw new PayloadRejected('session-id-missing', 'sessionId');
    const number = text(fields, 'msisdn') ?? '';
    if (number.trim() === '') throw new PayloadRejected('msisdn-missing', 'msisdn');
    const caller = callerOf(number, undefined, account);
    const echo = echoOf(fields);
    const ending = endingOf(fields);
    if (ending !== undefined) {
      const report = endReport(sessionId, caller.id, ending, fields);
      return { kind: 'session-end', end: { sessionId, report, echo } };
    }
    const input = text(fields, 'ussdString') ?? '';
    const dialled = isDialledCode(input.trim());
    return {
      kind: 'turn',
      turn: {
        sessionId,
        caller,
        serviceCode: dialled ? input.trim() : '',
        input: { kind: 'latest', text: input, dialled, shortcut: [], fingerprint: input },
        echo,
      },
    };
  },
  render: (reply, turn, account) =>
    envelope(200, turn.echo, reply.texts.join('\n'), reply.at, messageType(account, reply.end)),
  acknowledgeEnd: (end, account, at) => envelope(200, end.echo, '', at, messageType(account, true)),
  reject: (closing, request, account) =>
    envelope(400, echoOf(request.fields), closing, request.receivedAt, messageType(account, true)),
};

function echoOf(fields: Fields): Echo {
  return { sessionId: text(fields, 'sessionId', 'session_id') ?? '', msisdn: text(fields, 'msisdn') ?? '' };
}

function endingOf(fields: Fields): string | undefined {
  const type = word(fields, 'messageType') ?? '';
  return Object.hasOwn(endings, type) ? endings[type] : undefined;
}

function endReport(sessionId: string, caller: string, providerStatus: string, fields: Fields): SessionReportDraft {
  return { sessionId, caller, status: 'incomplete', providerStatus, raw: cleanRecord(fields) };
}

/** No page of Kairos says how a session is closed: both codes can be set, 0 is documented and 2 is MTN's. */
function messageType(account: Account, end: boolean): string {
  return end ? (asText(account.options.endMessageType) ?? '2') : (asText(account.options.continueMessageType) ?? '0');
}

/** All five are required; the time is that of the first making, so that a repeat has the same bytes. */
function envelope(status: number, echo: Echo, ussdString: string, at: number, messageType: string): WebhookReply {
  const { sessionId = '', msisdn = '' } = echo;
  const body = JSON.stringify({ sessionId, ussdString, msisdn, timestamp: String(at), messageType });
  return { status, contentType: 'application/json', body };
}
