import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../values.js';
import { parseCondition } from './condition.js';
import { ConditionSyntax } from './condition-syntax.js';

function tested(source: string, values: Record<string, unknown> = {}) {
  const missing: string[] = [];
  const bare = Object.assign(Object.create(null) as Record<string, unknown>, values);
  const scope: Scope = { values: bare, missing: (name) => missing.push(name) };
  return { is: parseCondition(source).test(scope), missing };
}

describe('a condition', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['amount > 1000 && crop == "maize"', { amount: 1500, crop: 'maize' }, true],
    ['amount + 10 > 100', { amount: 95 }, true],
    ['10 + amount > 100.5', { amount: 90 }, false],
    ['age >= 18', { age: 18 }, true],
    ['10 / 4 == 2.5', {}, true],
    ['qty / 4 == 2.5', { qty: 10 }, true],
    ['qty % 2 == 0', { qty: 4 }, true],
    ['7.5 % 2 == 1.5', {}, true],
    ['x == 3', { x: 3 }, true],
    ['x != 3', { x: 3.5 }, true],
    ['3 * x - 1 == 8', { x: 3 }, true],
    ['-x < 0', { x: 2 }, true],
    ['x / 0 < 1 || x % 0 == 0', { x: 1 }, false],
    ['size(items) == 2 && size(items) + 1 == 3', { items: [1, 2] }, true],
    ['items[0] == "a"', { items: ['a'] }, true],
    ['crop in ["maize", "beans"]', { crop: 'beans' }, true],
    ['n in [1, 2]', { n: 2 }, true],
    ['items.exists(i, i.kg > 4)', { items: [{ kg: 5 }] }, true],
    ['items.all(i, i.kg > limit)', { items: [{ kg: 5 }], limit: 4 }, true],
    ['has(entities.crop) && entities.crop == "maize"', { entities: {} }, false],
    ['x == null', { x: null }, true],
    ['x != null', { x: 'a' }, true],
    ['registered', { registered: true }, true],
    ['!registered', { registered: false }, true],
    ['name.startsWith("A") && name.size() > 2', { name: 'Asha' }, true],
    ['timestamp(now).getHours("Africa/Nairobi") < 18', { now: '2026-01-02T10:00:00+03:00' }, true],
  ])('tests %s', (source, values, expected) => {
    expect(tested(source, values)).toEqual({ is: expected, missing: [] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['entities.crop == "maize"', { entities: {} }],
    ['nowhere == 1', {}],
    ['x > 3', { x: 'four' }],
    ['x && y', { x: 1, y: true }],
    ['items.exists(i, i == 1)', { items: Array.from({ length: 201 }, () => 1) }],
    ['size(deep.list) > 0', { deep: { list: Array.from({ length: 201 }, () => 1) } }],
  ])('counts %s as false, and as missing, where it cannot be evaluated', (source, values) => {
    expect(tested(source, values)).toEqual({ is: false, missing: [source] });
  });

  it('walks a list of 200 items', () => {
    expect(tested('items.all(i, i == 1)', { items: Array.from({ length: 200 }, () => 1) }).is).toBe(true);
  });

  it('knows what it reads, without the names that it binds', () => {
    expect(parseCondition('items.exists(i, i.kg > limit) && p.q == 1').reads).toEqual([
      ['items'],
      ['limit'],
      ['p', 'q'],
    ]);
  });

  it.each([
    ['x.matches("(a+)+$")', 'matches'],
    ['1 + "a" == 2', 'no such overload'],
    ['x ==', 'cannot be read'],
    ['1 + 1', 'not true or false'],
    ['foo(x)', 'cannot call "foo"'],
    ['cel.bind(a, x + x, size(a) > 1)', 'cannot call "bind"'],
    ['a.all(x, a.all(y, a.all(z, z == x)))', 'inside lists'],
    [`${'('.repeat(60)}x${')'.repeat(60)}`, 'cannot be read'],
    [Array.from({ length: 300 }, () => 'x').join(' && '), 'cannot be read'],
  ])('refuses %s when it is read', (source, message) => {
    expect(() => parseCondition(source)).toThrow(ConditionSyntax);
    expect(() => parseCondition(source)).toThrow(message);
  });

  const payloads = [
    '__proto__ == 1',
    'x.__proto__.polluted == 1',
    'constructor == 1',
    'x.constructor.constructor("return process")() == 1',
    '$.constructor.constructor("return process")()',
    '__lookupGetter__("x")',
    'x.toString() == ""',
    'toString == 1',
    '"".constructor.fromCharCode(1) == "a"',
    'x["constructor"]["constructor"] == 1',
    'x["__proto__"] == 1',
    'f(x) = x.constructor; f(1)',
    '(0, eval)("1")',
    'import("fs")',
    'process.exit() == 1',
    'globalThis == 1',
    'x.map(y, y.constructor)',
    '{"__proto__": {"polluted": true}}.polluted == true',
    '({}).constructor',
    '{{#with "s" as |string|}}{{/with}}',
    'x = 1',
    'this.constructor == 1',
    'new Function("return 1")()',
    '`${1}` == "1"',
    '"constructor" in x',
  ];

  it.each(payloads)('lets nothing out through %s (#50)', (source) => {
    let outcome: boolean | 'refused';
    try {
      outcome = tested(source, { x: {} }).is;
    } catch (error) {
      expect(error).toBeInstanceOf(ConditionSyntax);
      outcome = 'refused';
    }
    expect(outcome).not.toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
