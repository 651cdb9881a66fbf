import type { KeptSession, KeptTurn } from '@app/reporting';
import { shownNumber, shownText, shownTime, type View } from '../personal/masking.js';

/** A conversation as the API gives it; never with the key of the store, which holds what the provider calls the session. */
export function shownSession(session: KeptSession, view: View): object {
  const { key, channel, provider, account, caller, dialog, version, step, language, turns, ended } = session;
  return {
    ...{ key, channel, provider, account },
    caller: shownNumber(caller, view),
    ...{ dialog, version, step: step ?? null, language: language ?? null, turns, ended },
    startedAt: shownTime(session.startedAt),
    lastTurnAt: shownTime(session.lastTurnAt),
    expiresAt: shownTime(session.expiresAt),
  };
}

/** A turn as the API gives it; sensitive answers were masked before they were kept. */
export function shownTurn({ id, at, input, reply, step, durationMs, outcome }: KeptTurn, view: View): object {
  return {
    id,
    at: shownTime(at),
    input: input === undefined ? null : shownText(input, view),
    reply: shownText(reply, view),
    ...{ step: step ?? null, durationMs, outcome },
  };
}
