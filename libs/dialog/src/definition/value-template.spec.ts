import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../values.js';
import { parseDialog } from './parse-dialog.js';
import { canonical, textValue } from './value-template.js';
import { parsePattern, PatternSyntax } from './pattern.js';

function scopeOf(values: Record<string, unknown>, missing: string[] = []): Scope {
  return { values, missing: (name) => missing.push(name) };
}

describe('a value of set or with', () => {
  it.each([
    ['12', 12],
    ['-1.5', -1.5],
    ['0', 0],
    ['012', '012'],
    ['1.50', '1.50'],
    ['+254700000201', '+254700000201'],
    ['1e3', '1e3'],
    ['Infinity', 'Infinity'],
    ['NaN', 'NaN'],
    ['', ''],
    [' 1', ' 1'],
    ['true', true],
    ['false', false],
    ['True', 'True'],
    ['9007199254740993', '9007199254740993'],
  ])('makes of the text %j %j', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it('passes a list or a map through where it is named alone', () => {
    const list = [1, { a: 2 }];
    expect(textValue('{{ l }}').evaluate(scopeOf({ l: list }))).toBe(list);
    expect(textValue('{{ m.n }}').evaluate(scopeOf({ m: { n: { a: 1 } } }))).toEqual({ a: 1 });
    expect(textValue('x{{ l }}').evaluate(scopeOf({ l: list }))).toBe('x[1,{"a":2}]');
  });

  it('counts a missing variable once', () => {
    const missing: string[] = [];
    expect(textValue('{{ x }}').evaluate(scopeOf({}, missing))).toBe('');
    expect(missing).toEqual(['x']);
  });

  it('evaluates nested lists and maps, and keeps numbers and booleans of the file', () => {
    const body = '{ a: "{{ x }}", b: [1, true, null, "{{ y }}!"], __proto__: 1, c: 007 }';
    const source = `dialog: t\nstart: a\nsteps:\n  a: { http: "https://x.example", method: POST, body: ${body}, go: a }\n`;
    const step = parseDialog('t.dialog.yaml', source).dialog?.steps.get('a');
    const value = step?.kind === 'http' ? step.body?.evaluate(scopeOf({ x: 5, y: 'z' })) : undefined;
    expect(JSON.stringify(value)).toBe('{"a":5,"b":[1,true,null,"z!"],"__proto__":1,"c":"007"}');
  });
});

describe('a pattern', () => {
  it('matches an answer as a whole', () => {
    const pattern = parsePattern('[A-Z]{2}[0-9]{4}|x');
    expect(['AB1234', 'x', 'AB12345', ' x', 'xy'].map((answer) => pattern.matches(answer))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('is linear where a backtracking engine would not come back (#49)', () => {
    for (const source of ['(a+)+b', '(a|a)*c', '(.*)*d', '(a|aa)+$x']) {
      expect(parsePattern(source).matches('a'.repeat(50_000))).toBe(false);
    }
  });

  it.each(['(?=a)b', '(a)\\1', '(a', '(a{1000}){1000}', 'a'.repeat(501)])('refuses %s', (source) => {
    expect(() => parsePattern(source)).toThrow(PatternSyntax);
  });
});
