import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../values.js';
import { parseTemplate, TemplateFailed, TemplateLimit, TemplateSyntax } from './template.js';

function rendered(source: string, values: Record<string, unknown> = {}) {
  const missing: string[] = [];
  const scope: Scope = { values, missing: (name) => missing.push(name) };
  return { text: parseTemplate(source).render(scope), missing };
}

/** As the engine makes its variables: without a prototype. */
function bare(members: Record<string, unknown>): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, members);
}

describe('a template', () => {
  it.each([
    ['Hello', {}, 'Hello'],
    ['a }} b', {}, 'a }} b'],
    ['{{ name }}', { name: 'Asha' }, 'Asha'],
    ['{{name}} owes {{ price.amount }}', { name: 'Asha', price: bare({ amount: 45.5 }) }, 'Asha owes 45.5'],
    ['{{ n }}{{ b }}{{ z }}', { n: 0, b: false, z: null }, '0false'],
    ['{{ price.amount | money }}', { price: { amount: 1234.5 } }, '1234.50'],
    ['{{ a | money }} {{ b | money }} {{ c | money }}', { a: 1.005, b: -2.345, c: '7' }, '1.01 -2.35 7.00'],
    ['{{ a | money }}', { a: 'soon' }, 'soon'],
    ['{{ a | fixed: 1 }} {{ a | fixed }} {{ b | fixed: 2 }}', { a: 2.25, b: 1e21 }, '2.3 2 1e+21'],
    ['{{ m | msisdn_local }}', { m: 'nobody' }, 'nobody'],
    ['{{ crop | capitalize }}', { crop: 'maize' }, 'Maize'],
    ['{{ now | date: "%H:%M" }}', { now: '2026-11-20T23:05:00.000+05:30' }, '23:05'],
    ['{% if n > 1 %}many{% else %}one{% endif %}', { n: 2 }, 'many'],
    ['{% for i in items %}{{ i.name }};{% endfor %}', { items: [{ name: 'a' }, { name: 'b' }] }, 'a;b;'],
    ['{{ items.size }} {{ items.first }} {{ items[1] }}', { items: ['a', 'b'] }, '2 a b'],
    ['{{ nil }}{{ empty }}x', {}, 'x'],
  ])('renders %s', (source, values, expected) => {
    expect(rendered(source, bare(values))).toEqual({ text: expected, missing: [] });
  });

  it('takes what a caller typed as text, never as a template', () => {
    const answer = '{{ caller.msisdn }}{% raw %}';
    expect(rendered('{{ x }}', { x: answer }).text).toBe(answer);
    expect(rendered('{{ x | upcase }}', { x: answer }).text).toBe(answer.toUpperCase());
  });

  it('renders nothing for what is not there, and counts it', () => {
    expect(rendered('a{{ x }}b')).toEqual({ text: 'ab', missing: ['x'] });
    expect(rendered('{{ p.q.r }}', { p: {} })).toEqual({ text: '', missing: ['p.q'] });
    expect(rendered('a{{ x | upcase }}b')).toEqual({ text: 'ab', missing: ['x'] });
  });

  it('does not count what an if or a default asks for', () => {
    expect(rendered('{% if x %}a{% else %}b{% endif %}{{ y | default: "c" }}')).toEqual({ text: 'bc', missing: [] });
  });

  it('reaches no prototype (#50)', () => {
    for (const source of [
      '{{ x.constructor }}',
      '{{ x.__proto__ }}',
      '{{ x["constructor"] }}',
      '{{ constructor }}',
      '{{ x.toString.constructor }}',
      '{{ x | map: "constructor" }}',
      '{{ x.constructor.constructor | append: "(return process)()" }}',
    ]) {
      expect(['', '[null]', '(return process)()']).toContain(rendered(source, { x: {} }).text);
    }
  });

  it.each([
    '{% include "x" %}',
    '{% render "x" %}',
    '{% layout "x" %}',
    '{{ x | where_exp: "i", "i" }}',
    '{{ x | nope }}',
  ])('refuses %s when it is read', (source) => expect(() => parseTemplate(source)).toThrow(TemplateSyntax));

  it('gives up on a loop without end, and on a text without end', () => {
    expect(() => rendered('{% for i in (1..100000000) %}x{% endfor %}')).toThrow(TemplateLimit);
    const doubling = '{% assign s = "xxxxxxxxxx" %}' + '{% assign s = s | append: s %}'.repeat(30) + '{{ s }}';
    expect(() => rendered(doubling)).toThrow(TemplateLimit);
  });

  it('says that a text filter on a map failed', () => {
    expect(() => rendered('{{ m | upcase }}', { m: bare({ a: 1 }) })).toThrow(TemplateFailed);
    expect(rendered('{{ m }} {{ l }}', { m: bare({ a: 1 }), l: [1] }).text).toBe('{"a":1} [1]');
  });

  it('knows what it reads, without its own variables', () => {
    const source =
      '{% assign q = a.b %}{{ q }}{{ c | append: d.e }}{% for i in l %}{{ i.x }}{{ forloop.index }}{% endfor %}';
    expect(parseTemplate(source).reads).toEqual([['a', 'b'], ['c'], ['d', 'e'], ['l']]); // prettier-ignore
    expect(parseTemplate('{{ a.b }} {{ c }}').reads).toEqual([['a', 'b'], ['c']]); // prettier-ignore
  });
});
