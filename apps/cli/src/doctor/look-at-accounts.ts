import { sign, type Account, type Provider } from '@app/provider-kit';
import { providers } from '@app/providers';
import type { Environment } from '@app/settings';
import type { Workspace } from '@app/workspace';
import { messageOf } from '../failures.js';
import { fault, skipped, warning, well, type Finding } from './finding.js';

const limitMs = 10_000;
const body = JSON.stringify({ ongea: 'doctor' });

/** Whether providers can reach us where they are told to. */
export async function lookAtPublicUrl(environment: Environment): Promise<readonly Finding[]> {
  const { publicUrl, production } = environment;
  const of = 'public url';
  if (publicUrl === undefined) {
    const hint = 'Set it to the address that providers reach us by.';
    return [(production ? fault : warning)(of, 'ONGEA_PUBLIC_URL is not set', hint)];
  }
  const secure = publicUrl.startsWith('https://')
    ? []
    : [(production ? fault : warning)(of, `${publicUrl} is not https`, 'Webhooks carry numbers and keys: use TLS.')];
  try {
    const { status } = await fetch(`${publicUrl}/health/ready`, { signal: AbortSignal.timeout(limitMs) });
    if (status === 200) return [...secure, well(of, `${publicUrl} answers`)];
    const hint = 'A server that is ready must answer there: look at its log, and at what stands before it.';
    return [...secure, fault(of, `${publicUrl}/health/ready answers ${String(status)}`, hint)];
  } catch (error) {
    return [
      ...secure,
      fault(of, `${publicUrl} does not answer: ${reasonOf(error)}`, 'Is the server running, and its name known?'),
    ];
  }
}

/** The guard of each account, and one round trip through the public address with its key and signature. */
export async function lookAtAccounts(
  { publicUrl, host, port, production }: Environment,
  { configuration }: Workspace,
): Promise<readonly Finding[]> {
  const base = publicUrl ?? `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${String(port)}`;
  const looks = configuration.accounts.map(async (account) => {
    const provider = providers.find(({ id }) => id === account.provider);
    if (provider === undefined) return [];
    return [guardOf(account, provider, production), await roundTrip(base, account, provider)];
  });
  return (await Promise.all(looks)).flat();
}

function guardOf(account: Account, provider: Provider, production: boolean): Finding {
  const of = nameOf(account);
  const guards = [
    ...(account.webhookKeys.length > 0 ? ['webhook keys'] : []),
    ...(account.allowFrom.length > 0 ? ['addresses'] : []),
    ...(isSigned(account, provider) ? ['signatures'] : []),
  ];
  if (guards.length > 0) return well(of, `guarded by ${guards.join(', ')}`);
  if (account.open) return warning(of, 'open: anybody may post to it', 'Give it webhookKeys, unless that is meant.');
  const hint = 'Give it webhookKeys, allowFrom or secrets; in production it must be open: true otherwise.';
  return (production ? fault : warning)(of, 'nothing guards it', hint);
}

/** Posts a notice that is kept and has no effect, as the provider would, and once as nobody should. */
async function roundTrip(base: string, account: Account, provider: Provider): Promise<Finding> {
  const of = `round trip ${account.provider}/${account.account}`;
  try {
    const { status } = await post(base, account, headersOf(account, provider), account.webhookKeys[0]);
    if (status === 403 && account.allowFrom.length > 0) {
      return skipped(of, 'this machine is not among the addresses of allowFrom');
    }
    if (status !== 200) {
      const hint =
        'Does the server run with this configuration, and does what stands before it pass requests on whole?';
      return fault(of, `the webhook answers ${String(status)} to a request that is right`, hint);
    }
    if (account.webhookKeys.length === 0 && !isSigned(account, provider)) return well(of, 'answered 200');
    const stranger = await post(base, account, {}, undefined);
    if (stranger.status === 401) return well(of, 'answered 200, and 401 without key and signature');
    const hint = 'The server runs with another configuration than this one: restart it.';
    return fault(of, `the webhook answers ${String(stranger.status)} without key and signature`, hint);
  } catch (error) {
    return fault(of, reasonOf(error), 'Is the server running?');
  }
}

function post(
  base: string,
  { provider, account }: Account,
  headers: Readonly<Record<string, string>>,
  key: string | undefined,
): Promise<Response> {
  return fetch(`${base}/events/${provider}/${account}/ongea-doctor`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...headers,
      // In a header it stays out of the logs of what stands before us.
      ...(key === undefined ? {} : { 'x-webhook-key': key }),
    },
    body,
    signal: AbortSignal.timeout(limitMs),
  });
}

/** Both ways in which providers sign; each account looks for its own. */
function headersOf(account: Account, provider: Provider): Record<string, string> {
  const [secret] = account.secrets;
  if (secret === undefined || !isSigned(account, provider)) return {};
  const signature = sign({ algorithm: 'sha1', prefix: 'sha1=' }, Buffer.from(body), secret);
  return { authorization: `Bearer ${secret}`, 'x-hub-signature': signature };
}

function isSigned(account: Account, { signature }: Provider): boolean {
  return signature?.signs(account) === true;
}

function nameOf({ provider, account }: Account): string {
  return `account ${provider}/${account}`;
}

function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
