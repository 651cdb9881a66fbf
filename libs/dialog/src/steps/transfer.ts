import { parseMsisdn } from '@app/telephony';
import type { TransferStep } from '../definition/model.js';
import type { Walk } from '../engine/walk.js';
import { elsewhere, type QuestionBehaviour } from './kind.js';

/**
 * Connects the caller to someone else; only a call can: everyone else goes another way. The walk waits here, and goes on
 * only when nobody took the call.
 */
export const transfer: QuestionBehaviour<TransferStep> = {
  enter(walk, step) {
    const possible = walk.context.channel === 'voice' && numberOf(walk, step) !== '';
    return possible ? { kind: 'wait' } : elsewhere(step.otherwise);
  },

  show: (walk, step) => ({
    head: '',
    options: [],
    prompt: { kind: 'transfer', number: numberOf(walk, step), record: step.record },
  }),

  read: () => ({ kind: 'refused' }),

  // A key that was pressed while it rang leads nowhere.
  claims: () => true,
};

/** In E.164 where it is a number; providers have addresses of their own kind too. */
function numberOf(walk: Walk, step: TransferStep): string {
  const number = walk.render(step.number).trim();
  return parseMsisdn(number, walk.context.country) ?? number;
}
