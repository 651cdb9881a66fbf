import type { Turn } from '@app/dialog';
import { defaultAddress } from '@app/provider-kit';
import type { Account, VoiceContract, VoiceInput, VoiceTurn } from '@app/provider-kit';
import type { Dialogs } from '@app/webhook';
import type { NumberRoutes } from './number-routes.js';

/** What tells which dialog a call is for. */
export interface DialogFinder {
  readonly dialogs: Pick<Dialogs, 'knows'>;
  readonly numbers: NumberRoutes;
}

/** A provider's request for call instructions as the dialog service takes it. */
export function toTurn(
  turn: VoiceTurn,
  account: Account,
  contract: VoiceContract,
  receivedAt: number,
  { dialogs, numbers }: DialogFinder,
): Turn {
  const { country, language: accountLanguage, deadlineMs, repeatWindowMs, timezone } = account;
  return {
    channel: 'voice',
    provider: account.provider,
    account: account.account,
    sessionId: turn.sessionId,
    sessionIsProviders: true,
    caller: turn.caller,
    to: turn.to,
    dialog: orderedDialog(turn, dialogs) ?? numbers.dialogOf(account, turn.to),
    input: inputOf(turn),
    defaultDialog: account.voice?.get(defaultAddress),
    accountLanguage,
    timezone,
    country,
    screen: { kind: 'unlimited' },
    receivedAt,
    deadlineMs: deadlineMs ?? contract.deadlineMs,
    repeatWindowMs,
  };
}

/** What the person of a call of ours is to talk to: it stands behind the order's id. */
function orderedDialog({ direction, clientRequestId }: VoiceTurn, dialogs: Pick<Dialogs, 'knows'>): string | undefined {
  if (direction !== 'outbound' || clientRequestId === undefined) return undefined;
  const dot = clientRequestId.indexOf('.');
  const dialog = clientRequestId.slice(dot + 1);
  return dot !== -1 && dialogs.knows(dialog) ? dialog : undefined;
}

function inputOf({ input, answers = 0 }: VoiceTurn): Turn['input'] {
  const text = textOf(input);
  return {
    kind: 'latest',
    ...(text === undefined ? {} : { text }),
    dialled: input.kind === 'start',
    shortcut: [],
    fingerprint: `${answers}:${input.kind}:${text ?? ''}`,
    numbered: { answers },
    ...(input.kind === 'silence' ? { silent: true } : {}),
  };
}

function textOf(input: VoiceInput): string | undefined {
  if (input.kind === 'digits') return input.digits;
  return input.kind === 'recording' ? input.url : undefined;
}
