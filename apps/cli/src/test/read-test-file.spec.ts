import { describe, expect, it } from '@jest/globals';
import { describeProblem } from '@app/workspace';
import { readTestFile } from './read-test-file.js';

const steps = '    steps: [dial]';

/** A file with these lines before its one conversation, and these steps. */
function faultsOf(lines: readonly string[]): readonly string[] {
  const { testFile, problems } = readTestFile('shop.test.yaml', lines.join('\n'));
  expect(testFile).toBeUndefined();
  return problems.map((problem) => describeProblem(problem).split('\n')[0] ?? '');
}

describe('a test file', () => {
  it('gives its conversations what it says for all of them', () => {
    const text = `
dialog: shop
channels: [ussd, bot]
network: '63903'
stubs: { stock.count: { ok: 3 } }
conversations:
  - name: one
    steps:
      - dial: 1*2
      - expect: |
          Two lines
          of a screen
      - answer: '00'
      - wait: 90s
      - expectEnd: { ussd: /^Bye\\.$/i, default: Bye }
  - name: two
    channels: [sms]
    msisdn: 0700000201
    country: KE
    stubs: { stock.count: [{ with: { crop: maize }, ok: { left: 1 } }, timeout] }
    steps: [dial, expectEnd]
`;
    const { testFile, problems } = readTestFile('shop.test.yaml', text);
    expect(problems).toEqual([]);
    const [one, two] = testFile?.conversations ?? [];
    expect(one?.settings).toMatchObject({ channels: ['ussd', 'bot'], network: '63903', msisdn: '+254700000201' });
    expect(one?.steps).toEqual([
      { kind: 'dial', at: { line: 9, column: 9 }, shortcut: ['1', '2'] },
      {
        kind: 'expect',
        at: { line: 10, column: 9 },
        end: false,
        screens: { default: { kind: 'text', text: 'Two lines\nof a screen' } },
      },
      { kind: 'answer', at: { line: 13, column: 9 }, text: '00' },
      { kind: 'wait', at: { line: 14, column: 9 }, ms: 90_000 },
      {
        kind: 'expect',
        at: { line: 15, column: 9 },
        end: true,
        screens: { ussd: { kind: 'pattern', pattern: /^Bye\.$/i }, default: { kind: 'text', text: 'Bye' } },
      },
    ]);
    expect(two?.settings).toMatchObject({ channels: ['sms'], msisdn: '+254700000201' });
    // The conversation's own stubs are asked first.
    expect(two?.settings.stubs.map(({ cases }) => cases.map(({ outcome }) => outcome))).toEqual([
      ['ok', 'timeout'],
      ['ok'],
    ]);
    expect(two?.steps[1]).toMatchObject({ kind: 'expect', end: true, screens: {} });
  });

  const oneConversation = ['conversations:', '  - name: n'];
  const cases: readonly (readonly [what: string, lines: readonly string[], faults: readonly string[]])[] = [
    ['that is no map', ['- dialog'], ['shop.test.yaml:1:1 fault: This is not a test file.']],
    [
      'that is broken YAML',
      ['dialog: shop', 'channels: "ussd'],
      [expect.stringMatching(/^shop\.test\.yaml:2:16 fault: Missing closing/) as unknown as string],
    ],
    [
      'without what it must have',
      ['channels: [ussd]'],
      ['shop.test.yaml:1:1 fault: "dialog" is missing.', 'shop.test.yaml:1:1 fault: "conversations" is missing.'],
    ],
    [
      'with a key that is not known',
      ['dialog: shop', 'chanels: [ussd]', ...oneConversation, steps],
      ['shop.test.yaml:2:1 fault: A test file has no key "chanels".'],
    ],
    [
      'with a channel that tests do not speak',
      ['dialog: shop', 'channels: [ussd, post]', ...oneConversation, steps],
      ['shop.test.yaml:2:18 fault: "post" is no channel of tests.'],
    ],
    [
      'with silence where nobody listens',
      ['dialog: shop', 'channels: [voice, sms]', ...oneConversation, '    steps: [dial, silence]'],
      ['shop.test.yaml:5:19 fault: Only calls hear silence.'],
    ],
    [
      'with settings that are none',
      [
        'dialog: shop',
        'msisdn: "12"',
        'timezone: Nairobi',
        'maxSeptets: few',
        'now: yesterday',
        ...oneConversation,
        steps,
      ],
      [
        'shop.test.yaml:3:11 fault: "Nairobi" is no time zone.',
        'shop.test.yaml:4:13 fault: "maxSeptets" must be a whole number of 20 or more.',
        'shop.test.yaml:5:6 fault: "yesterday" is no time.',
        'shop.test.yaml:2:9 fault: "12" is no number.',
      ],
    ],
    [
      'without a conversation',
      ['dialog: shop', 'conversations: []'],
      ['shop.test.yaml:2:16 fault: "conversations" is empty.'],
    ],
    [
      'with a conversation without a step',
      ['dialog: shop', ...oneConversation, '    steps: []'],
      ['shop.test.yaml:4:12 fault: "steps" is empty.'],
    ],
    [
      'with a step that is none',
      ['dialog: shop', ...oneConversation, '    steps:', '      - dial', '      - expct: x', '      - [a]'],
      ['shop.test.yaml:6:9 fault: "expct" is no step of a test.', 'shop.test.yaml:7:9 fault: A step must be a map.'],
    ],
    [
      'with two keys in one step',
      ['dialog: shop', ...oneConversation, '    steps:', '      - dial', "      - answer: '1'", '        expect: x'],
      ['shop.test.yaml:7:9 fault: A step has one key only.'],
    ],
    [
      'that answers before it dials',
      ['dialog: shop', ...oneConversation, "    steps: [answer: '1']"],
      ['shop.test.yaml:4:13 fault: A conversation begins with "dial".'],
    ],
    [
      'with steps that say nothing',
      ['dialog: shop', ...oneConversation, '    steps: [dial, answer, expect, wait: soon]'],
      [
        'shop.test.yaml:4:19 fault: "answer" is empty.',
        'shop.test.yaml:4:27 fault: "expect" is empty.',
        'shop.test.yaml:4:41 fault: "soon" is not a duration.',
      ],
    ],
    [
      'with a pattern that is none',
      ['dialog: shop', ...oneConversation, '    steps:', '      - dial', '      - expect: /(/'],
      [expect.stringMatching(/^shop\.test\.yaml:6:17 fault: This pattern cannot be read: /) as unknown as string],
    ],
    [
      'with a stub of two outcomes',
      ['dialog: shop', 'stubs: { stock.count: { ok: 1, error: } }', ...oneConversation, steps],
      ['shop.test.yaml:2:23 fault: The stub "stock.count" must name one outcome.'],
    ],
  ];
  it.each(cases)('%s is refused with the place of each fault', (_, lines, faults) => {
    expect(faultsOf(lines)).toEqual(faults);
  });
});
