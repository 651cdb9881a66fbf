/** What the dialogs, steps, outcomes and variables of a file may be called. */
export const namePatterns = {
  dialog: { test: /^[a-z0-9][a-z0-9-]{0,63}$/, says: 'small letters, digits and -' },
  step: { test: /^[A-Za-z0-9][\w-]{0,63}$/, says: 'letters, digits, - and _' },
  outcome: { test: /^[A-Za-z0-9][\w-]{0,63}$/, says: 'letters, digits, - and _' },
  action: { test: /^[A-Za-z0-9][\w.-]{0,127}$/, says: 'letters, digits, ., - and _' },
  variable: { test: /^[A-Za-z_]\w{0,63}$/, says: 'letters, digits and _, not beginning with a digit' },
  language: { test: /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, says: 'a language tag such as en or sw-KE' },
} as const;

/** What can have a name in a dialog file. */
export type NameKind = keyof typeof namePatterns;

/** Variables that every dialog has without saving them. */
export const builtInVariables: readonly string[] = [
  'caller',
  'channel',
  'provider',
  'account',
  'to',
  'language',
  'entities',
  'allEntities',
  'now',
];

/** What `caller.` may be followed by. */
export const callerMembers: readonly string[] = ['id', 'msisdn', 'network', 'name'];

const words = 'true false null nil empty blank in as break const continue else for function if import let loop package';
const reserved = new Set([
  ...`${words} namespace return var void while and or not contains forloop`.split(' '),
  ...['__proto__', 'prototype', 'constructor'],
]);

/** Why a variable cannot be saved under a name; undefined where it can. */
export function variableRefusal(name: string): { message: string; hint: string } | undefined {
  if (name !== 'language' && builtInVariables.includes(name)) {
    return { message: `"${name}" is a built-in variable.`, hint: 'Choose another name.' };
  }
  if (!namePatterns.variable.test.test(name)) {
    return { message: `"${name}" cannot name a variable.`, hint: `Use ${namePatterns.variable.says}.` };
  }
  if (reserved.has(name)) {
    return { message: `"${name}" is a word of the template or condition language.`, hint: 'Choose another name.' };
  }
  return undefined;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `500ms`, `3s`, `10m`, `24h`, `30d`; undefined for anything else, and for nothing at all. */
export function parseDuration(text: string, maxMs = 366 * 86_400_000): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  const ms = Number(match?.[1]) * (units[match?.[2] ?? ''] ?? NaN);
  return ms > 0 && ms <= maxMs ? ms : undefined;
}

/** Whether a text in `tag` can be used by a dialog that speaks `languages`. */
export function servesLanguage(tag: string, languages: readonly string[]): boolean {
  const base = tag.split('-')[0];
  return languages.some((language) => language === tag || language.split('-')[0] === base);
}
