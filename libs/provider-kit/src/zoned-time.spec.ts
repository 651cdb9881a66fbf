import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zonedTime } from './index.js';

const iso = (text: string, timezone = 'UTC'): string | undefined => zonedTime(text, timezone)?.toISOString();

describe('zonedTime', () => {
  it.each([
    ['2026-03-04 10:31:07', 'UTC', '2026-03-04T10:31:07.000Z'],
    ['2026-03-04T10:31:07', 'Africa/Nairobi', '2026-03-04T07:31:07.000Z'],
    ['2021-04-09 16:27:39', 'Asia/Kolkata', '2021-04-09T10:57:39.000Z'],
    ['2026-03-04 10:31', 'Africa/Nairobi', '2026-03-04T07:31:00.000Z'],
    ['2026-03-04 10:31:07.123456', 'UTC', '2026-03-04T10:31:07.123Z'],
    ['2026-03-04T10:31:07Z', 'Africa/Nairobi', '2026-03-04T10:31:07.000Z'],
    ['2026-03-04T10:31:07.5+03:00', 'UTC', '2026-03-04T07:31:07.500Z'],
    ['2026-03-04 10:31:07 -0530', 'UTC', '2026-03-04T16:01:07.000Z'],
    ['2026-03-04 10:31:07 UTC', 'Africa/Nairobi', '2026-03-04T10:31:07.000Z'],
    ['1772620200', 'Africa/Nairobi', '2026-03-04T10:30:00.000Z'],
    ['1772620200123', 'Africa/Nairobi', '2026-03-04T10:30:00.123Z'],
    [' 2024-02-29 00:00:00 ', 'UTC', '2024-02-29T00:00:00.000Z'],
  ])('#28 #29 reads %j in %s', (text, timezone, expected) => {
    expect(iso(text, timezone)).toBe(expected);
  });

  it.each([
    ['a gap', '2026-03-29 02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['an overlap', '2026-10-25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['a gap of half an hour', '2026-10-04 02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['a day left out', '2011-12-30 12:00:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
    ['an offset with seconds', '1971-06-01 00:00:00', 'Africa/Monrovia', '1971-06-01T00:44:30.000Z'],
  ])('#28 knows %s', (_what, text, timezone, expected) => {
    expect(iso(text, timezone)).toBe(expected);
  });

  it.each([
    ...[
      '',
      'x',
      'infinity',
      'null',
      '0000-00-00 00:00:00',
      '0001-01-01 00:00:00',
      '9999-12-31 23:59:59',
      '1969-12-31 23:59:59',
    ],
    ...[
      '2026-02-30 10:00:00',
      '2025-02-29 10:00:00',
      '2026-13-01 00:00:00',
      '2026-03-04 24:00:00',
      '2026-03-04 10:60:00',
    ],
    ...[
      '2026-03-04 10:00:60',
      '2026-03-04',
      '04/03/2026 10:00:00',
      '2026-03-04 10:00:00+99',
      '20260304103107',
      '-1772620200',
    ],
    ...['9999999999999', '2026-03-04 10:00:00\u0000', '２０２６-03-04 10:00:00'],
  ])('#29 takes %j for no time', (text) => {
    expect(zonedTime(text, 'Africa/Nairobi')).toBeUndefined();
  });

  it('#28 agrees with the clocks of every zone, gaps and overlaps included', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const shownIn = (timezone: string, at: Date): string => {
      const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
      return parts.format(at);
    };
    const seconds = fc.integer({ min: Date.UTC(1975, 0, 1) / 1_000, max: Date.UTC(2037, 0, 1) / 1_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), seconds, (timezone, second) => {
        const at = new Date(second * 1_000);
        const read = zonedTime(shownIn(timezone, at), timezone)!;
        expect(shownIn(timezone, read)).toBe(shownIn(timezone, at));
        expect(read.getTime()).toBeLessThanOrEqual(at.getTime());
        const asWritten = at.toISOString().slice(0, 19).replace('T', ' ');
        const shown = shownIn(timezone, zonedTime(asWritten, timezone)!);
        // A time that the clock left out comes out later by the length of the gap.
        expect(shown >= asWritten).toBe(true);
        expect(Date.parse(`${shown}Z`) - at.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
      }),
      { numRuns: 3_000 },
    );
  });
});
