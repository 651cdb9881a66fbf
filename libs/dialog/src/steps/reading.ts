/** An answer as it is compared: trimmed, inner blanks as one, letter case aside, digits of any script as 0–9. */
export function comparable(answer: string): string {
  return latinDigits(answer).trim().replace(/\s+/gu, ' ').toLowerCase();
}

const otherDigits = /(?![0-9])\p{Nd}/gu;

/** Reads decimal digits of any script as 0–9; everything else stays. */
export function latinDigits(text: string): string {
  return isAscii(text) ? text : text.replace(otherDigits, (digit) => String(valueOfDigit(digit)));
}

/** Unicode keeps each script's digits in a run of ten, and 0 first. */
function valueOfDigit(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  const mathematical = 0x1d7ce;
  if (code >= mathematical && code < mathematical + 50) return (code - mathematical) % 10;
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
