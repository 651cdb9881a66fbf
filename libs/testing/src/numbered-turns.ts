import type { Turn } from '@app/dialog';
import type { DialogTester } from './dialog-tester.js';

type Overrides = Partial<Omit<Turn, 'input'>>;

/** A text message as a turn: each id is a message of its own. */
export function smsTurn(tester: DialogTester, id: string, text: string | undefined, overrides: Overrides = {}): Turn {
  const msisdn = '+254700000201';
  return {
    channel: 'sms',
    provider: 'africastalking',
    account: 'demo',
    sessionId: `44170:${msisdn}`,
    sessionIsProviders: false,
    caller: { id: msisdn, msisdn },
    to: '44170',
    dialog: 'test',
    defaultDialog: 'test',
    input: {
      kind: 'latest',
      dialled: false,
      shortcut: [],
      fingerprint: id,
      numbered: {},
      ...(text === undefined ? {} : { text }),
    },
    timezone: 'Africa/Nairobi',
    country: 'KE',
    screen: { kind: 'unlimited' },
    receivedAt: tester.clock.now(),
    deadlineMs: 8_000,
    repeatWindowMs: 0,
    ...overrides,
  };
}

/** A hop of a call as a turn: what was heard (`''`: nothing) after the reply of turn `answers`; 0 is the ringing. */
export function callTurn(tester: DialogTester, answers: number, heard = '', overrides: Overrides = {}): Turn {
  const { input: _, ...turn } = smsTurn(tester, '', undefined);
  const silent = answers > 0 && heard === '';
  return {
    ...turn,
    channel: 'voice',
    sessionId: 'call-1',
    sessionIsProviders: true,
    to: '+254711000000',
    input: {
      kind: 'latest',
      dialled: answers === 0,
      shortcut: [],
      fingerprint: `${answers}:${silent ? 'noinput' : 'digits'}:${heard}`,
      numbered: { answers },
      ...(heard === '' ? { silent } : { text: heard }),
    },
    ...overrides,
  };
}
