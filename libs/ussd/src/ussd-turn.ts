import type { Turn } from '@app/dialog';
import { defaultAddress, resolveDialled, resolveRoute } from '@app/provider-kit';
import type { Account, Routes, UssdContract, UssdTurn } from '@app/provider-kit';

const noRoutes: Routes = new Map();

/** A provider's USSD turn as the dialog service takes it: its dialog found, its limits filled in. */
export function toTurn(turn: UssdTurn, account: Account, contract: UssdContract, receivedAt: number): Turn {
  const { language } = turn;
  const { country, language: accountLanguage, deadlineMs, repeatWindowMs, timezone } = account;
  const routes = account.ussd ?? noRoutes;
  const { to, dialog, input } = addressOf(turn, routes);
  return {
    channel: 'ussd',
    provider: account.provider,
    account: account.account,
    sessionId: turn.sessionId,
    sessionIsProviders: true,
    caller: turn.caller,
    to,
    dialog,
    input,
    defaultDialog: routes.get(defaultAddress),
    language,
    accountLanguage,
    timezone,
    country,
    screen: contract.screen(account, turn.caller.network),
    receivedAt,
    deadlineMs: deadlineMs ?? contract.deadlineMs,
    repeatWindowMs,
  };
}

/** Where only the last input is sent, the first one is the whole dialled code: a code of ours and what was dialled behind it. */
function addressOf({ serviceCode, input }: UssdTurn, routes: Routes): Pick<Turn, 'to' | 'dialog' | 'input'> {
  if (input.kind === 'history' || !input.dialled) {
    return { to: serviceCode, dialog: resolveRoute(routes, serviceCode), input };
  }
  const dialled = resolveDialled(routes, serviceCode);
  const shortcut = [...dialled.shortcut, ...input.shortcut];
  return { to: dialled.serviceCode, dialog: dialled.dialog, input: { ...input, shortcut } };
}
