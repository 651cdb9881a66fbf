import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkSources } from './check-dialogs.js';

const source = readFileSync('examples/demo/dialogs/shamba.dialog.yaml', 'utf8');
const scraps = [
  '{{',
  '}}',
  '{%',
  ': ',
  '- ',
  '*x',
  '&x ',
  '!y ',
  '"',
  "'",
  '\t',
  '\n',
  '[',
  '}',
  '|',
  '>',
  '# ',
  'null',
  '00',
  '~',
  '\u0000',
  '\ud800',
  '<<',
  '? ',
];

describe('a dialog file cut and stirred at random', () => {
  it('is read or refused with places inside the file, and never makes the checker throw', () => {
    const edit = fc.record({ at: fc.nat(source.length), drop: fc.nat(40), put: fc.constantFrom('', ...scraps) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = source;
        for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        const { faults, versions } = checkSources(new Map([['shamba.dialog.yaml', text]]));
        const lines = text.split('\n');
        for (const { line, column, message, hint } of faults) {
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          expect(message).toMatch(/^\S.*\.$/su);
          expect(hint).not.toBe('');
        }
        expect(versions.length).toBe(faults.some(({ severity }) => severity === 'fault') ? 0 : 1);
      }),
      { numRuns: 200 },
    );
  });
});
