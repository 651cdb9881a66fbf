import type { Random } from './random.js';
import type { Sent } from './send.js';

const labels: readonly (string | undefined)[] = [
  undefined,
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b0',
  'multipart/form-data',
  'text/plain',
  'application/json; charset=utf-16',
  'application/octet-stream',
  'json;;=',
];

const shards: readonly string[] = [
  ',', "'", '"', '\\', '{', '}', '[', ']', 'NaN', '\ufeff', '/* x */', '// x\n', '\0', '\ud800', '\u202e', '\u200b',
  '%', '%00', '%zz', '+', '&', '=', ';', '*', '#', '\r\n', 'END ', 'CON ', '{{ caller.msisdn }}', '{% for i in (1..9) %}',
  '"__proto__":{"x":1},', '&__proto__[x]=1', '&constructor.prototype.x=1', '"constructor":{"prototype":{"x":1}},',
  '&text=1&text=2', '&sessionId[]=a', '1e999', '-0', '9'.repeat(40), '['.repeat(300), '{"a":'.repeat(200), '😀',
  'e\u0301'.repeat(40), 'ab'.repeat(3_000), "' OR 1=1 --", '<script>', '${jndi:ldap://x}', '\x1b[31m',
]; // prettier-ignore

/** A request that a broken or a hostile sender could make of a good one. */
export function mutated(random: Random, seed: { readonly body: string; readonly contentType?: string }): Sent {
  let body: Buffer = Buffer.from(seed.body);
  const changes = 1 + random.below(3);
  for (let i = 0; i < changes; i++) body = changed(random, body);
  const label = random.below(3) === 0 ? random.of(labels) : seed.contentType;
  return { body, headers: label === undefined ? {} : { 'content-type': label } };
}

function changed(random: Random, body: Buffer): Buffer {
  const at = random.below(body.length + 1);
  const shard = random.of(shards);
  switch (random.below(9)) {
    case 0:
      return body.subarray(0, at);
    case 1:
      return Buffer.concat([body.subarray(0, at), Buffer.from([random.below(256)]), body.subarray(at + 1)]);
    case 2:
      return Buffer.concat([body, body]);
    case 3:
      return Buffer.from(body.toString('latin1').replaceAll('"', "'"), 'latin1');
    case 4:
      return Buffer.from(body.toString('utf8'), 'utf16le');
    case 5:
      return Buffer.concat([body.subarray(0, at), body.subarray(Math.min(body.length, at + 8))]);
    case 6: {
      // A value becomes a list, an object or something long.
      const value = random.of(['["1","2"]', '{"a":1}', 'null', 'true', '1e21', `"${'x'.repeat(2_000)}"`]);
      return Buffer.from(body.toString('utf8').replace(/:"[^"]*"/, `:${value}`));
    }
    default:
      return Buffer.concat([body.subarray(0, at), Buffer.from(shard), body.subarray(at)]);
  }
}
