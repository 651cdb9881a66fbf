import { count, PayloadRejected, text, word } from '@app/provider-kit';
import type { Account, Fields, VoiceInbound, VoiceInput, WebhookRequest } from '@app/provider-kit';
import { addressIn, callerOf } from '../caller.js';
import { withoutAbsent } from '../without-absent.js';
import { directionOf } from './call-fields.js';

/**
 * Reads a call that wants to know what to do next. Whether it answers a turn, or nobody answered that, stands in the address that it is
 * posted to alone, since we wrote that.
 * @throws PayloadRejected `msisdn-missing`
 */
export function parseVoiceTurn(sessionId: string, request: WebhookRequest, account: Account): VoiceInbound {
  const { fields, query } = request;
  const unanswered = count(query, 'noinput');
  const answers = count(query, 'turn') ?? unanswered;
  // Our actions made a transfer, which somebody took; the same document again would ring without end.
  if (unanswered === undefined && word(fields, 'dialDestinationNumber') !== undefined)
    return { kind: 'picked-up', sessionId };
  const direction = directionOf(fields) ?? (word(fields, 'clientRequestId') === undefined ? 'inbound' : 'outbound');
  const ends = ['callerNumber', 'destinationNumber'] as const;
  const [person, ours] = direction === 'inbound' ? ends : ([ends[1], ends[0]] as const);
  const number = text(fields, person) ?? '';
  if (number.trim() === '') throw new PayloadRejected('msisdn-missing', person);
  return {
    kind: 'turn',
    turn: {
      ...{
        sessionId,
        direction,
        caller: callerOf(number, undefined, account),
        to: addressIn(fields, ours, account) ?? '',
      },
      input: unanswered === undefined ? inputOf(fields, answers) : { kind: 'silence' },
      ...withoutAbsent({ answers, clientRequestId: word(fields, 'clientRequestId') }),
    },
  };
}

function inputOf(fields: Fields, answers: number | undefined): VoiceInput {
  const keys = word(fields, 'dtmfDigits');
  if (keys !== undefined) {
    // The documentation does not tell whether the key that ends them comes along; it is seen in the field.
    const digits = keys.replace(/#+$/, '');
    return digits === '' ? { kind: 'silence' } : { kind: 'digits', digits };
  }
  const url = word(fields, 'recordingUrl');
  if (url !== undefined) return { kind: 'recording', url };
  return answers === undefined ? { kind: 'start' } : { kind: 'silence' };
}
