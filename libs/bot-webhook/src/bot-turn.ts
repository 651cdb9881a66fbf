import { createHash } from 'node:crypto';
import type { Turn } from '@app/dialog';
import { defaultAddress, resolveRoute } from '@app/provider-kit';
import type { Account, BotContract, BotTurn, Routes, WebhookRequest } from '@app/provider-kit';

const noRoutes: Routes = new Map();

/** A bot's call as the dialog service takes it: its dialog found, its limits filled in. */
export function toTurn(turn: BotTurn, account: Account, contract: BotContract, request: WebhookRequest): Turn {
  const { text, language } = turn;
  const { country, language: accountLanguage, deadlineMs, repeatWindowMs, timezone } = account;
  const routes = account.bot ?? noRoutes;
  return {
    channel: 'bot',
    provider: account.provider,
    account: account.account,
    sessionId: turn.conversation,
    sessionIsProviders: false,
    caller: turn.caller,
    to: turn.node,
    dialog: resolveRoute(routes, turn.node),
    defaultDialog: routes.get(defaultAddress),
    input: {
      kind: 'latest',
      ...(text === undefined ? {} : { text }),
      dialled: false,
      shortcut: [],
      // No call has an id: what repeats the whole body repeats the call.
      fingerprint: createHash('sha256').update(request.rawBody).digest('base64url'),
    },
    ...(language === undefined ? {} : { language }),
    ...(accountLanguage === undefined ? {} : { accountLanguage }),
    timezone,
    ...(country === undefined ? {} : { country }),
    entities: turn.entities,
    allEntities: turn.allEntities,
    screen: { kind: 'unlimited' },
    receivedAt: request.receivedAt,
    deadlineMs: deadlineMs ?? contract.deadlineMs,
    repeatWindowMs,
  };
}
