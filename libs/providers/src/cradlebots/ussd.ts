import type { UssdContract } from '@app/provider-kit';
import { parseHistoryTurn, rejectConEnd, renderConEnd } from '../con-end.js';

/** No limit is documented; a bot's message on WhatsApp or SMS should still be read at one go. */
const maxCharacters = 1_000;

/**
 * CradleBots copied the USSD contract of Africa's Talking for bots on WhatsApp and SMS: no hop header, no
 * end-of-session event. The number comes with or without `+`, and the service code need not be a USSD code.
 */
export const cradleBotsUssd: UssdContract = {
  deadlineMs: 8_000,
  screen: (account) =>
    account.maxSeptets === undefined
      ? { kind: 'characters', max: maxCharacters }
      : { kind: 'septets', max: account.maxSeptets },
  parse: (request, account) => ({ kind: 'turn', turn: parseHistoryTurn(request, account) }),
  render: (reply) => renderConEnd(reply),
  acknowledgeEnd: () => renderConEnd({ texts: [''], end: true }),
  reject: rejectConEnd,
};
