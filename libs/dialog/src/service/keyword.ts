import { claims } from '../steps/index.js';
import { comparable } from '../steps/reading.js';
import type { Walk } from '../engine/walk.js';

/**
 * Whether a keyword may take the place of an open session: only where a menu, or the question whether to resume, waits
 * and has no use for the text.
 */
export function interruptible(walk: Walk, text: string): boolean {
  const { state } = walk;
  const key = comparable(text);
  if (navigates(walk, key)) return false;
  if (state.offeringResume) return !resumeChoices(walk).includes(key);
  const step = walk.stepNamed(walk.frame.step);
  return step.kind === 'menu' && !claims(walk, step, text);
}

function navigates(walk: Walk, key: string): boolean {
  const { back, home, more } = walk.dialog.navigation;
  const keys = walk.state.pages === undefined ? [back, home] : [back, home, more ?? '98'];
  return keys.some((each) => each !== undefined && comparable(each) === key);
}

function resumeChoices(walk: Walk): string[] {
  const words = [...walk.phraseInEveryLanguage('continue'), ...walk.phraseInEveryLanguage('startAgain')];
  return ['1', '2', ...words.map(comparable)];
}
