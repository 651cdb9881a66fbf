import { describe, expect, it } from '@jest/globals';
import { countElements, readXml } from '@app/testing';
import fc from 'fast-check';
import { writeXml } from './xml.js';

describe('writeXml', () => {
  it('writes elements, attributes in order, and texts', () => {
    const root = {
      name: 'A',
      children: [
        { name: 'B', attributes: { z: '1', a: '2' } },
        { name: 'C', children: ['x'] },
      ],
    };
    expect(writeXml(root)).toBe('<?xml version="1.0" encoding="UTF-8"?><A><B z="1" a="2"/><C>x</C></A>');
  });

  it('#44 escapes what markup is made of, in texts and attributes', () => {
    const evil = `]]></Say><Dial phoneNumbers="+1"/>&amp;'`;
    const written = writeXml({ name: 'Say', attributes: { voice: evil }, children: [evil] });
    const safe = ']]&gt;&lt;/Say&gt;&lt;Dial phoneNumbers=&quot;+1&quot;/&gt;&amp;amp;&apos;';
    expect(written).toBe(`<?xml version="1.0" encoding="UTF-8"?><Say voice="${safe}">${safe}</Say>`);
  });

  it('#44 drops what no document may hold, and keeps the rest', () => {
    const text = 'a\0b\u0008c\u000bd\u001fe\ud800f\udc00g\ufffeh\uffffi\tj\nk😀l\u0085';
    expect(writeXml({ name: 'Say', children: [text] })).toContain('<Say>abcdefghi\tj\nk😀l\u0085</Say>');
  });

  it('#44 writes documents that parse to the same elements, for 10 000 random texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
      fc
        .array(
          fc.constantFrom('<', '>', '&', '"', "'", ']]>', '<!--', '<![CDATA[', '&#0;', '&x;', '</Say>', '<?', '\0'),
        )
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, text, (said, attribute) => {
        const document = writeXml({
          name: 'Response',
          children: [{ name: 'Say', attributes: { voice: attribute }, children: [said] }, { name: 'Reject' }],
        });
        const root = readXml(document);
        expect(countElements(root)).toBe(3);
        expect(root.children.map(({ name }) => name)).toEqual(['Say', 'Reject']);
        expect(Object.keys(root.children[0]!.attributes)).toEqual(['voice']);
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);
});
