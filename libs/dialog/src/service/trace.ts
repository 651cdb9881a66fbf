import type { TurnTrace } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { Start } from './turn-start.js';
import { positionOf, type Worked } from './turn-work.js';

/** What a turn was about that was saved under the key. */
export function traceOf(
  turn: Turn,
  key: string,
  { session, version }: Start,
  worked: Worked,
  reply: TurnReply,
): TurnTrace {
  const { heard } = worked;
  return {
    sessionKey: key,
    caller: session.caller,
    dialog: session.dialog,
    version: version.version,
    asked: heard.asked,
    step: positionOf(session.state),
    refused: heard.refused,
    language: session.state?.language ?? session.language,
    turn: session.turns,
    input: heard.input,
    reply: reply.texts,
    ended: session.ended,
    startedAt: session.startedAt,
    expiresAt: session.ended ? reply.at : reply.at + version.root.idleMs[turn.channel],
  };
}
