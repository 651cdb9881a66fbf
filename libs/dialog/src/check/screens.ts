import { replaceLookAlikes, septetsOf, ucs2UnitsOf } from '@app/telephony';
import type { Dialog, MenuStep, Step, Text } from '../definition/model.js';
import { builtInPhrases, type PhraseName } from '../definition/phrases.js';
import type { Template } from '../values.js';
import { placeOf, type CheckLimits, type Findings } from './findings.js';
import { textsOf } from './reads.js';

/** Stands in for the value of a variable: a word of twelve letters. */
const sampleValue = 'abcdefghijkl';

/** Characters that a network cannot show, and lines that no screen can hold however it is paged. */
export function checkScreens(dialog: Dialog, limits: CheckLimits, findings: Findings): void {
  for (const step of dialog.steps.values()) {
    if (step.kind === 'play' || step.kind === 'record') continue;
    checkCharacters(dialog, step, findings);
    if (step.kind !== 'sms') checkSize(dialog, step, limits.septets ?? 160, findings);
  }
}

function checkCharacters(dialog: Dialog, step: Step, findings: Findings): void {
  for (const { text, at, what } of textsOf(step)) {
    const odd = new Set(onScreens(text).flatMap((template) => unshowable(sampleOf(template))));
    if (odd.size === 0) continue;
    const shown = [...odd].slice(0, 8).join(' ');
    const message = `Characters that the GSM alphabet lacks in ${what}: ${shown} – less than half as much fits a screen.`;
    findings.warn(dialog, at, 'unshowable-characters', message, 'Write it without them, at least for ussd and sms.');
  }
}

function onScreens(text: Text): Template[] {
  return [...text].flatMap(([channel, variants]) => {
    const wanted = channel === 'default' || channel === 'ussd' || channel === 'sms';
    return wanted ? [...variants.values()] : [];
  });
}

function unshowable(text: string): string[] {
  return Array.from(replaceLookAlikes(text)).filter((character) => septetsOf(character) === undefined);
}

function checkSize(dialog: Dialog, step: Step, limit: number, findings: Findings): void {
  for (const language of dialog.languages) {
    const lines = linesOf(step, language);
    const screen = lines.map(({ line }) => line).join('\n');
    if (fits(screen, limit)) continue;
    const paging = pagingLines(dialog, language);
    for (const { line, path } of lines) {
      if (fits(`${line}${paging}`, limit)) continue;
      const width =
        septetsOf(line) === undefined ? `${ucs2UnitsOf(line)} characters (UCS-2)` : `${septetsOf(line) ?? 0} septets`;
      const message = `A line of "${step.name}" in ${language} takes ${width}; no page of ${limit} septets holds it whole.`;
      const hint = 'Shorten it, or break it into lines; values are counted as twelve letters.';
      findings.warn(dialog, placeOf(step, path), 'screen-too-long', message, hint);
    }
  }
}

function linesOf(step: Step, language: string): { line: string; path: string }[] {
  const texts = textsOf(step).filter(({ what }) => !what.startsWith('"invalid"'));
  return texts.flatMap(({ text }, index) => {
    const template = variantFor(text, language);
    if (!template) return [];
    const path = index === 0 ? step.kind : `options.${index - 1}`;
    const label = index === 0 ? '' : `${index}. `;
    return `${label}${replaceLookAlikes(sampleOf(template))}`.split('\n').map((line) => ({ line, path }));
  });
}

function pagingLines(dialog: Dialog, language: string): string {
  const line = (name: PhraseName & keyof Dialog['navigation']) => {
    const key = dialog.navigation[name];
    const phrase = dialog.phrases.get(name);
    const label = (phrase && variantFor(phrase, language)?.source) ?? builtInPhrases[name];
    return key === undefined ? '' : `\n${key}. ${label}`;
  };
  return `${line('more')}${line('back')}`;
}

function variantFor(text: Text, language: string): Template | undefined {
  const variants = text.get('ussd') ?? text.get('default');
  const base = language.split('-')[0] ?? '';
  return variants?.get(language) ?? variants?.get(base) ?? variants?.get('') ?? [...(variants?.values() ?? [])][0];
}

function fits(screen: string, limit: number): boolean {
  const septets = septetsOf(screen);
  return septets === undefined ? ucs2UnitsOf(screen) <= Math.floor((limit * 7) / 16) : septets <= limit;
}

/** A text with realistic values; nothing where it cannot be rendered with them. */
function sampleOf(template: Template): string {
  const values: Record<string, unknown> = {};
  for (const path of template.reads) plant(values, path);
  try {
    return template.render({ values, missing: () => undefined });
  } catch {
    // A filter that wants a number or a list; what the text is like then cannot be foreseen.
    return '';
  }
}

function plant(values: Record<string, unknown>, [member, ...rest]: readonly string[]): void {
  if (member === undefined) return;
  if (rest.length === 0) {
    if (!Object.hasOwn(values, member)) values[member] = sampleValue;
    return;
  }
  const there = Object.hasOwn(values, member) ? values[member] : undefined;
  const inner: Record<string, unknown> = isRecord(there) ? there : {};
  values[member] = inner;
  plant(inner, rest);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Navigation keys that are one another, or that an option of a menu takes for itself. */
export function checkNavigation(dialog: Dialog, findings: Findings): void {
  const keys = Object.entries(dialog.navigation) as [string, string][];
  for (const [index, [name, key]] of keys.entries()) {
    const other = keys.slice(0, index).find(([, earlier]) => earlier === key);
    if (!other) continue;
    const at = dialog.places?.get('navigation') ?? { line: 1, column: 1 };
    const message = `The navigation keys "${other[0]}" and "${name}" are both "${key}".`;
    findings.warn(dialog, at, 'navigation-clash', message, 'Give them different keys.');
  }
  for (const step of dialog.steps.values()) if (step.kind === 'menu') checkMenuKeys(dialog, step, keys, findings);
}

function checkMenuKeys(
  dialog: Dialog,
  step: MenuStep,
  keys: readonly (readonly [string, string])[],
  findings: Findings,
) {
  for (const [index, option] of (step.options ?? []).entries()) {
    const labels = [...option.label.values()].flatMap((variants) => [...variants.values()].map(({ source }) => source));
    const answers = [
      String(index + 1),
      ...option.also,
      ...labels,
      ...(option.value === undefined ? [] : [String(option.value)]),
    ];
    for (const [name, key] of keys) {
      if (!answers.some((answer) => answer.trim().toLowerCase() === key.toLowerCase())) continue;
      const message = `"${key}" chooses option ${index + 1} of "${step.name}", so that it is not "${name}" here.`;
      findings.warn(dialog, placeOf(step, `options.${index}`), 'navigation-clash', message, 'Change one of the two.');
    }
  }
}
