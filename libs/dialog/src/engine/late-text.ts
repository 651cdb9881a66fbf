import type { DialogVersion } from '../definition/model.js';
import type { EffectResult } from '../ports.js';
import { advance } from './advance.js';
import type { WalkContext } from './context.js';
import type { DecidedMessage } from './decided.js';
import { present } from './present.js';
import { saidIn } from './voice.js';
import { copyWithoutUndo, type WalkState } from './walk-state.js';
import { Walk } from './walk.js';

/** A call with `late: sms`: an effect of which `late` is there. */
export interface LateCall {
  readonly step: string;
  readonly visit: number;
  readonly late: WalkState;
}

/**
 * What a call has to say whose result came when its turn had been answered without it: the messages and the screen of
 * the walk from there, as texts for SMS. Nothing is run and nothing is changed. Empty where the result is no news
 * (`timeout`), where the walk needs another effect before it says anything, or where nobody is known to send it to.
 */
export function lateMessages(
  version: DialogVersion,
  { step, visit, late }: LateCall,
  context: WalkContext,
  result: EffectResult,
): readonly DecidedMessage[] {
  if (result.outcome === 'timeout') return [];
  const walk = new Walk(version, copyWithoutUndo(late), { ...context, channel: 'sms' });
  const text = screenAfter(walk, result);
  // Named after the call as well: the turn itself may have come by the same step.
  const decided = walk.decided.map((message) => ({ ...message, step: `${step} ${message.step}` }));
  const to = context.caller.msisdn;
  return text === '' || to === undefined ? decided : [...decided, { step, visit, to, text }];
}

/** The screen that follows the call; what was said so far where a second effect is in the way. */
function screenAfter(walk: Walk, result: EffectResult): string {
  const walking = advance(walk, { kind: 'start' });
  walking.next();
  const next = walking.next(result);
  if (next.done !== true) return saidIn(walk.above).join('\n');
  return present(walk, next.value, { kind: 'unlimited' }).texts.join('\n');
}
