import { parseMsisdn } from '@app/telephony';
import type { AskStep } from '../definition/model.js';
import { latinDigits } from './reading.js';

/** What an answer is saved as; undefined: it does not fit. */
export type AnswerReader = (answer: string, step: AskStep, country: string | undefined) => string | number | undefined;

/** Reads an answer by the type of its `ask`, limits included. Blanks around it are dropped, digits of any script are 0–9. */
export function readAnswer(answer: string, step: AskStep, country: string | undefined): string | number | undefined {
  return readers[step.type](latinDigits(answer).trim(), step, country);
}

/** Answers that the keys of a telephone can give; in a call, the others are spoken. */
export const typedWithKeys: ReadonlySet<AskStep['type']> = new Set([
  'integer',
  'decimal',
  'amount',
  'date',
  'phone',
  'pin',
]);

const readers: Record<AskStep['type'], AnswerReader> = {
  text: (answer, step) => (lengthFits(answer, step.minLength ?? 1, step.maxLength ?? 160) ? answer : undefined),

  integer: (answer, step) => {
    if (!/^-?\d{1,16}$/.test(answer)) return undefined;
    const value = Number(answer);
    // -0 would come back from the store as 0.
    return Number.isSafeInteger(value) && inRange(value, step) ? value + 0 : undefined;
  },

  decimal: (answer, step) => {
    if (!/^-?\d{1,15}(\.\d{1,15})?$/.test(answer)) return undefined;
    const value = Number(answer);
    return inRange(value, step) ? value + 0 : undefined;
  },

  amount: (answer, step) => {
    const digits = answer.replace(/\s/gu, ' ');
    if (!plainAmount.test(digits) && !groupedAmount.test(digits)) return undefined;
    const value = Number(digits.replace(/[ ,]/g, ''));
    return value <= Number.MAX_SAFE_INTEGER && inRange(value, step) ? value : undefined;
  },

  date: (answer, step) => {
    const date = readDate(answer);
    return date !== undefined && inRange(date, step) ? date : undefined;
  },

  phone: (answer, _step, country) => parseMsisdn(answer, country),

  pin: (answer, step) => {
    const min = step.minLength ?? Math.min(4, step.maxLength ?? 4);
    const max = step.maxLength ?? Math.max(4, min);
    return /^\d+$/.test(answer) && lengthFits(answer, min, max) ? answer : undefined;
  },

  pattern: (answer, step) => (step.pattern?.matches(answer) === true ? answer : undefined),
};

const plainAmount = /^\d{1,15}(\.\d{1,2})?$/;

/** `1,000`, `1 000 000.50`, and the Indian `10,00,000`; not `1,5`, which means one and a half to many. */
const groupedAmount = /^\d{1,3}([ ,]\d{2,3})*[ ,]\d{3}(\.\d{1,2})?$/;

/** `YYYY-MM-DD`, `DD/MM/YYYY` or `DDMMYYYY` of a day that exists, as an ISO date. */
function readDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const european = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  const [year, month, day] = iso
    ? [Number(iso[1]), Number(iso[2]), Number(iso[3])]
    : european
      ? [Number(european[3]), Number(european[2]), Number(european[1])]
      : [0, 0, 0];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real =
    year > 0 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.toISOString().slice(0, 10) : undefined;
}

function lengthFits(text: string, min: number, max: number): boolean {
  const length = Array.from(text).length;
  return length >= min && length <= max;
}

/** Numbers by size; ISO dates compare as texts. */
function inRange(value: number | string, { min, max }: AskStep): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}
