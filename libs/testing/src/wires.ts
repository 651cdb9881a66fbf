import type { Fields } from '@app/provider-kit';

const json = 'application/json';

/** A request's body with its label, and its query without the webhook key. */
export interface Wire {
  readonly body: string | Uint8Array;
  readonly contentType?: string | undefined;
  readonly query?: Fields;
}

/** The same named values in every other form that a request to a webhook can take. */
export function encodings(fields: Fields): Record<string, Wire> {
  const flat = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as [string, string]);
  const form = new URLSearchParams(flat).toString();
  const parts = flat.map(
    ([name, value]) => `--b0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    form: { body: form, contentType: 'application/x-www-form-urlencoded; charset=utf-8' },
    'form labelled JSON': { body: form, contentType: json },
    JSON: { body: JSON.stringify(fields), contentType: `${json};charset=UTF-8` },
    'JSON labelled form': {
      body: `\ufeff ${JSON.stringify(fields, null, 2)}\n`,
      contentType: 'application/x-www-form-urlencoded',
    },
    'JSON without a label': { body: JSON.stringify(fields) },
    multipart: { body: `${parts.join('')}--b0--\r\n`, contentType: 'multipart/form-data; boundary=b0' },
    query: { body: '', query: { ...Object.fromEntries(flat), key: 'webhook-key' } },
  };
}

/** What a field may hold that it never should. */
export const hostileValues: readonly unknown[] = [
  null, true, 0, -1, 1e21, '', ' ', '\0', '\ud800', 'END x', 'a\r\nb: c', 'é 世 😀', '1'.repeat(5_000), '__proto__',
  [], [[]], ['x', 'y'], [null], [{ a: 1 }], {}, { value: 1 }, { a: { b: { c: [] } } }, '{"a":', '{}', '[', '%', '+',
]; // prettier-ignore

/** Mulberry32: the same whole numbers for the same seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const shards: readonly Buffer[] = [
  ...['__proto__', '"__proto__":{"polluted":1},', '&__proto__[polluted]=1&', '&constructor=1', '%', '%00', '%ff%', '+'],
  ...['{', '}', '[', ']', '"', "'", ':', ',', '\\u0000', '\\ud800', '=', '&', '--', '\r\n', '\0', '//', 'null', 'NaN', '1e999'],
  ...['9'.repeat(30), '['.repeat(100), '&a'.repeat(1_200), 'END ', '\ufeff', '😀', '--b0\r\nContent-Disposition: form-data; name="x"'],
].map((text) => Buffer.from(text)).concat(Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0xed, 0xa0, 0x80])); // prettier-ignore

/** A body with up to four parts left out, repeated, moved, or replaced by what breaks parsers. */
export function mutated(body: Buffer, random: (below: number) => number): Buffer {
  let result = body;
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(result.length + 1);
    const to = Math.min(result.length, at + random(12));
    const [head, middle, tail] = [result.subarray(0, at), result.subarray(at, to), result.subarray(to)];
    const shard = shards[random(shards.length)]!;
    const kinds = [
      [head, tail],
      [head, middle, middle, tail],
      [head, shard, middle, tail],
      [head, shard, tail],
      [head],
      [tail, head],
      [head, Buffer.from([random(256)]), tail],
    ];
    result = Buffer.concat(kinds[random(kinds.length)]!);
  }
  return result;
}
