import { SendRefused } from '@app/provider-kit';
import type { Account, CallOrder, MessageOrder, Recipient, SendRequest, Sending } from '@app/provider-kit';

const form = 'application/x-www-form-urlencoded';

/** For how long a premium answer is tried again to be billed. */
const retryHours = '1';

interface Credentials {
  readonly username: string;
  readonly apiKey: string;
}

/**
 * The request of a message or call. Answers go out by the form that all clients use, bulk by the newer JSON endpoint; the sandbox does not
 * have that yet (a note in `lib/sms.js` of their own client), and gets bulk in a form as well.
 * @throws SendRefused `credentials-missing`
 */
export function renderSend(sending: Sending, account: Account): SendRequest {
  const credentials = credentialsOf(account);
  if (sending.kind === 'call') return callRequest(sending.order, credentials, account);
  const { order, recipients } = sending;
  if (order.linkId !== undefined) return premiumRequest(order, recipients, credentials, account);
  if (order.lane === 'bulk' && !isSandbox(credentials)) return bulkRequest(order, recipients, credentials, account);
  return formRequest(`${apiHost(credentials, account)}/version1/messaging`, credentials, {
    ...messageFields(order, recipients),
    bulkSMSMode: '1',
    enqueue: order.lane === 'bulk' ? '1' : undefined,
  });
}

function credentialsOf({ credentials }: Account): Credentials {
  const { username = '', apiKey = '' } = credentials;
  const missing = Object.entries({ username, apiKey }).filter(([, value]) => value === '');
  if (missing.length > 0) throw new SendRefused('credentials-missing', missing.map(([name]) => name).join(', '));
  return { username, apiKey };
}

/** The literal user name of every sandbox. */
function isSandbox({ username }: Credentials): boolean {
  return username === 'sandbox';
}

function bulkRequest(
  { text, from }: MessageOrder,
  recipients: readonly Recipient[],
  credentials: Credentials,
  account: Account,
): SendRequest {
  const body = {
    ...{ username: credentials.username, message: text },
    ...(from === undefined ? {} : { senderId: from }),
    ...{ phoneNumbers: recipients.map(({ to }) => to), enqueue: true },
  };
  const url = `${apiHost(credentials, account)}/version1/messaging/bulk`;
  return { method: 'POST', url, headers: headersOf(credentials, 'application/json'), body: JSON.stringify(body) };
}

function premiumRequest(
  order: MessageOrder,
  recipients: readonly Recipient[],
  credentials: Credentials,
  account: Account,
): SendRequest {
  return formRequest(`${contentHost(credentials, account)}/version1/messaging`, credentials, {
    ...messageFields(order, recipients),
    bulkSMSMode: '0',
    keyword: order.keyword,
    linkId: order.linkId,
    retryDurationInHours: retryHours,
  });
}

function callRequest({ id, from, to, dialog }: CallOrder, credentials: Credentials, account: Account): SendRequest {
  const host = overriddenHost(account, 'voice') ?? providersHost(credentials, 'voice');
  // Comes back with the call: the order, and what the person is to talk to.
  const clientRequestId = dialog === undefined ? id : `${id}.${dialog}`;
  return formRequest(`${host}/call`, credentials, { from, to, clientRequestId });
}

function messageFields(
  { text, from }: MessageOrder,
  recipients: readonly Recipient[],
): Readonly<Record<string, string | undefined>> {
  return { to: recipients.map(({ to }) => to).join(','), message: text, from };
}

function formRequest(
  url: string,
  credentials: Credentials,
  fields: Readonly<Record<string, string | undefined>>,
): SendRequest {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const body = new URLSearchParams([['username', credentials.username], ...given]).toString();
  return { method: 'POST', url, headers: headersOf(credentials, form), body };
}

function headersOf({ apiKey }: Credentials, contentType: string): Readonly<Record<string, string>> {
  return { apiKey, Accept: 'application/json', 'Content-Type': contentType };
}

function apiHost(credentials: Credentials, account: Account): string {
  return overriddenHost(account, 'api') ?? providersHost(credentials, 'api');
}

/** The sandbox has premium messages on its common host. */
function contentHost(credentials: Credentials, account: Account): string {
  const overridden = overriddenHost(account, 'content') ?? overriddenHost(account, 'api');
  return overridden ?? providersHost(credentials, isSandbox(credentials) ? 'api' : 'content');
}

function providersHost(credentials: Credentials, product: 'api' | 'content' | 'voice'): string {
  return `https://${product}.${isSandbox(credentials) ? 'sandbox.' : ''}africastalking.com`;
}

function overriddenHost({ endpoints }: Account, product: 'api' | 'content' | 'voice'): string | undefined {
  const host = endpoints[product]?.replace(/\/+$/, '');
  return host === '' ? undefined : host;
}
