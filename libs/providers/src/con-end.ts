import { PayloadRejected, text, word } from '@app/provider-kit';
import type { Account, HopMark, TurnReply, UssdTurn, WebhookReply, WebhookRequest } from '@app/provider-kit';
import { callerOf } from './caller.js';

/** The spellings of the session id: samples write `sessionId`, the prose of CradleBots `sessionID`. */
export const sessionIdNames = ['sessionId', 'session_id'] as const;

/**
 * A turn of the contract that Africa's Talking made and others copied: the whole history in `text`, joined by `*`.
 * A missing `text` is the first dial.
 * @throws PayloadRejected `session-id-missing`, `msisdn-missing`
 */
export function parseHistoryTurn(request: WebhookRequest, account: Account, hop?: HopMark): UssdTurn {
  const { fields } = request;
  const sessionId = word(fields, ...sessionIdNames);
  if (sessionId === undefined) throw new PayloadRejected('session-id-missing', 'sessionId');
  const number = text(fields, 'phoneNumber', 'phone_number') ?? '';
  if (number.trim() === '') throw new PayloadRejected('msisdn-missing', 'phoneNumber');
  const history = text(fields, 'text') ?? '';
  return {
    sessionId,
    caller: callerOf(number, word(fields, 'networkCode', 'network_code'), account),
    serviceCode: word(fields, 'serviceCode', 'service_code') ?? '',
    input: hop === undefined ? { kind: 'history', text: history } : { kind: 'history', text: history, hop },
    echo: {},
  };
}

/** A screen behind its prefix; nothing else writes `CON ` or `END `, whatever the text begins with. */
export function renderConEnd(
  reply: Pick<TurnReply, 'texts' | 'end'>,
  headers?: Readonly<Record<string, string>>,
): WebhookReply {
  const body = (reply.end ? 'END ' : 'CON ') + reply.texts.join('\n').replaceAll('\r', '');
  const contentType = 'text/plain; charset=utf-8';
  return headers === undefined ? { status: 200, contentType, body } : { status: 200, contentType, body, headers };
}

/** The closing screen for a request that could not be read. */
export function rejectConEnd(text: string): WebhookReply {
  return { ...renderConEnd({ texts: [text], end: true }), status: 400 };
}
