import { describe, expect, it } from '@jest/globals';
import { DialogTester } from '@app/testing';

/** Asks once with these settings; what was saved, or 'refused'. */
async function asked(settings: string, answer: string): Promise<unknown> {
  const tester = new DialogTester({
    test: `
dialog: test
start: q
steps:
  q: { ask: Q?, ${settings}, save: x, go: tell }
  tell: { call: tell, with: { x: "{{ x }}" }, go: told }
  told: { menu: Told, options: [{ label: A, go: bye }] }
  bye: { end: Bye }
`,
  });
  tester.effects.on('tell', () => ({ outcome: 'ok' }));
  const phone = await tester.phone({ kind: 'latest' }).dial();
  await phone.answer(answer);
  return tester.effects.calls[0]?.input['x'] ?? 'refused';
}

describe('an answer', () => {
  it.each([
    ['type: text', '  Ann Wanjiru ', 'Ann Wanjiru'],
    ['type: text', '   ', 'refused'],
    ['type: text', 'x'.repeat(160), 'x'.repeat(160)],
    ['type: text', 'x'.repeat(161), 'refused'],
    ['type: text', '😀'.repeat(160), '😀'.repeat(160)],
    ['type: text, minLength: 3', 'ab', 'refused'],
    ['type: text, maxLength: 3', 'abcd', 'refused'],
    ['type: text', 'Plot ١٢', 'Plot 12'],
    ['type: integer', '42', 42],
    ['type: integer', ' -7 ', -7],
    ['type: integer', '०१२', 12],
    ['type: integer', '٤٢', 42],
    ['type: integer', '4.2', 'refused'],
    ['type: integer', '1e3', 'refused'],
    ['type: integer', '9007199254740993', 'refused'],
    ['type: integer, min: 1, max: 10', '0', 'refused'],
    ['type: integer, min: 1, max: 10', '10', 10],
    ['type: integer, min: 1, max: 10', '11', 'refused'],
    ['type: decimal', '4.25', 4.25],
    ['type: decimal', '-0.5', -0.5],
    ['type: decimal', '4,25', 'refused'],
    ['type: decimal, min: 0.5', '0.4', 'refused'],
    ['type: amount', '1,234.50', 1234.5],
    ['type: amount', '1 234 567', 1234567],
    ['type: amount', '0', 0],
    ['type: amount', '-1', 'refused'],
    ['type: amount', '1.234', 'refused'],
    ['type: amount, max: 100', '100.01', 'refused'],
    ['type: date', '2028-02-29', '2028-02-29'],
    ['type: date', '29/02/2028', '2028-02-29'],
    ['type: date', '29022028', '2028-02-29'],
    ['type: date', '29/02/2026', 'refused'],
    ['type: date', '2100-02-29', 'refused'],
    ['type: date', '2000-02-29', '2000-02-29'],
    ['type: date', '31/04/2026', 'refused'],
    ['type: date', '00/01/2026', 'refused'],
    ['type: date', '5/3/2026', 'refused'],
    ['type: date', '٠٥/٠٣/٢٠٢٦', '2026-03-05'],
    ['type: date, min: "2026-01-01", max: "2026-12-31"', '31122025', 'refused'],
    ['type: date, min: "2026-01-01", max: "2026-12-31"', '01012026', '2026-01-01'],
    ['type: phone', '0700 000 201', '+254700000201'],
    ['type: phone', '+233201234567', '+233201234567'],
    ['type: phone', '12', 'refused'],
    ['type: pin', '0123', '0123'],
    ['type: pin', '١٢٣٤', '1234'],
    ['type: pin', '12345', 'refused'],
    ['type: pin', '12a4', 'refused'],
    ['type: pin, minLength: 5, maxLength: 6', '12345', '12345'],
    ['type: pattern, pattern: "[A-Z]{2}[0-9]{2}"', 'AB12', 'AB12'],
    ['type: pattern, pattern: "[A-Z]{2}[0-9]{2}"', 'AB١٢', 'AB12'],
    ['type: pattern, pattern: "[A-Z]{2}[0-9]{2}"', 'xAB12', 'refused'],
    ['type: pattern, pattern: "[A-Z]{2}[0-9]{2}"', 'ab12', 'refused'],
  ])('of { %s } reads %j as %j', async (settings, answer, saved) => {
    expect(await asked(settings, answer)).toEqual(saved);
  });
});
