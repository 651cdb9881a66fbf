import type { RecordStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import { elsewhere, type QuestionBehaviour } from './kind.js';

/** Records what a caller says and saves where it can be heard; only a call can: everyone else goes another way. */
export const record: QuestionBehaviour<RecordStep> = {
  enter: (walk, step) => (walk.context.channel === 'voice' ? { kind: 'wait' } : elsewhere(step.otherwise)),

  show: (walk, step) => ({
    head: walk.text(step.text),
    options: [],
    prompt: { kind: 'recording', ...(step.maxSeconds !== undefined && { maxSeconds: step.maxSeconds }) },
  }),

  read(walk, step, answer) {
    if (!isRecording(answer)) return { kind: 'refused' };
    return {
      kind: 'fits',
      apply() {
        if (step.save !== undefined) walk.setVariable(step.save, answer);
        return go(step.go);
      },
    };
  },

  claims: (_walk, _step, answer) => isRecording(answer),
};

/** Whether an answer is the address of a recording, as against keys that were pressed. */
export function isRecording(answer: string): boolean {
  return /^https?:\/\/\S+$/i.test(answer);
}
