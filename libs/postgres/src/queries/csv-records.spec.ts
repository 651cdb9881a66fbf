import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CsvRecords } from './csv-records.js';

const records = (...chunks: string[]) =>
  text(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(new CsvRecords()));

describe('the records of a CSV', () => {
  it.each([
    ['a,b\n1,2\n', 'a,b\r\n1,2\r\n'],
    ['"a\nb","c""\n""d"\n"",\n', '"a\nb","c""\n""d"\r\n"",\r\n'],
    ['"a\r\nb"\n\n', '"a\r\nb"\r\n\r\n'],
    ['é,"ü\n"\nlast', 'é,"ü\n"\r\nlast'],
  ])('%j end with CRLF, and what is quoted stays, wherever a chunk ends', async (csv, expected) => {
    expect(await records(csv)).toBe(expected);
    const bytes = Buffer.from(csv);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const halves = Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)].filter((half) => half.length > 0));
      expect(await text(halves.pipe(new CsvRecords()))).toBe(expected);
    }
  });
});
