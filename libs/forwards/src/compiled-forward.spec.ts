import { describe, expect, it } from '@jest/globals';
import type { Scope } from '@app/dialog';
import { compileForward } from './compiled-forward.js';
import type { ForwardDefinition } from './definition.js';
import { UrlEscaped, urlTemplate } from './templates.js';

function scopeOf(values: Record<string, unknown>) {
  const missing: string[] = [];
  const bare = Object.assign(Object.create(null) as Record<string, unknown>, { event: 'call-report' }, values);
  const scope: Scope = { values: bare, missing: (name) => missing.push(name) };
  return { scope, missing };
}

function compiled(fields: Partial<ForwardDefinition>) {
  return compileForward({
    ...{ id: 'a', on: ['call-report'], method: 'POST', url: 'https://x.example/in', headers: {}, body: 'json' },
    ...{ fields: {}, allowPersonal: false },
    ...fields,
  });
}

const request = (fields: Partial<ForwardDefinition>, values: Record<string, unknown> = {}) =>
  compiled(fields).request(scopeOf(values).scope);

describe('an address', () => {
  it.each([
    ['a/b', 'a%2Fb'],
    ['?x=1#y&z', '%3Fx%3D1%23y%26z'],
    ['a\r\nHost: evil', 'a%0D%0AHost%3A%20evil'],
    ['%2e%2e', '%252e%252e'],
    ["it's (1)", 'it%27s%20%281%29'],
    ['\ud800', '%EF%BF%BD'],
    ['@evil.example', '%40evil.example'],
  ])('holds %j as one value and nothing else', (value, expected) => {
    expect(request({ url: 'https://x.example/{{ id }}?id={{ id }}' }, { id: value }).url).toBe(
      `https://x.example/${expected}?id=${expected}`,
    );
  });

  it.each(['.', '..'])('is refused where %j would be a segment of its path', (value) => {
    const { scope } = scopeOf({ id: value });
    expect(() => compiled({ url: 'https://x.example/a/{{ id }}/b' }).request(scope)).toThrow(UrlEscaped);
    expect(compiled({ url: 'https://x.example/a?b={{ id }}' }).request(scope).url).toBe(
      `https://x.example/a?b=${value}`,
    );
  });

  it.each([
    'https://{{ id }}/',
    'https://x.example{{ id }}/',
    'https://x.example:{{ id }}/',
    '{{ id }}',
    'ftp://x.example/',
    'https:///x',
    'https://x.example\\{{ id }}',
    'https://x.example/{% if id %}a{% endif %}',
    'https://x.example/{{ id',
    'https://x.example/ {{ id }}',
  ])('cannot be %s', (source) => {
    expect(() => urlTemplate(source)).toThrow();
  });

  it('takes filters', () => {
    expect(urlTemplate('https://x.example/{{ id | upcase }}').render(scopeOf({ id: 'a b' }).scope)).toBe(
      'https://x.example/A%20B',
    );
  });
});

describe('a request', () => {
  it('is the whole record without fields', () => {
    expect(JSON.parse(request({}, { n: 1, t: null, list: [1] }).body)).toEqual({
      ...{ event: 'call-report', n: 1, t: null, list: [1] },
    });
  });

  it('keeps types in JSON, and has null for what is not there', () => {
    const { scope, missing } = scopeOf({ n: 7, digits: '007', yes: true, nothing: null, cost: { amount: '1.50' } });
    const fields = {
      ...{ n: '{{ n }}', digits: '{{ digits }}', yes: '{{ yes }}', nothing: '{{ nothing }}', cost: '{{ cost }}' },
      ...{ amount: '{{ cost.amount }}', none: '{{ none }}', text: 'n is {{ n }}', up: '{{ digits | append: "x" }}' },
    };
    expect(JSON.parse(compiled({ fields }).request(scope).body)).toEqual({
      ...{ n: 7, digits: '007', yes: true, nothing: null, cost: { amount: '1.50' }, amount: '1.50', none: null },
      ...{ text: 'n is 7', up: '007x' },
    });
    expect(missing).toEqual(['none']);
  });

  it('writes forms and queries that read back as they were', () => {
    const fields = { 'a&b': '{{ v }}', list: '{{ list }}' };
    const values = { v: 'x=1&y\r\n+ü', list: [1, 'a'] };
    const back = [
      ['a&b', 'x=1&y\r\n+ü'],
      ['list', '[1,"a"]'],
    ];
    expect([...new URLSearchParams(request({ fields, body: 'form' }, values).body)]).toEqual(back);
    const { url, body } = request({ fields, method: 'GET', url: 'https://x.example/?z=1#end' }, values);
    expect([...new URL(url).searchParams]).toEqual([['z', '1'], ...back]);
    expect(new URL(url).hash).toBe('#end');
    expect(body).toBe('');
  });

  it('has no line ends in headers, and leaves fixed headers to the sender', () => {
    const headers = { 'x-a': 'v {{ v }}', authorization: 'Bearer secret' };
    expect(request({ headers }, { v: 'a\r\nx-evil: 1\u0000ü€' }).headers).toEqual({
      'content-type': 'application/json',
      'x-a': 'v a x-evil: 1 %C3%BC%E2%82%AC',
    });
  });

  it('cannot be given another prototype by a field', () => {
    const fields = JSON.parse('{"__proto__": "{{ v }}"}') as Record<string, string>;
    expect(request({ fields }, { v: 1 }).body).toBe('{"__proto__":1}');
  });
});

describe('a condition', () => {
  it('must hold, and the event be one of those that are wanted', () => {
    const forward = compiled({ when: 'durationSeconds > 20 && event == "call-report"' });
    expect(forward.takes('call-report', scopeOf({ durationSeconds: 21 }).scope)).toBe(true);
    expect(forward.takes('call-report', scopeOf({ durationSeconds: 20 }).scope)).toBe(false);
    expect(forward.takes('session-end', scopeOf({ durationSeconds: 21 }).scope)).toBe(false);
    expect(forward.takes('call-report', scopeOf({ durationSeconds: null }).scope)).toBe(false);
  });
});
