import type { Dialog, Text } from '../definition/model.js';
import { servesLanguage } from '../definition/names.js';
import type { PhraseName } from '../definition/phrases.js';
import type { Template } from '../values.js';
import { placeIn, placeOf, type Findings } from './findings.js';
import { textsOf, type PlacedText } from './reads.js';

/**
 * Texts and phrases that are not there in every language of the dialog.
 * @param spoken it is heard on calls, even if no step of it needs one.
 */
export function checkTranslations(dialog: Dialog, spoken: boolean, findings: Findings): void {
  if (dialog.languages.length > 1) {
    for (const step of dialog.steps.values()) {
      // An address that is played may well be the same in every language.
      if (step.kind !== 'play') for (const placed of textsOf(step)) checkText(dialog, placed, findings);
    }
  }
  for (const language of dialog.languages) if (!isEnglish(language)) checkPhrases(dialog, language, spoken, findings);
  checkChosenLanguages(dialog, findings);
}

function checkText(dialog: Dialog, { text, at, what }: PlacedText, findings: Findings): void {
  const missing = new Set([...text.values()].flatMap((variants) => missingIn(variants, dialog.languages)));
  if (missing.size === 0) return;
  const languages = [...missing].join(', ');
  const message = `The text of ${what} is not there in ${languages}.`;
  findings.warn(dialog, at, 'missing-translation', message, `Write { ${dialog.languages.join(': …, ')}: … }.`);
}

function missingIn(variants: ReadonlyMap<string, Template>, languages: readonly string[]): string[] {
  const plain = variants.get('');
  if (plain) return hasWords(plain.source) ? languages.slice(1) : [];
  return languages.filter((language) => !has(variants, language));
}

/** A text of digits, signs and variables alone is the same in every language. */
function hasWords(source: string): boolean {
  return /\p{L}{2}/u.test(source.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, ''));
}

function has(variants: ReadonlyMap<string, unknown>, language: string): boolean {
  return variants.has(language) || variants.has(language.split('-')[0] ?? '');
}

function checkPhrases(dialog: Dialog, language: string, spoken: boolean, findings: Findings): void {
  const missing = phrasesInUse(dialog, spoken).filter((name) => !phraseHas(dialog.phrases.get(name), language));
  if (missing.length === 0) return;
  const message = `Phrases without ${language}, shown in English: ${missing.join(', ')}.`;
  const hint = `Add them under "phrases", for instance { ${missing[0] ?? ''}: { ${language}: … } }.`;
  findings.warn(
    dialog,
    placeIn(dialog, dialog.phrases.size > 0 ? 'phrases' : 'languages'),
    'missing-phrase',
    message,
    hint,
  );
}

function phraseHas(text: Text | undefined, language: string): boolean {
  const variants = text?.get('default');
  return variants !== undefined && (variants.has('') || has(variants, language));
}

/** The phrases that this dialog can come to show. */
function phrasesInUse(dialog: Dialog, spoken: boolean): PhraseName[] {
  const kinds = new Set([...dialog.steps.values()].map((step) => step.kind));
  const names: PhraseName[] = ['busy', 'unavailable', 'restarted'];
  if (kinds.has('menu')) names.push('invalid');
  if (kinds.has('ask')) names.push('invalidAnswer');
  if (kinds.has('menu') || kinds.has('ask')) names.push('goodbye');
  if (dialog.navigation.more !== undefined) names.push('more');
  if (dialog.navigation.back !== undefined) names.push('back');
  if (dialog.navigation.home !== undefined && dialog.showNavigation) names.push('home');
  if (dialog.resume === 'ask') names.push('resume', 'continue', 'startAgain');
  if (spoken || kinds.has('transfer') || kinds.has('record') || kinds.has('play')) {
    if (kinds.has('menu') || dialog.resume === 'ask') names.push('press');
    if (kinds.has('menu') || kinds.has('ask') || kinds.has('record')) names.push('noInput');
  }
  return names;
}

/** A language that a step chooses, but the dialog does not have. */
function checkChosenLanguages(dialog: Dialog, findings: Findings): void {
  for (const step of dialog.steps.values()) {
    const chosen: [unknown, string][] = [];
    if (step.kind === 'menu' && step.save === 'language') {
      (step.options ?? []).forEach(({ value }, index) => chosen.push([value, `options.${index}`]));
    }
    const value = step.kind === 'set' ? step.values.get('language') : undefined;
    if (value?.reads.length === 0) {
      chosen.push([value.evaluate({ values: {}, missing: () => undefined }), 'set.language']);
    }
    for (const [language, path] of chosen) {
      if (typeof language === 'string' && servesLanguage(language, dialog.languages)) continue;
      const shown = typeof language === 'string' ? `"${language}"` : 'This choice';
      const message = `${shown} is not a language of this dialog.`;
      const hint = `Use one of ${dialog.languages.join(', ')} as the value.`;
      findings.warn(dialog, placeOf(step, path), 'unknown-language', message, hint);
    }
  }
}

function isEnglish(language: string): boolean {
  return language === 'en' || language.startsWith('en-');
}
