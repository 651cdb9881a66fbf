import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScreenLimit } from '../turn.js';
import { cutPages, type NavigationLines } from './cut-pages.js';
import { fitsScreen } from './screen-fit.js';

const plain: NavigationLines = {
  more: '98. More',
  back: '0. Back',
  alwaysBack: false,
  home: undefined,
  closing: false,
};
const shown: NavigationLines = { ...plain, alwaysBack: true, home: '00. Home' };
const closing: NavigationLines = { ...plain, closing: true };
const septets = (max: number): ScreenLimit => ({ kind: 'septets', max });
const crops = ['1. Maize', '2. Beans', '3. Cassava', '4. Sorghum', '5. Millet', '6. Rice'];
const rain = 'Heavy rain is expected in the hills by dusk';

describe('a screen that fits', () => {
  it.each([
    ['an empty screen', '', [], plain, ['']],
    ['options without a text', '', ['1. Yes', '2. No'], plain, ['1. Yes\n2. No']],
    ['text and options', 'Which crop?', ['1. Maize'], plain, ['Which crop?\n1. Maize']],
    ['a text that ends with line breaks', 'Which crop?\n\n', ['1. Maize'], plain, ['Which crop?\n1. Maize']],
    ['navigation', 'Which crop?', ['1. Maize'], shown, ['Which crop?\n1. Maize\n0. Back\n00. Home']],
    ['the last screen', 'Bye', [], { ...shown, closing: true }, ['Bye']],
  ])('is one page: %s', (_, head, options, lines, pages) => {
    expect(cutPages({ head, options }, septets(160), lines)).toEqual(pages);
  });

  it('may fill the limit to the last septet', () => {
    expect(cutPages({ head: 'a'.repeat(160), options: [] }, septets(160), plain)).toHaveLength(1);
    expect(cutPages({ head: 'a'.repeat(161), options: [] }, septets(160), plain)).toHaveLength(2);
    expect(cutPages({ head: '€'.repeat(81), options: [] }, septets(160), plain)).toHaveLength(2);
    expect(cutPages({ head: 'ም'.repeat(70), options: [] }, septets(160), plain)).toHaveLength(1);
    expect(cutPages({ head: 'ም'.repeat(71), options: [] }, septets(160), plain)).toHaveLength(2);
    expect(cutPages({ head: 'ም'.repeat(79), options: [] }, septets(182), plain)).toHaveLength(1);
  });

  it('is any screen where nothing limits it, and one of so many characters where characters count', () => {
    const head = 'ም€'.repeat(500);
    expect(cutPages({ head, options: [] }, { kind: 'unlimited' }, plain)).toEqual([head]);
    expect(cutPages({ head, options: [] }, { kind: 'characters', max: 1000 }, plain)).toEqual([head]);
    expect(cutPages({ head, options: [] }, { kind: 'characters', max: 999 }, plain)).toHaveLength(2);
  });
});

describe('a screen that does not fit', () => {
  it('is cut between options', () => {
    expect(cutPages({ head: 'Which crop?', options: crops }, septets(45), plain)).toEqual([
      'Which crop?\n1. Maize\n2. Beans\n98. More',
      '3. Cassava\n4. Sorghum\n98. More\n0. Back',
      '5. Millet\n6. Rice\n0. Back',
    ]);
  });

  it('shows back once and home on every page where navigation is shown', () => {
    expect(cutPages({ head: 'Which crop?', options: crops }, septets(62), shown)).toEqual([
      'Which crop?\n1. Maize\n2. Beans\n98. More\n0. Back\n00. Home',
      '3. Cassava\n4. Sorghum\n5. Millet\n6. Rice\n0. Back\n00. Home',
    ]);
  });

  it('is cut between lines rather than words, and loses the empty lines there', () => {
    const head = 'Rain tomorrow\nWind from the east\n\n  \nSun on Friday';
    expect(cutPages({ head, options: [] }, septets(46), plain)).toEqual([
      'Rain tomorrow\nWind from the east\n98. More',
      'Sun on Friday\n0. Back',
    ]);
  });

  it('is cut between words where a line is too long', () => {
    expect(cutPages({ head: rain, options: [] }, septets(30), plain)).toEqual([
      'Heavy rain is\n98. More',
      'expected in\n98. More\n0. Back',
      'the hills by dusk\n0. Back',
    ]);
  });

  it('is cut inside a word that is longer than a page', () => {
    expect(cutPages({ head: 'a'.repeat(30), options: [] }, septets(20), plain)).toEqual([
      `${'a'.repeat(11)}\n98. More`,
      ...Array.from({ length: 3 }, () => `aaa\n98. More\n0. Back`),
      `${'a'.repeat(10)}\n0. Back`,
    ]);
  });

  it('never parts an escape pair, a surrogate pair, or accents from their letter', () => {
    expect(cutPages({ head: '€'.repeat(10), options: [] }, septets(18), plain)[0]).toBe('€€€€\n98. More');
    expect(cutPages({ head: '😀'.repeat(20), options: [] }, septets(46), plain)[0]).toBe('😀😀😀😀😀\n98. More');
    const family = '👨\u200d👩\u200d👧';
    expect(cutPages({ head: family.repeat(4), options: [] }, septets(56), plain)[0]).toBe(`${family}\n98. More`);
  });

  it('parts even an accented letter where it alone is longer than a page', () => {
    const head = `e${'\u0301'.repeat(100)}`;
    const pages = cutPages({ head, options: [] }, septets(160), plain);
    expect(pages.map((page) => page.split('\n')[0]).join('')).toBe(head);
  });

  it('counts each page in its own encoding', () => {
    const head = `${'a'.repeat(60)} ${'b'.repeat(60)}\n${'ም'.repeat(50)}`;
    expect(cutPages({ head, options: [] }, septets(160), plain)).toEqual([
      `${'a'.repeat(60)} ${'b'.repeat(60)}\n98. More`,
      `${'ም'.repeat(50)}\n0. Back`,
    ]);
  });

  it('closes on a last page without navigation', () => {
    expect(cutPages({ head: rain, options: [] }, septets(26), closing)).toEqual([
      'Heavy rain is\n98. More',
      'expected\n98. More\n0. Back',
      'in the hills by dusk',
    ]);
  });

  it('is empty where it holds nothing but blanks', () => {
    expect(cutPages({ head: ' \n'.repeat(200), options: [] }, septets(160), plain)).toEqual(['']);
  });

  it('leaves out home, then the first back, then back, then more where they leave no room', () => {
    const head = 'a'.repeat(40);
    const first = (max: number) => cutPages({ head, options: [] }, septets(max), shown)[0];
    const second = (max: number) => cutPages({ head, options: [] }, septets(max), shown)[1];
    expect(first(27)).toBe('a\n98. More\n0. Back\n00. Home');
    expect(first(26)).toBe(`${'a'.repeat(9)}\n98. More\n0. Back`);
    expect(first(17)).toBe(`${'a'.repeat(8)}\n98. More`);
    expect(second(17)).toBe(`${'a'.repeat(8)}\n98. More`);
    expect(first(9)).toBe('a'.repeat(9));
  });
});

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', ' ', ' ', '\n', '€', '.') },
  fc.constantFrom('ም', '😀', '\u0301', '\u200d', '\u0000', '\r', '\t', '“'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const gsmUnit = fc.constantFrom('a', 'b', 'c', ' ', ' ', '\n', '€', '{', '1', '.');
const screens = (of: fc.Arbitrary<string>) =>
  fc.record({
    head: fc.string({ unit: of, maxLength: 500, size: 'max' }),
    options: fc.array(fc.string({ unit: of, minLength: 1, maxLength: 60, size: 'max' }), { maxLength: 12 }),
  });
const navigation = fc.record({
  more: fc.constant('98. More'),
  back: fc.constant('0. Back'),
  alwaysBack: fc.boolean(),
  home: fc.constantFrom(undefined, '00. Home'),
  closing: fc.boolean(),
});
const limits = (min: number) =>
  fc.record({
    kind: fc.constantFrom('septets' as const, 'characters' as const),
    max: fc.integer({ min, max: 200 }),
  });
const visible = (text: string) => text.replace(/[\t-\r ]/g, '');
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Takes the navigation lines off a page: whole lines at its end, none of which the generated texts can contain. */
const contentOf = (page: string) => page.replace(/(?:^|\n)(?:98\. More|0\. Back|00\. Home)(?=\n|$)/g, '');

describe('cutPages, for any screen and limit (#45)', () => {
  it('makes pages within the limit that keep all that is visible, in order, with no pair parted', () => {
    fc.assert(
      fc.property(screens(unit), limits(20), navigation, (screen, limit, lines) => {
        const pages = cutPages(screen, limit, lines);
        const whole = [screen.head, ...screen.options].join('\n');
        expect(pages.filter((page) => !fitsScreen(page, limit))).toEqual([]);
        expect(visible(pages.map(contentOf).join(''))).toBe(visible(whole));
        expect(pages.filter((page) => loneSurrogate.test(page) && !loneSurrogate.test(whole))).toEqual([]);
        if (pages.length === 1) return;
        expect(pages.map(contentOf).filter((page) => page !== page.replace(/^[\t-\r ]+|[\t-\r ]+$/g, ''))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['GSM-7 screens from 20 septets up', gsmUnit, 20],
    ['any screens from 60 septets up', unit, 60],
  ])('ends each page but the last with more, then back where there is a page before: %s', (_, of, least) => {
    fc.assert(
      fc.property(screens(of), limits(least), fc.boolean(), (screen, limit, closes) => {
        const pages = cutPages(screen, limit, { ...plain, closing: closes });
        pages.slice(0, -1).forEach((page, index) => {
          expect(page.endsWith(index === 0 ? '\n98. More' : '\n98. More\n0. Back')).toBe(true);
        });
        const last = pages.at(-1) ?? '';
        expect(last.endsWith('0. Back')).toBe(pages.length > 1 && !closes);
        expect(last).not.toContain('98. More');
      }),
    );
  });

  it('does not throw on halves of surrogate pairs in what a person typed (#42)', () => {
    const halves = fc.array(fc.integer({ min: 0xd7f0, max: 0xe00f }), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(halves, limits(20), (units, limit) => {
        const head = String.fromCharCode(...units);
        const pages = cutPages({ head, options: [] }, limit, plain);
        expect(pages.map(contentOf).join('')).toBe(head);
      }),
    );
  });
});
