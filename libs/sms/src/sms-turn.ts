import type { Turn } from '@app/dialog';
import type { Account } from '@app/provider-kit';
import type { InboundMessage } from '@app/reporting';
import type { Msisdn } from '@app/telephony';
import { findKeyword, helpWord, type Command } from './keyword.js';
import type { SmsRoute } from './sms-route.js';

/** A message and what is known of it. */
export interface SmsTurnParts {
  readonly message: InboundMessage;
  readonly account: Account;
  readonly route: SmsRoute;
  readonly sender: Msisdn;
  readonly command: Exclude<Command, 'stop'> | undefined;
  /** When we set about answering it, epoch milliseconds: nobody waits on the line, and a job may run late. */
  readonly at: number;
  readonly deadlineMs: number;
}

/** One conversation for each person at each address. */
export function smsSessionId({ address }: SmsRoute, sender: Msisdn): string {
  return `${address}:${sender}`;
}

/** A message as the dialog service takes it: its dialog found, its keyword apart from the rest. */
export function toTurn(parts: SmsTurnParts): Turn {
  const { message, account, route, sender, at, deadlineMs } = parts;
  const { country, language: accountLanguage, repeatWindowMs, timezone, provider } = account;
  const keyword = keywordOf(parts);
  const { networkCode: network } = message;
  return {
    channel: 'sms',
    provider,
    account: account.account,
    sessionId: smsSessionId(route, sender),
    sessionIsProviders: false,
    caller: { id: sender, msisdn: sender, ...(network === undefined ? {} : { network }) },
    to: route.address,
    dialog: route.dialog,
    defaultDialog: route.defaultDialog,
    input: inputOf(parts, keyword !== undefined),
    ...(keyword === undefined ? {} : { keyword }),
    accountLanguage,
    timezone,
    country,
    screen: { kind: 'unlimited' },
    receivedAt: at,
    deadlineMs,
    repeatWindowMs,
  };
}

function keywordOf({ message, route, command }: SmsTurnParts): Turn['keyword'] {
  // START begins the address's own dialog anew, whatever keywords there are and whatever is open.
  if (command === 'start') return route.dialog === undefined ? undefined : { dialog: route.dialog, ...anew };
  const found = findKeyword(message.text, route.keywords);
  if (found === undefined) return undefined;
  const { keyword, dialog, rest } = found;
  return keyword.toLowerCase() === helpWord ? { dialog, rest, always: true } : { dialog, rest };
}

const anew = { rest: '', always: true } as const;

/** HELP without a dialog of its own says nothing to the open one, which then shows its question again. */
function inputOf({ message, command }: SmsTurnParts, hasKeyword: boolean): Turn['input'] {
  const saysNothing = command === 'help' && !hasKeyword;
  return {
    kind: 'latest',
    ...(saysNothing ? {} : { text: message.text }),
    dialled: false,
    shortcut: [],
    fingerprint: message.id,
    numbered: {},
  };
}
