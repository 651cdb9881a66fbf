import { describe, expect, it } from '@jest/globals';
import { PayloadRejected, readFields, readQuery, type Fields } from './index.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const read = (text: string, contentType?: string, query: Fields = {}): Fields =>
  readFields(bytes(text), contentType, query);
const plain = (fields: Fields): unknown => JSON.parse(JSON.stringify(fields));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof PayloadRejected) return error.code;
    throw error;
  }
  return 'read';
}

describe('readFields', () => {
  const form = 'sessionId=s%201&text=1%2A2&name=Am%C3%A9lie';
  const json = '{"sessionId":"s 1","text":"1*2","name":"Amélie"}';
  const both = { sessionId: 's 1', text: '1*2', name: 'Amélie' };
  const labels = [
    undefined,
    '',
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=iso-8859-1',
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=UTF-16',
    'text/plain',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'nonsense',
  ];

  it.each(labels)('#39 decides by content under the label %s', (label) => {
    expect(plain(read(form, label))).toEqual(both);
    expect(plain(read(json, label))).toEqual(both);
  });

  it.each(['\ufeff', '  \r\n', '\ufeff\n\t', '\0'])('passes over what stands before and after a body: %j', (filler) => {
    expect(plain(read(filler + json + filler))).toEqual(both);
    expect(plain(read(filler + form + filler))).toEqual(both);
  });

  it('reads a query where the body is empty', () => {
    expect(plain(read('', undefined, { text: '1', sessionId: 's' }))).toEqual({ text: '1', sessionId: 's' });
    expect(plain(read(' \n\u0001', 'application/json', { text: '1' }))).toEqual({ text: '1' });
  });

  it('takes from the query only the names that the body lacks', () => {
    expect(plain(read('text=1', undefined, { text: '2', networkCode: '63902' }))).toEqual({
      text: '1',
      networkCode: '63902',
    });
  });

  it('never takes the webhook key from the query', () => {
    expect(plain(read('text=1', undefined, { key: 'k', a: 'b' }))).toEqual({ text: '1', a: 'b' });
    expect(plain(readQuery('key=k&a=b'))).toEqual({ a: 'b' });
    expect(plain(readQuery('a=b'))).toEqual({ a: 'b' });
  });

  it('#43 takes the last of several values of a name, in form, JSON, multipart and query alike', () => {
    expect(plain(read('a=1&a=2'))).toEqual({ a: '2' });
    expect(plain(read('{"a":"1","a":"2"}'))).toEqual({ a: '2' });
    expect(plain(read('{"a":1234567890123456789,"a":{"b":1},"a":2}'))).toEqual({ a: 2 });
    expect(plain(read('', undefined, { a: ['1', '2'] }))).toEqual({ a: '2' });
  });
});

describe('forms', () => {
  it.each([
    ['a=1+2&b=%2B', { a: '1 2', b: '+' }],
    ['a=100%&b=%zz&c=%4', { a: '100%', b: '%zz', c: '%4' }],
    ['a=%e9&b=%C3%A9%', { a: '\ufffd', b: 'é%' }],
    ['a=世%zz%E4%B8%96', { a: '世%zz世' }],
    ['a&b=&=c&&d=e=f', { a: '', b: '', d: 'e=f' }],
    ['%61%5B%5D=1', { 'a[]': '1' }],
    ['a=1\r\n', { a: '1' }],
  ])('reads %j', (body, expected) => {
    expect(plain(read(body))).toEqual(expected);
  });

  it('reads bytes that are no UTF-8 as U+FFFD', () => {
    const body = Buffer.concat([bytes('a=x'), Buffer.from([0xff]), bytes('y')]);
    expect(plain(readFields(body, undefined, {}))).toEqual({ a: 'x\ufffdy' });
  });

  it.each(['XXXX', '"text"', '"a=b"', '[1]', '[{"a":"b=c"}]', '<a b="c"/>', 'null', '12'])('#38 refuses %j', (body) => {
    expect(codeOf(() => read(body))).toBe('body-malformed');
  });

  it('#40 refuses more than 1 000 names', () => {
    const names = (n: number): string => Array.from({ length: n }, (_, i) => `f${String(i)}=1`).join('&');
    expect(Object.keys(read(names(1_000)))).toHaveLength(1_000);
    expect(codeOf(() => read(names(1_001)))).toBe('body-malformed');
  });
});

describe('JSON', () => {
  it('keeps every digit of a long number as text, and short numbers as numbers', () => {
    const body =
      '{"id":260304103000771845,"n":-12345678901234567890.5,"short":123456789012345,"x":1e3,"deep":[{"y":9007199254740993}]}';
    expect(plain(read(body))).toEqual({
      id: '260304103000771845',
      n: '-12345678901234567890.5',
      short: 123456789012345,
      x: 1000,
      deep: [{ y: '9007199254740993' }],
    });
  });

  it('does not take digits within a text for a number', () => {
    expect(plain(read('{"id":"260304103000771845","esc":"\\"1234567890123456789","n":1}'))).toEqual({
      id: '260304103000771845',
      esc: '"1234567890123456789',
      n: 1,
    });
  });

  it.each([
    ['{"a":1,}', { a: 1 }],
    ['{"a":[1,2, ],"b":{"c":",}",},}', { a: [1, 2], b: { c: ',}' } }],
    ['{"id":1234567890123456789,}', { id: '1234567890123456789' }],
  ])('#38 forgives a comma before a closing bracket: %s', (body, expected) => {
    expect(plain(read(body))).toEqual(expected);
  });

  it.each([
    '{"a":1',
    '{"a":',
    "{'a':1}",
    '{a:1}',
    '{"a":NaN}',
    '{"a":1}//',
    '{/* */"a":1}',
    '{"a":1,,}',
    '{,}',
    '{"a":[,]}',
    '{"a":"\n"}',
    '{"a":01234567890123456789}',
    '{"a":1}{"b":2}',
    '{"a":"b',
    '{x}=1',
  ])('#38 refuses %j', (body) => {
    expect(codeOf(() => read(body))).toBe('body-malformed');
  });

  it('#40 refuses deep nesting before it is parsed', () => {
    const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);
    expect(codeOf(() => read(nested(64)))).toBe('read');
    expect(codeOf(() => read(nested(65)))).toBe('body-too-deep');
    expect(codeOf(() => read('{"a":' + '['.repeat(20_000)))).toBe('body-too-deep');
    expect(plain(read(`{"a":"${'['.repeat(20_000)}"}`))).toEqual({ a: '['.repeat(20_000) });
  });

  it('#40 refuses an object of more than 1 000 members', () => {
    const body = (n: number): string =>
      JSON.stringify({ a: Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${String(i)}`, i])) });
    expect(codeOf(() => read(body(1_000)))).toBe('read');
    expect(codeOf(() => read(body(1_001)))).toBe('body-malformed');
  });
});

describe('multipart', () => {
  const part = (name: string, value: string, nl = '\r\n', head = ''): string =>
    `--xYz${nl}${head}Content-Disposition: form-data; ${name}${nl}${nl}${value}${nl}`;
  const multipart = 'multipart/form-data; boundary=xYz';

  it.each([multipart, 'multipart/form-data; boundary="xYz"; charset=utf-8', 'application/json', undefined])(
    '#39 reads texts under the label %s',
    (label) => {
      const body = part('name="a"', '1\r\n2') + part('name="é"', '') + part('name=b', '3') + '--xYz--';
      expect(plain(read(body, label))).toEqual({ a: '1\r\n2', é: '', b: '3' });
    },
  );

  it('reads a part whose type stands first, and lines that end in LF alone', () => {
    const body = part('name="a"', '1', '\n', 'Content-Type: text/plain\n') + '--xYz--\n';
    expect(plain(read(body))).toEqual({ a: '1' });
  });

  it('finds the boundary by the label behind a preamble, and ignores what follows the end', () => {
    expect(plain(read(`hello\r\n${part('name="a"', '1')}--xYz--\r\nbye`, multipart))).toEqual({ a: '1' });
  });

  it('leaves files out', () => {
    const body = part('name="f"; filename="q.txt"', 'file') + part('name="a"', '1') + '--xYz--';
    expect(plain(read(body))).toEqual({ a: '1' });
  });

  it('#43 takes the last of two values, and no unsafe name', () => {
    const body = part('name="a"', '1') + part('name="a"', '2') + part('name="__proto__"', 'x') + '--xYz--';
    expect(plain(read(body))).toEqual({ a: '2' });
  });

  it('#38 refuses a body that was cut off, or has a part without a head, or too many parts', () => {
    expect(codeOf(() => read(part('name="a"', '1')))).toBe('body-malformed');
    expect(codeOf(() => read(part('name="a"', '1') + '--xYz\r\nabc\r\n--xYz--'))).toBe('body-malformed');
    expect(codeOf(() => read(part('name="a"', '1').repeat(1_000) + '--xYz--'))).toBe('read');
    expect(codeOf(() => read(part('name="a"', '1').repeat(1_001) + '--xYz--'))).toBe('body-malformed');
  });
});

describe('prototypes (#43)', () => {
  const hostile = [
    '__proto__=x&constructor=y&prototype=z&__proto__[x]=1&a=1',
    '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"a":{"__proto__":{"x":1},"prototype":2,"b":[{"__proto__":3}]}}',
    '{"__proto__":{"x":1},"constructor":1,"id":1234567890123456789,"a":{"__proto__":{"x":1}}}',
  ];

  it.each(hostile)('drops the names that reach a prototype: %s', (body) => {
    const found = read(body, undefined, JSON.parse('{"__proto__":"q","constructor":"q"}') as Fields);
    expect(JSON.stringify(found)).not.toMatch(/"(?:__proto__|constructor|prototype)"/);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('makes objects without a prototype at every level', () => {
    const levels = read('{"a":{"b":[{"c":{}}]}}') as { a: { b: { c: object }[] } };
    for (const level of [
      levels,
      levels.a,
      levels.a.b[0]!,
      levels.a.b[0]!.c,
      read('a=1'),
      read('', undefined, { a: 1 }),
    ]) {
      expect(Object.getPrototypeOf(level)).toBeNull();
    }
  });
});
