import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import type { Account, SpokenPart, TurnReply, VoiceCallbacks, VoicePrompt } from '@app/provider-kit';
import { countElements, readXml } from '@app/testing';
import fc from 'fast-check';
import { africasTalkingVoice } from './voice.js';
import { writeCall } from './voice-xml.js';

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What the provider's own client for Node.js builds documents with. */
interface ActionBuilder {
  say(text: string, attributes?: Attributes): this;
  play(url: string): this;
  getDigits(children: object, attributes: Attributes): this;
  record(children: object, attributes: Attributes): this;
  dial(phoneNumbers: string, attributes?: Attributes): this;
  redirect(url: string): this;
  reject(): this;
  build(): string;
}

const Builder = createRequire(import.meta.url)('africastalking/lib/actionbuilder.js') as new () => ActionBuilder;

const callbacks: VoiceCallbacks = {
  answer: (turn) => `https://app.example/voice?turn=${String(turn)}`,
  noInput: (turn) => `https://app.example/voice?noinput=${String(turn)}`,
};
const [callbackUrl, silence] = [callbacks.answer(1), callbacks.noInput(1)];

const accountWith = (options: Account['options']): Account => ({
  ...{ provider: 'africastalking', account: 'demo', timezone: 'UTC', credentials: {}, resendUncertain: false },
  ...{
    airtimeAllow: [],
    endpoints: {},
    webhookKeys: [],
    allowFrom: [],
    open: true,
    secrets: [],
    repeatWindowMs: 1_500,
  },
  options,
});

function document(spoken: readonly SpokenPart[], prompt?: VoicePrompt, options: Account['options'] = {}): string {
  const voice = { spoken, language: 'en', ...(prompt === undefined ? {} : { prompt }) };
  const reply: TurnReply = { texts: [], end: false, failed: false, at: 0, outcome: 'reply', turn: 1, voice };
  return writeCall(reply, callbacks, accountWith(options));
}

const say = (text: string): SpokenPart => ({ kind: 'say', text });
const play = (url: string): SpokenPart => ({ kind: 'play', url });
const audio = 'https://media.example/menu.mp3';

describe("a document means what the provider's own client builds for the same actions", () => {
  const cases: readonly (readonly [string, string, ActionBuilder])[] = [
    ['says', document([say('Hello'), say('Goodbye')]), new Builder().say('Hello').say('Goodbye')],
    [
      'says in a voice',
      document([say('Hello')], undefined, { voices: { en: 'en-US-Standard-C' } }),
      new Builder().say('Hello', { voice: 'en-US-Standard-C' }),
    ],
    ['plays', document([play(audio), say('Goodbye')]), new Builder().play(audio).say('Goodbye')],
    [
      'asks for one key',
      document([play(audio), say('Press 1')], { kind: 'digits', digits: 1 }),
      new Builder()
        .play(audio)
        .getDigits({ say: { text: 'Press 1' } }, { timeout: 20, numDigits: 1, callbackUrl })
        .redirect(silence),
    ],
    [
      'asks for keys up to the finish key, with audio',
      document([say('Hello'), play(audio)], { kind: 'digits' }),
      new Builder()
        .say('Hello')
        .getDigits({ play: { url: audio } }, { timeout: 20, finishOnKey: '#', callbackUrl })
        .redirect(silence),
    ],
    [
      'records',
      document([say('Speak')], { kind: 'recording', maxSeconds: 60 }),
      new Builder()
        .record(
          { say: { text: 'Speak' } },
          { finishOnKey: '#', maxLength: 60, trimSilence: true, playBeep: true, callbackUrl },
        )
        .redirect(silence),
    ],
    [
      'puts through, recorded',
      document([say('One moment')], { kind: 'transfer', number: '+254700000204', record: true }),
      new Builder().say('One moment').dial('+254700000204', { record: true }).redirect(silence),
    ],
    [
      'puts through',
      document([], { kind: 'transfer', number: '+254700000204', record: false }),
      new Builder().dial('+254700000204').redirect(silence),
    ],
    ['refuses', africasTalkingVoice.refuse().body, new Builder().reject()],
    ['does nothing', africasTalkingVoice.nothing().body, new Builder()],
  ];

  it.each(cases)('%s', (_name, ours, theirs) => {
    // Their builder has no empty root.
    expect(readXml(ours)).toEqual(readXml(theirs.build()));
  });
});

describe('a call document', () => {
  it('holds all texts at the end as one, so that keys count while the question is spoken', () => {
    const root = readXml(
      document([say('Hi'), play(audio), say('Prices'), say('Press 1')], { kind: 'digits', digits: 1 }),
    );
    expect(root.children.map(({ name }) => name)).toEqual(['Say', 'Play', 'GetDigits', 'Redirect']);
    expect(root.children[2]!.children).toEqual([
      { name: 'Say', attributes: {}, text: 'Prices\nPress 1', children: [] },
    ]);
  });

  it('has something within a recording, so that the call goes on after it', () => {
    expect(document([], { kind: 'recording' })).toContain('<Say></Say></Record>');
  });

  it('says the texts of a reply that has no words for calls', () => {
    const reply: TurnReply = { texts: ['Sorry.', 'Later.'], end: true, failed: true, at: 0, outcome: 'end' };
    expect(writeCall(reply, callbacks, accountWith({}))).toContain(
      '<Response><Say>Sorry.</Say><Say>Later.</Say></Response>',
    );
  });

  it.each([
    ['sw-KE', { 'sw-KE': 'a', sw: 'b' }, 'a'],
    ['sw-TZ', { 'sw-KE': 'a', sw: 'b' }, 'b'],
    ['fr', { sw: 'b' }, undefined],
    ['constructor', { sw: 'b' }, undefined],
    ['sw', 'b', undefined],
  ])('speaks %s with the voices %j as %s', (language, voices, voice) => {
    const reply = {
      texts: [],
      end: true,
      failed: false,
      at: 0,
      outcome: 'end',
      voice: { spoken: [say('x')], language },
    } as const;
    const [element] = readXml(writeCall(reply, callbacks, accountWith({ voices }))).children;
    expect(element!.attributes.voice).toBe(voice);
  });

  it('#44 has the elements that it should, whatever is said, played or dialled: 10 000 random texts', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const markup = fc
      .array(fc.constantFrom('<', '</Say>', '<Dial phoneNumbers="1"/>', '&', '&amp;', ']]>', '"', "'", '\0', '\ud800'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(text, markup),
        fc.constantFrom('digits', 'recording', 'transfer', undefined),
        (evil, kind) => {
          const prompts = {
            digits: { kind: 'digits' },
            recording: { kind: 'recording' },
            transfer: { kind: 'transfer', number: evil, record: false },
          } as const;
          const written = document([say(evil), play(evil), say(evil)], kind && prompts[kind], { voices: { en: evil } });
          // Response, Say, Play, Say; with a prompt its element and the redirect.
          expect(countElements(readXml(written))).toBe(kind === undefined ? 4 : 6);
        },
      ),
      { numRuns: 10_000 },
    );
  }, 60_000);
});
