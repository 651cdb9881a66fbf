import { freshId, freshMsisdn } from './gateways.js';
import { send, type Answer, type Sent } from './send.js';

type Fields = Readonly<Record<string, string>>;

/** Our short code in the tests of messages. */
export const shortCode = '44170';

/** A form as Africa's Talking posts it. */
export function form(fields: Fields): Sent {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

/** An incoming message, every field that is not given made up afresh. */
export function incoming(fields: Fields = {}): Record<string, string> {
  return {
    ...{ date: '2026-03-04 10:30:00', from: freshMsisdn(), to: shortCode, text: 'hello', id: freshId('mo') },
    ...{ linkId: '', networkCode: '63902', cost: '' },
    ...fields,
  };
}

/** A delivery report. */
export function deliveryReport(id: string, status: string, fields: Fields = {}): Record<string, string> {
  return { id, status, phoneNumber: '+254700000201', networkCode: '63902', ...fields };
}

/** A report of a call that is over, as the voice callback gets it. */
export function finalNotice(sessionId: string, fields: Fields = {}): Record<string, string> {
  return {
    ...{ isActive: '0', sessionId, direction: 'Inbound', callerNumber: '+254700000201' },
    ...{ destinationNumber: '+254711082000', callSessionState: 'Completed', status: 'Success' },
    ...{ durationInSeconds: '42', currencyCode: 'KES', amount: '1.85', hangupCause: 'NORMAL_CLEARING' },
    ...fields,
  };
}

/** Posts a form to a path of the account `demo`. */
export function post(url: string, path: string, fields: Fields): Promise<Answer> {
  return send(url, path, form(fields));
}

/** An account that sends through fake providers; `content` takes premium messages, where it is another one. */
export function sendingAccount(
  account: string,
  urls: { readonly api: string; readonly content?: string },
  more: Readonly<Record<string, unknown>> = {},
): object {
  const { api, content = api } = urls;
  return {
    ...{ provider: 'africastalking', account, open: true, country: 'KE', replyFrom: shortCode },
    credentials: { username: 'shop', apiKey: 'the key of the shop' },
    endpoints: { api, content, voice: api },
    ...more,
  };
}
