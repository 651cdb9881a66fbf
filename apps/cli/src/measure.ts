import type { ScreenLimit } from '@app/dialog';
import { segmentsOf, septetsOf, ucs2UnitsOf } from '@app/telephony';

/** How long a text is in the unit that its channel counts in, and how long it may be. */
export interface Measure {
  readonly used: number;
  /** Absent: as long as it likes. */
  readonly max?: number;
  readonly unit: 'septets' | 'UCS-2 units' | 'characters';
}

/** A text that GSM-7 cannot carry is counted in UCS-2 units, of which a screen holds fewer. */
export function measure(text: string, limit: ScreenLimit): Measure {
  if (limit.kind === 'unlimited') return { used: ucs2UnitsOf(text), unit: 'characters' };
  if (limit.kind === 'characters') return { used: ucs2UnitsOf(text), max: limit.max, unit: 'characters' };
  const septets = septetsOf(text);
  if (septets !== undefined) return { used: septets, max: limit.max, unit: 'septets' };
  return { used: ucs2UnitsOf(text), max: Math.floor((limit.max * 7) / 16), unit: 'UCS-2 units' };
}

/** `57/160 septets`, or `57 characters` where there is no limit. */
export function describeMeasure({ used, max, unit }: Measure): string {
  return `${used}${max === undefined ? '' : `/${max}`} ${unit}`;
}

/** What one message, and each part of several, hold: septets or UCS-2 units. */
const segmentSizes = { gsm7: [160, 153], ucs2: [70, 67] } as const;

/** `1 segment, GSM-7, 42/160`, or `2 segments, UCS-2, 81/134`. */
export function describeSegments(text: string): string {
  const { encoding, segments, units } = segmentsOf(text);
  const [single, part] = segmentSizes[encoding];
  const max = segments === 1 ? single : segments * part;
  const counted = segments === 1 ? '1 segment' : `${segments} segments`;
  return `${counted}, ${encoding === 'gsm7' ? 'GSM-7' : 'UCS-2'}, ${units}/${max}`;
}
