import { describe, expect, it } from '@jest/globals';
import { AwayStore, DialogTester, ScriptedEffects } from '@app/testing';
import { MemorySessionStore } from '@app/sessions';
import { keyOfOtherCaller, languageNote, maskNote, resumeNote, sessionKey } from './session-key.js';

const address = (sessionId: string) => ({ channel: 'ussd', provider: 'p', account: 'a', sessionId }) as const;

describe('the key of a session', () => {
  it('is what the sessions are named by', () => {
    expect(sessionKey(address('ATUid_4a1b'))).toBe('ongea:{ussd:p:a:ATUid_4a1b}');
    expect(maskNote(sessionKey(address('x')))).toBe('ongea:{ussd:p:a:x}:mask');
  });

  const odd = [
    'a}',
    '{a',
    '}',
    '#x',
    'x~+254700000001',
    'x}~+254700000001',
    'x}:mask',
    'a\nb',
    'a\0b',
    '\ud800',
    '\udc00',
    '\ufffd',
    'x'.repeat(100_000),
    'x'.repeat(100_001),
  ];

  it('keeps one slot, stays short, and never collides, whatever the provider names its sessions', () => {
    const keys = odd.flatMap((id) => {
      const key = sessionKey(address(id));
      return [key, maskNote(key), keyOfOtherCaller(key, '+254700000001'), maskNote(keyOfOtherCaller(key, 'x}:mask'))];
    });
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(/^ongea:\{ussd:p:a:[^{}\n\0]+\}[^{}\n\0]*$/);
      expect(key.length).toBeLessThan(500);
      expect(key).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('tells apart what is noted of callers with odd names', () => {
    const note = (to: string, id: string) => resumeNote({ provider: 'p', account: 'a', to, caller: { id } });
    expect(note('a:b', 'c')).not.toBe(note('a', 'b:c'));
    const caller = { id: '}{\ud800' };
    expect(languageNote({ provider: 'p', account: 'a', caller })).toMatch(/^ongea:\{[^{}]+\}$/);
  });
});

describe('what a session holds', () => {
  const shop = `
dialog: test
start: home
steps:
  home: { menu: Home, options: [{ label: Load, go: load }, { label: Leave, go: bye }] }
  load: { http: "https://api.example/", save: answer, go: { ok: loaded } }
  loaded: { menu: Loaded, options: [{ label: Leave, go: bye }] }
  bye: { end: Bye }
`;

  it('is limited: beyond 64 KiB the turn is unavailable, and the session stays as it was', async () => {
    const tester = new DialogTester({ test: shop });
    tester.effects.httpResult = { outcome: '200', value: { text: 'é'.repeat(40_000) } };
    const phone = tester.phone({ kind: 'latest', sessionId: 'S' });
    await phone.dial();
    await phone.answer('1');
    expect(phone.reply).toMatchObject({ end: true, failed: true, outcome: 'unavailable' });
    expect(tester.records.at(-1)?.error).toBeInstanceOf(Error);
    expect((await phone.answer('2')).screen).toBe('Bye');
  });

  it('may be read in the turn that ends', async () => {
    const tester = new DialogTester({
      test: shop.replace(
        'loaded: { menu: Loaded, options: [{ label: Leave, go: bye }] }',
        'loaded: { end: "{{ answer.text | size }}" }',
      ),
    });
    tester.effects.httpResult = { outcome: '200', value: { text: 'x'.repeat(200_000) } };
    const phone = await tester.phone().dial();
    expect((await phone.answer('1')).screen).toBe('200000');
  });

  it('may be any text, also one that no encoding knows', async () => {
    const written: string[] = [];
    const sessions = new AwayStore(new MemorySessionStore(), (text) => written.push(text));
    const source =
      'dialog: test\nstart: a\nsteps: { a: { ask: A?, save: a, go: b }, b: { ask: "{{ a }}", go: c }, c: { end: "{{ a }}" } }';
    const tester = new DialogTester({ test: source }, { sessions });
    const limit = { kind: 'unlimited' } as const;
    const phone = await tester.phone({ kind: 'latest', limit }).dial();
    expect((await phone.answer('x\ud800\0}{y')).screen).toBe('x\ud800\0}{y');
    expect((await phone.answer('next')).screen).toBe('x\ud800\0}{y');
    expect(written.join('')).not.toMatch(/[\0]|\p{Surrogate}/u);
  });
});

describe('a dialog that goes round', () => {
  it('without a question is unavailable, and leaves the session as it was', async () => {
    const source = `
dialog: test
start: home
steps:
  home: { menu: Home, options: [{ label: Round, go: a }, { label: Leave, go: bye }] }
  a: { set: { x: 1 }, go: b }
  b: { choose: [{ when: "x == 2", go: bye }, { go: a }] }
  bye: { end: Bye }
`;
    const tester = new DialogTester({ test: source }, { effects: new ScriptedEffects() });
    const phone = tester.phone({ kind: 'latest', sessionId: 'S' });
    await phone.dial();
    expect((await phone.answer('1')).reply).toMatchObject({ end: true, failed: true, outcome: 'unavailable' });
    expect((await phone.answer('2')).screen).toBe('Bye');
  });
});
