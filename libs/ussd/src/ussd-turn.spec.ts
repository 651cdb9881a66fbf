import { describe, expect, it } from '@jest/globals';
import type { Turn } from '@app/dialog';
import { readFields, type Account } from '@app/provider-kit';
import { providers } from '@app/providers';
import { toTurn } from './ussd-turn.js';

const lists = { webhookKeys: [], allowFrom: [], secrets: [], airtimeAllow: [] };
const empty = { ...lists, credentials: {}, endpoints: {}, resendUncertain: false, open: false, options: {} };

function turnOf(provider: string, routes: Record<string, string>, payload: object): Turn {
  const contract = providers.find(({ id }) => id === provider)!.ussd!;
  const ussd = new Map(Object.entries(routes));
  const account: Account = { provider, account: 'demo', timezone: 'UTC', repeatWindowMs: 1_500, ussd, ...empty };
  const rawBody = Buffer.from(JSON.stringify(payload));
  const fields = readFields(rawBody, undefined, {});
  const request = {
    id: '1',
    method: 'POST',
    headers: {},
    query: {},
    rawBody,
    contentType: undefined,
    fields,
    receivedAt: 7,
  };
  const inbound = contract.parse(request, account);
  if (inbound.kind !== 'turn') throw new Error('no turn');
  return toTurn(inbound.turn, account, contract, 7);
}

describe('the dialog of a USSD turn', () => {
  const hit = { msisdn: '233200000301', sessionId: '260304103000771123', messageType: '0' };
  const routes = { '*887#': 'short', '*887*21#': 'long', default: 'other' };

  it.each([
    ['*887*21*2#', { to: '*887*21#', dialog: 'long', shortcut: ['2'] }],
    ['*887*21#', { to: '*887*21#', dialog: 'long', shortcut: [] }],
    ['*887*5*6#', { to: '*887#', dialog: 'short', shortcut: ['5', '6'] }],
    ['*999#', { to: '*999#', dialog: 'other', shortcut: [] }],
  ])('is found in the dialled code %s, which is taken apart', (ussdString, { to, dialog, shortcut }) => {
    const turn = turnOf('kairos', routes, { ...hit, ussdString });
    expect(turn).toMatchObject({ to, dialog, input: { kind: 'latest', dialled: true, shortcut } });
  });

  it('is the default one for a later answer of a last-input provider', () => {
    const turn = turnOf('kairos', routes, { ...hit, ussdString: '1' });
    expect(turn).toMatchObject({
      dialog: 'other',
      defaultDialog: 'other',
      input: { text: '1', dialled: false, shortcut: [] },
    });
  });

  it('is none for a code that no route names', () => {
    const dial = {
      sessionId: '1',
      phoneNumber: '+254700000201',
      networkCode: '63902',
      serviceCode: '*384*2#',
      text: '',
    };
    const turn = turnOf('africastalking', { '*384*1#': 'shamba' }, dial);
    expect(turn).toMatchObject({ to: '*384*2#', dialog: undefined, defaultDialog: undefined });
  });
});
