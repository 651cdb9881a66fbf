import type { Replayer, ReplayOutcome } from '@app/admin';
import { PayloadRejected, readFields, type AccountBook, type Fields, type ProviderRegistry } from '@app/provider-kit';
import type { KeptInboxRecord } from '@app/reporting';
import type { WebhookCall, WebhookLog, WebhookRoute } from '@app/webhook';
import type { WatchedStores } from './watched-stores.js';

/** What a replay works with. */
export interface ReplayPorts {
  /** Empty where this process serves no webhooks. */
  readonly routes: () => readonly WebhookRoute[];
  readonly providers: Pick<ProviderRegistry, 'find'>;
  readonly accounts: Pick<AccountBook, 'find'>;
  readonly stores: WatchedStores;
  readonly log: WebhookLog;
}

const noFields: Fields = Object.freeze(Object.create(null) as Record<string, unknown>);

/**
 * Hands webhooks of the inbox to their handlers once more, with the bytes and the arrival that they had. Nobody is asked for
 * a key or a signature: both were checked when they came, and neither is kept.
 */
export class InboxReplayer implements Replayer {
  constructor(private readonly ports: ReplayPorts) {}

  async replay(record: KeptInboxRecord): Promise<ReplayOutcome> {
    const { routes, providers, accounts, stores, log } = this.ports;
    const provider = providers.find(record.provider);
    const account = accounts.find(record.provider, record.account);
    const route = routes().find((each) => isFor(each, record));
    if (provider === undefined || account === undefined || route?.serves(provider, account) !== true) {
      return { kind: 'unserved' };
    }
    if (route.turns === true) return { kind: 'turn' };
    const call: WebhookCall = { ...requestOf(record, route), provider, account, route: record.route, log };
    const { result, seen } = await stores.watch(() => route.handle(call));
    if (seen.unread !== undefined) return { kind: 'unread', reason: seen.unread };
    if (result.reply.status >= 500) return { kind: 'not-kept' };
    if (seen.became.length === 0) return { kind: 'unread', reason: 'nothing came of it' };
    return { kind: 'read', became: seen.became };
  }
}

function isFor({ method, path }: WebhookRoute, record: KeptInboxRecord): boolean {
  const [itsMethod, itsPath = ''] = record.route.split(' ');
  if (itsMethod !== method) return false;
  const [wanted, given] = [path.split('/'), itsPath.split('/')];
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i]);
}

/** A query of its own stands in the body: the inbox keeps both as one. */
function requestOf(
  { id, body, contentType, receivedAt }: KeptInboxRecord,
  { method }: WebhookRoute,
): Pick<WebhookCall, 'request' | 'malformed'> {
  let fields = noFields;
  let malformed: PayloadRejected | undefined;
  try {
    fields = readFields(body, contentType, noFields);
  } catch (error) {
    if (!(error instanceof PayloadRejected)) throw error;
    malformed = error;
  }
  const headers = contentType === undefined ? {} : { 'content-type': contentType };
  const request = { id, method, headers, query: noFields, rawBody: body, contentType, fields };
  return { request: { ...request, receivedAt: receivedAt.getTime() }, malformed };
}
