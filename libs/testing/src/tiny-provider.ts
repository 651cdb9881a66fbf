import { SendRefused } from '@app/provider-kit';
import type { Account, Provider, SendOutcome, SendReading, SendReply, Sending } from '@app/provider-kit';

/** A key that looks different in a URL. */
export const tinyKey = 'k3y+of/the=account';

/**
 * A provider with a protocol of its own: `{"to":[…]}` is answered by `{"<number>":"ok" or a send error}`. An account with the
 * endpoint `broken` makes it fail as by a fault of ours.
 */
export const tinyProvider: Provider = {
  ...{ id: 'tiny', name: 'Tiny', accountOptions: {} },
  send: {
    kinds: new Set(['message', 'call']),
    maxRecipients: 10,
    idempotent: false,
    renderSend(sending, { credentials: { apiKey }, endpoints: { api, broken } }) {
      if (apiKey === undefined) throw new SendRefused('credentials-missing');
      if (broken !== undefined) throw new TypeError(`cannot use ${apiKey}`);
      const body = JSON.stringify({ to: peopleOf(sending).map(({ to }) => to) });
      return { method: 'POST', url: `${api ?? ''}/send?key=${apiKey}`, headers: { apikey: apiKey }, body };
    },
    readSend: (reply, sending) => readWhole(reply) ?? readEach(reply, sending),
  },
};

/** Its account. */
export const tinyAccount: Account = {
  ...{ provider: 'tiny', account: 'demo', timezone: 'UTC', credentials: { apiKey: tinyKey }, webhookKeys: [] },
  ...{ open: true, secrets: [], repeatWindowMs: 1_500, resendUncertain: false, airtimeAllow: [], endpoints: {} },
  ...{ allowFrom: [], options: {} },
};

function readWhole({ status, body }: SendReply): SendReading | undefined {
  if (status === 401) return { kind: 'failed', error: 'credentials-refused', detail: body };
  if (status === 429) return { kind: 'failed', error: 'rate-limited' };
  if (status >= 500) return { kind: 'failed', error: 'provider-error', detail: body };
  return body === '' ? { kind: 'failed', error: 'request-refused' } : undefined;
}

function readEach({ body }: SendReply, sending: Sending): SendReading {
  const said = JSON.parse(body) as Record<string, string>;
  const outcomes = peopleOf(sending).flatMap(({ messageId, to }): SendOutcome[] => {
    const word = said[to];
    if (word === undefined) return [];
    if (word !== 'ok') return [{ kind: 'failed', messageId, error: word as never, providerStatus: `no ${tinyKey}` }];
    return [{ kind: 'settled', result: { messageId, status: 'sent', externalId: `id-${to}` } }];
  });
  return { kind: 'recipients', outcomes };
}

function peopleOf(sending: Sending) {
  return sending.kind === 'call' ? [{ messageId: sending.order.id, to: sending.order.to }] : sending.recipients;
}
