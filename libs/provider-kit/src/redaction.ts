import { maskMsisdn } from '@app/telephony';

/** Not within a longer run of digits, and not a part of a word or a hexadecimal id. */
const numbers = /(?<![\p{L}\d+])\+?\d{8,15}(?![\p{L}\d])/gu;

/** A text that may be logged: what could be a phone number, 8 to 15 digits, is masked. */
export function redactText(text: string): string {
  return text.replace(numbers, (number) => maskMsisdn(number));
}
