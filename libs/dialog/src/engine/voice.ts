import type { SpokenPart, VoicePrompt } from '../turn.js';
import type { Walk } from './walk.js';

/** A choice as a screen lists it, or as a call speaks it. */
export function optionLines(walk: Walk, labels: readonly string[]): readonly string[] {
  return walk.context.channel === 'voice'
    ? labels.map((label, i) => walk.press(label, i + 1))
    : labels.map((label, i) => `${i + 1}. ${label}`);
}

/** One key where one is enough; else as many as the caller likes. */
export function promptForChoice(walk: Walk, count: number): { readonly prompt?: VoicePrompt } {
  if (walk.context.channel !== 'voice') return {};
  return { prompt: count < 10 ? { kind: 'digits', digits: 1 } : { kind: 'digits' } };
}

/** What of it is said. */
export function saidIn(parts: readonly SpokenPart[]): string[] {
  return parts.flatMap((part) => (part.kind === 'say' ? [part.text] : []));
}
