import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { clockOf, converse } from './conversation.js';
import { drawFrame } from './frame.js';
import { PlayedPhone, type Screen } from './played-phone.js';
import { Terminal } from './terminal.js';
import type { Wire } from './wires/index.js';

/** A provider that says what it was asked. */
const echo: Wire = {
  dial: () => ({ contentType: 'text/plain', headers: {}, body: 'dialled' }),
  answer: (text) => ({ contentType: 'text/plain', headers: {}, body: `you said ${text}` }),
  read: ({ body }) => ({ texts: [body], end: body.endsWith('bye'), failed: false }),
};

/** A terminal with a person before it, who can be shown the next thing that matches. */
function person(idleMs: number) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const terminal = new Terminal({ stdin, stdout, stderr: new PassThrough(), env: {} });
  const phone = new PlayedPhone(
    echo,
    ({ body }) =>
      Promise.resolve({
        reply: { status: 200, contentType: 'text/plain', body },
        screen: { kind: 'septets', max: 160 },
        dialog: undefined,
      }),
    () => undefined,
  );
  const draw = (screen: Screen): string => drawFrame(screen, '*1#', terminal.columns);
  const done = converse({ phone, terminal, draw, idleMs: () => idleMs });
  let seen = '';
  stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
  const sees = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(seen)) await once(stdout, 'data');
    seen = seen.replace(new RegExp(`[\\s\\S]*?${pattern.source}`), '');
  };
  return { done, sees, types: (text: string) => void stdin.write(text) };
}

describe('a conversation at a terminal', () => {
  it('shows each screen in a frame with the time that is left, and hangs up at Ctrl-C', async () => {
    const { done, sees, types } = person(180_000);
    await sees(/┌─ \*1# ─+┐\s+│ dialled +│\s+└─ 7\/160 septets ─+┘/);
    await sees(/3:00 > /);
    types('maize\r');
    await sees(/│ you said maize +│/);
    types('\x03');
    await sees(/You hung up\.[\s\S]*Enter dials again/);
    types('\r');
    await sees(/│ dialled +│/);
    types('goodbye\r');
    await sees(/│ you said goodbye +│\s+└─ END, 16\/160 septets ─/);
    types('\x03');
    await done;
  });

  it('ends the session when nobody answers in time', async () => {
    const { done, sees, types } = person(1_000);
    await sees(/Nobody answered in time/);
    types(':q\r');
    await done;
  });

  it('sends the same request again, and helps', async () => {
    const { done, sees, types } = person(180_000);
    types('beans\r');
    await sees(/you said beans/);
    types(':r\r');
    await sees(/you said beans/);
    types(':h\r');
    await sees(/:q {2}hang up/);
    types(':q\r:q\r');
    await done;
  });
});

describe('the time that is left', () => {
  it.each([
    [180_000, '3:00'],
    [59_001, '1:00'],
    [9_000, '0:09'],
  ])('shows %d ms as %s', (ms, shown) => expect(clockOf(ms)).toBe(shown));
});

describe('a frame', () => {
  const screen: Screen = {
    texts: ['Anything longer than the screen is wide'],
    end: false,
    failed: false,
    limit: { kind: 'unlimited' },
    status: 200,
    dialog: undefined,
  };

  it('cuts lines at blanks, and words that are too long', () => {
    expect(drawFrame(screen, 'bot', 24).split('\n')).toEqual([
      '┌─ bot ────────────────┐',
      '│ Anything longer than │',
      '│ the screen is wide   │',
      '└─ 39 characters ──────┘',
    ]);
    const word = drawFrame({ ...screen, texts: ['0123456789012345678901234'] }, 'bot', 20);
    expect(word).toContain('│ 0123456789012345 │\n│ 678901234        │');
  });

  it('counts a message of several parts as one character', () => {
    expect(drawFrame({ ...screen, texts: ['👩‍🌾!'] }, 'bot', 20)).toContain('│ 👩‍🌾!               │');
  });

  it('keeps messages apart, and shows failures', () => {
    const frame = drawFrame({ ...screen, texts: ['One', 'Two'], failed: true, status: 400 }, 'bot', 40);
    expect(frame.split('\n')[2]).toMatch(/^│ ─+ │$/);
    expect(frame).toContain('failed, HTTP 400, 2 messages');
  });
});
