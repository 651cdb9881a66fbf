import type { PlayStep } from '../definition/model.js';
import { go } from '../engine/next.js';
import type { StepBehaviour } from './kind.js';

/** Only a call can be played to: everyone else goes on. */
export const play: StepBehaviour<PlayStep> = {
  enter(walk, step) {
    const url = walk.context.channel === 'voice' ? walk.text(step.url) : '';
    if (url !== '') walk.above.push({ kind: 'play', url });
    return go(step.go);
  },
};
