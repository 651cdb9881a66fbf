import type { UssdContract } from '@app/provider-kit';
import { ussdSeptetsOf } from '@app/telephony';
import { parseHistoryTurn, rejectConEnd, renderConEnd } from '../con-end.js';
import { hopHeader, readHopHeader, writeHopHeader } from './hop-header.js';
import { parseUssdEvent } from './ussd-event.js';

/** USSD of Africa's Talking: form posts with the whole history, answered with `CON ` or `END ` within 10 s. */
export const africasTalkingUssd: UssdContract = {
  deadlineMs: 8_000,
  screen: (account, networkCode) => ({ kind: 'septets', max: account.maxSeptets ?? ussdSeptetsOf(networkCode) }),
  parse(request, account) {
    const hop = readHopHeader(request.headers[hopHeader]);
    return { kind: 'turn', turn: parseHistoryTurn(request, account, hop) };
  },
  render(reply) {
    const mark = reply.end || reply.hop === undefined ? undefined : writeHopHeader(reply.hop);
    return renderConEnd(reply, mark === undefined ? undefined : { [hopHeader]: mark });
  },
  acknowledgeEnd: () => renderConEnd({ texts: [''], end: true }),
  reject: rejectConEnd,
  parseEvent: parseUssdEvent,
};
