import { maskMsisdn } from '@app/telephony';

/** How records are shown to a key that may not see personal data. */
export interface View {
  /** The key has `pii:read`. */
  readonly personal: boolean;
}

/** A number, or what stands for one, as this view shows it. */
export function shownNumber(number: string | undefined, { personal }: View): string | null {
  if (number === undefined) return null;
  return personal ? number : maskMsisdn(number);
}

/** What is left out of a masked record: payloads, and ids that a number can stand in. */
export function onlyPersonal<T extends object>({ personal }: View, fields: T): T | Record<string, never> {
  return personal ? fields : {};
}

// As people and addresses write it, with blanks, dashes, points, brackets; shorter rows of digits are amounts and years.
const between = String.raw`(?:[ \t()./\u00a0-]|%20|%28|%29|%2[DdEeFf]){0,2}`;
const numbers = new RegExp(String.raw`\+?\p{Nd}(?:${between}\p{Nd}){8,14}`, 'gu');
const inBetween = new RegExp(between, 'g');

/** A text with every number in it masked. */
export function shownText(text: string, { personal }: View): string {
  return personal ? text : text.replace(numbers, (number) => maskMsisdn(number.replace(inBetween, '')));
}

/** Whether a text holds what {@link shownText} would mask. */
export function holdsNumber(text: string): boolean {
  return text.search(numbers) !== -1;
}

/** A time as the API writes it; null where there is none. */
export function shownTime(time: Date | undefined): string | null {
  return time === undefined ? null : time.toISOString();
}
