import type { Dialog, Text } from '../definition/model.js';
import { builtInPhrases, type PhraseName } from '../definition/phrases.js';
import type { Channel, Template } from '../values.js';

/** The variant of a text for a channel and a language; falls back `sw-KE` → `sw` → the dialog's first language. */
export function variantOf(
  text: Text,
  channel: Channel,
  language: string | undefined,
  languages: readonly string[],
): Template | undefined {
  const byLanguage = text.get(channel) ?? text.get('default');
  if (byLanguage === undefined) return undefined;
  const plain = byLanguage.get('');
  if (plain !== undefined && byLanguage.size === 1) return plain;
  return inLanguage(byLanguage, language) ?? inLanguage(byLanguage, languages[0]) ?? plain ?? first(byLanguage);
}

/** All variants of a text on a channel, for answers that are understood in every language. */
export function variantsOf(text: Text, channel: Channel): Iterable<Template> {
  return (text.get(channel) ?? text.get('default'))?.values() ?? [];
}

/** A phrase as the dialog replaces it in this language, else a built-in English one. */
export function phraseOf(
  dialog: Dialog | undefined,
  name: PhraseName,
  channel: Channel,
  language: string | undefined,
): Template | string {
  const replaced = dialog?.phrases.get(name);
  if (dialog === undefined || replaced === undefined) return builtInPhrases[name];
  const byLanguage = replaced.get(channel) ?? replaced.get('default');
  const wanted = language ?? dialog.languages[0];
  return (byLanguage && (inLanguage(byLanguage, wanted) ?? byLanguage.get(''))) ?? builtInPhrases[name];
}

/** Which of the dialog's languages serves a wish such as `sw-KE`; undefined: none. */
export function matchLanguage(wish: string | undefined, languages: readonly string[]): string | undefined {
  if (wish === undefined || wish === '') return undefined;
  const tag = wish.toLowerCase().replaceAll('_', '-');
  const exact = languages.find((language) => language.toLowerCase() === tag);
  if (exact !== undefined) return exact;
  const base = tag.split('-', 1)[0];
  return languages.find((language) => language.toLowerCase() === base);
}

function inLanguage(byLanguage: ReadonlyMap<string, Template>, language: string | undefined): Template | undefined {
  if (language === undefined) return undefined;
  const exact = byLanguage.get(language);
  if (exact !== undefined) return exact;
  const dash = language.indexOf('-');
  return dash < 0 ? undefined : byLanguage.get(language.slice(0, dash));
}

function first<T>(map: ReadonlyMap<string, T>): T | undefined {
  for (const value of map.values()) return value;
  return undefined;
}
