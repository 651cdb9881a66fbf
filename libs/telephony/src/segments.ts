import { gsmWidthOf, septetsOf, splitsPair } from './gsm7.js';

/** What a text costs as an SMS. */
export interface SmsSegments {
  readonly encoding: 'gsm7' | 'ucs2';
  /** Septets in GSM-7, 16-bit units in UCS-2. */
  readonly units: number;
  /** At least 1: an empty text is a message too. */
  readonly segments: number;
}

const GSM_SINGLE = 160;
const GSM_PART = 153;
const UCS2_SINGLE = 70;
const UCS2_PART = 67;

/** Counts encoding, units and segments (160/153 septets, 70/67 units); escape and surrogate pairs stay whole. */
export function segmentsOf(text: string): SmsSegments {
  const septets = septetsOf(text);
  if (septets === undefined) {
    const segments = text.length <= UCS2_SINGLE ? 1 : countParts(text, nextUcs2Part);
    return { encoding: 'ucs2', units: text.length, segments };
  }
  if (septets <= GSM_SINGLE) return { encoding: 'gsm7', units: septets, segments: 1 };
  const plain = septets === text.length;
  return {
    encoding: 'gsm7',
    units: septets,
    segments: plain ? Math.ceil(septets / GSM_PART) : countParts(text, nextGsmPart),
  };
}

/** The parts that {@link segmentsOf} counts; joined they are the text. */
export function splitSegments(text: string): string[] {
  const { encoding, segments } = segmentsOf(text);
  if (segments === 1) return [text];
  const next = encoding === 'gsm7' ? nextGsmPart : nextUcs2Part;
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = next(text, start);
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

function countParts(text: string, next: (text: string, start: number) => number): number {
  let parts = 0;
  for (let start = 0; start < text.length; start = next(text, start)) parts += 1;
  return parts;
}

function nextGsmPart(text: string, start: number): number {
  let end = start;
  for (let septets = 0; end < text.length; end += 1) {
    septets += gsmWidthOf(text.charCodeAt(end));
    if (septets > GSM_PART) break;
  }
  return end;
}

function nextUcs2Part(text: string, start: number): number {
  const end = start + UCS2_PART;
  return end < text.length && splitsPair(text, end) ? end - 1 : end;
}
