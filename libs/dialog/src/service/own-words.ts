import type { Dialog } from '../definition/model.js';
import type { PhraseName } from '../definition/phrases.js';
import { matchLanguage, phraseOf } from '../engine/texts.js';
import type { TurnOutcome } from '../ports.js';
import type { Turn, TurnReply } from '../turn.js';
import type { Channel } from '../values.js';

/** A phrase as a dialog says it; the built-in English one where there is no dialog. */
export function ownWords(
  dialog: Dialog | undefined,
  name: PhraseName,
  channel: Channel,
  language: string | undefined,
): string {
  const phrase = phraseOf(dialog, name, channel, language);
  return typeof phrase === 'string' ? phrase : phrase.render({ values: {}, missing: () => undefined });
}

/** The language that a turn asks for, of those that the dialog speaks: the provider's word, else the account's. */
export function wishedLanguage(
  { language, accountLanguage }: Pick<Turn, 'language' | 'accountLanguage'>,
  dialog: Dialog | undefined,
): string | undefined {
  const languages = dialog?.languages ?? [];
  return matchLanguage(language, languages) ?? matchLanguage(accountLanguage, languages);
}

/** A reply that closes the conversation with a phrase; `busy` and `unavailable` are failures of ours. */
export function closingReply(
  outcome: Extract<TurnOutcome, 'busy' | 'unavailable' | 'goodbye' | 'notServed'>,
  dialog: Dialog | undefined,
  { channel }: Pick<Turn, 'channel'>,
  language: string | undefined,
  at: number,
): TurnReply {
  const text = ownWords(dialog, outcome, channel, language);
  const failed = outcome === 'busy' || outcome === 'unavailable';
  const reply = { texts: [text], end: true, failed, at, outcome };
  if (channel !== 'voice') return reply;
  const spoken = [{ kind: 'say' as const, text }];
  return { ...reply, voice: { spoken, language: language ?? dialog?.languages[0] ?? 'en' } };
}
