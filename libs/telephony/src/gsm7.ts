// 3GPP TS 23.038 (GSM 03.38), in the order of its tables. The escape itself is no character of a text.
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extension = '\f^{}\\[~]|€';

const widths = new Uint8Array(0x10000);
for (let i = 0; i < basic.length; i += 1) widths[basic.charCodeAt(i)] = 1;
for (let i = 0; i < extension.length; i += 1) widths[extension.charCodeAt(i)] = 2;

/** Septets of one UTF-16 unit: 1, or 2 behind the escape, or 0 where GSM-7 does not have the character. */
export function gsmWidthOf(codeUnit: number): number {
  return widths[codeUnit] ?? 0;
}

/** Septets of a text in GSM-7; undefined when a character of it needs UCS-2. */
export function septetsOf(text: string): number | undefined {
  let septets = 0;
  for (let i = 0; i < text.length; i += 1) {
    const width = gsmWidthOf(text.charCodeAt(i));
    if (width === 0) return undefined;
    septets += width;
  }
  return septets;
}

/** 16-bit units of a text in UCS-2, as networks send it: a character outside the basic plane takes two. */
export function ucs2UnitsOf(text: string): number {
  return text.length;
}

/** Whether a cut before this place would part the two halves of a surrogate pair. */
export function splitsPair(text: string, index: number): boolean {
  return index > 0 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}
