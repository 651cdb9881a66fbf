import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from './program.js';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'ongea-cli-')));
  await mkdir(path.join(folder, 'dialogs'));
  await mkdir(path.join(folder, 'actions'));
  await put(
    'ongea.yaml',
    'actions: ./actions\naccounts:\n  - { provider: cradlebots, account: a, ussd: { default: shop } }',
  );
  await put('dialogs/shop.dialog.yaml', shop);
  await put('actions/stock.mjs', stock);
});

afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);

const shop = `
dialog: shop
start: what
steps:
  what: { ask: 'What?', save: crop, go: count }
  count: { call: stock.count, with: { crop: '{{ crop }}' }, save: left, go: { ok: show, error: sorry, timeout: sorry } }
  show: { end: 'There are {{ left }} left.' }
  sorry: { end: Sorry. }
`;

const stock = `export default {
  name: 'stock.count', outcomes: ['ok'],
  run({ input }) {
    if (input.crop === 'stone') throw new Error('no such crop');
    return { outcome: 'ok', value: input.crop.length };
  },
};`;

const conversation = (steps: string, more = ''): string =>
  `dialog: shop\n${more}conversations:\n  - name: a purchase\n    steps: ${steps}\n`;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command on the folder; a terminal where `terminal` is given, else a pipe that ends after its lines. */
async function ongea(words: readonly string[], lines: readonly string[] = [], env = {}): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(lines.map((line) => `${line}\n`).join(''));
  const configured = { ONGEA_CONFIG: path.join(folder, 'ongea.yaml'), ...env };
  const code = await run(words, { stdin, stdout, stderr, env: configured });
  const shown = (stream: PassThrough): string => String(stream.read() ?? '').replaceAll(`${folder}/`, '');
  return { code, stdout: shown(stdout), stderr: shown(stderr) };
}

describe('ongea check', () => {
  it('says that nothing is wrong with a workspace', async () => {
    const { code, stdout } = await ongea(['check']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ongea.yaml with 1 dialog: no faults, no warnings\n' });
  });

  it('reports only the files that are named, and knows the actions of their workspace', async () => {
    await put('dialogs/other.dialog.yaml', 'dialog: other\nstart: nowhere\nsteps: { end: { end: Bye } }\n');
    await put(
      'dialogs/mine.dialog.yaml',
      'dialog: mine\nstart: a\nsteps:\n  a: { call: stock.cuont, go: b }\n  b: { end: Bye }\n',
    );
    const { code, stdout } = await ongea(['check', path.join(folder, 'dialogs/mine.dialog.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^dialogs\/mine\.dialog\.yaml:4:\d+ fault: .*stock\.cuont.*\n {4}→ Did you mean "stock\.count"\?\n/,
    );
    expect(stdout).toMatch(/\n1 dialog: 1 fault, no warnings\n$/);
  });

  it('fails for warnings only where it is strict', async () => {
    await put('dialogs/shop.dialog.yaml', shop.replace('start:', 'languages: [en, sw]\nstart:'));
    expect((await ongea(['check'])).code).toBe(0);
    const strict = await ongea(['check', '--strict', '--json']);
    expect(strict.code).toBe(1);
    const problems = JSON.parse(strict.stdout) as { severity: string }[];
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(problems.map(({ severity }) => severity))).toEqual(new Set(['fault']));
  });

  it('reports a variable of the environment that cannot be read', async () => {
    const { code, stderr } = await ongea(['check'], [], { PORT: 'many' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fault: PORT must be a whole number/);
  });
});

describe('ongea test', () => {
  it('runs the real action where it is not stubbed, and the stub where it is', async () => {
    await put(
      'dialogs/real.test.yaml',
      conversation('[dial, expect: What?, answer: bean, expectEnd: There are 4 left.]'),
    );
    await put(
      'dialogs/stub.test.yaml',
      conversation(
        '[dial, answer: maize, expectEnd: There are 77 left.]',
        'channels: [ussd, sms, bot]\nstubs: { stock.count: [{ with: { crop: maize }, ok: 77 }, error] }\n',
      ),
    );
    const { code, stdout } = await ongea(['test']);
    expect(stdout).toMatch(/4 conversations: 4 passed, 0 failed\n$/);
    expect(code).toBe(0);
  });

  const failures: readonly (readonly [what: string, steps: string, more: string, shown: readonly string[]])[] = [
    [
      'another screen, with the difference',
      '[dial, expect: Which?]',
      '',
      [
        'FAIL dialogs/shop.test.yaml:4:19 a purchase (ussd): Another screen was expected.',
        '    The screen that came:',
        '      What?',
        '    From what was expected (-) to what came (+):',
        '      - Which?',
        '      + What?',
      ],
    ],
    [
      'a screen without the pattern',
      '[dial, expect: /which/i]',
      '',
      ['FAIL dialogs/shop.test.yaml:4:19 a purchase (ussd): /which/i is not in this screen.'],
    ],
    [
      'a session that goes on',
      '[dial, expectEnd]',
      '',
      ['FAIL dialogs/shop.test.yaml:4:19 a purchase (ussd): The session is still open.'],
    ],
    [
      'a session that is over',
      '[dial, answer: bean, expect: /left/]',
      '',
      ['FAIL dialogs/shop.test.yaml:4:33 a purchase (ussd): The session has ended.'],
    ],
    [
      'an input that no case of a stub is for',
      '[dial, answer: bean, expectEnd: /left/]',
      'stubs: { stock.count: [{ with: { crop: maize }, ok: 77 }] }\n',
      [
        'FAIL dialogs/shop.test.yaml:5:33 a purchase (ussd): /left/ is not in this screen.',
        '    The screen that came:',
        '      Sorry.',
        '    The stub of stock.count has no case for {"crop":"bean"}.',
      ],
    ],
  ];
  it.each(failures)('shows %s', async (_, steps, more, shown) => {
    await put('dialogs/shop.test.yaml', conversation(steps, more));
    const { code, stdout } = await ongea(['test']);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, shown.length)).toEqual(shown);
    expect(stdout).toMatch(/\n1 conversation: 0 passed, 1 failed\n$/);
  });

  it('sends no request that is not stubbed, and answers one that is', async () => {
    const url = 'http: "https://stock.example/left?crop={{ crop }}", save: left';
    await put('dialogs/shop.dialog.yaml', shop.replace(/call: .*?, save: left/, url).replace('ok: show', '200: show'));
    await put('dialogs/open.test.yaml', conversation('[dial, answer: bean, expectEnd: /left/]'));
    const stub = 'stubs: { "https://stock.example/left": { 200: 12 } }\n';
    await put('dialogs/stub.test.yaml', conversation('[dial, answer: bean, expectEnd: There are 12 left.]', stub));
    const { stdout } = await ongea(['test']);
    expect(stdout).toContain('    GET https://stock.example/left?crop=bean is not stubbed');
    expect(stdout).toContain('pass dialogs/stub.test.yaml');
  });

  it('refuses stubs of what is not there, each with its place', async () => {
    const stubs = 'stubs:\n  stock.cuont: error\n  stock.count: { okay: 1 }\n';
    await put('dialogs/shop.test.yaml', conversation('[dial]', stubs).replace('dialog: shop', 'dialog: shpo'));
    const { code, stdout } = await ongea(['test']);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'dialogs/shop.test.yaml:1:1 fault: There is no dialog "shpo" beside this file.',
      '    → Did you mean "shop"?',
      'dialogs/shop.test.yaml:3:3 fault: No dialog calls an action "stock.cuont".',
      '    → Did you mean "stock.count"?',
      'dialogs/shop.test.yaml:4:18 fault: The action "stock.count" never comes to "okay".',
      '    → Known: ok, error, timeout.',
      'no conversations: 0 passed, 0 failed, 3 faults',
      '',
    ]);
  });

  it('gives faults and results as JSON, of one channel where that is asked for', async () => {
    await put('dialogs/shop.test.yaml', conversation('[dial, expect: Which?]', 'channels: [ussd, bot]\n'));
    const { code, stdout } = await ongea(['test', '--json', '--channel', 'bot']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      problems: [],
      results: [
        {
          file: 'dialogs/shop.test.yaml',
          conversation: 'a purchase',
          channel: 'bot',
          passed: false,
          line: 5,
          column: 19,
          message: 'Another screen was expected.',
          screen: 'What?',
          diff: ['- Which?', '+ What?'],
          notes: [],
        },
      ],
    });
  });

  it('holds calls: their screen is what is said, a question may pass in silence, and # ends an input', async () => {
    await put('dialogs/shop.dialog.yaml', shop.replace('save: crop', 'type: integer, save: crop'));
    const steps =
      '[dial, expect: What?, silence, expect: /^I did not hear/, answer: "77#", expectEnd: There are 5 left.]';
    const stub = 'stubs: { stock.count: [{ with: { crop: 77 }, ok: 5 }] }\n';
    await put('dialogs/shop.test.yaml', conversation(steps, `channels: [voice]\n${stub}`));
    expect(await ongea(['test'])).toEqual({
      code: 0,
      stdout: 'pass dialogs/shop.test.yaml: a purchase (voice)\n1 conversation: 1 passed, 0 failed\n',
      stderr: '',
    });
  });

  it('takes each message for a new one, and begins afresh where a conversation dials again', async () => {
    const steps = '[dial, answer: pea, expectEnd: /3/, dial, dial, expect: What?, answer: pea, expectEnd: /3/]';
    await put('dialogs/shop.test.yaml', conversation(steps, 'channels: [sms]\n'));
    expect((await ongea(['test'])).stdout).toMatch(/1 passed, 0 failed/);
  });

  it('finds no tests to run: that is wrong use', async () => {
    const { code, stderr } = await ongea(['test']);
    expect(code).toBe(2);
    expect(stderr).toBe('ongea: There is no file that ends with .test.yaml in dialogs.\n');
  });
});

describe('ongea play, from a pipe', () => {
  it('plays until the lines end, and offers to dial again after the end', async () => {
    const { code, stdout } = await ongea(['play'], ['bean', 'hello', '', 'maize', ':d']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'What?',
      '[5/1000 characters]',
      '> bean',
      'There are 4 left.',
      '[END, 17/1000 characters]',
      '> hello',
      'The session is over. Enter dials again, :q leaves.',
      '> ',
      'What?',
      '[5/1000 characters]',
      '> maize',
      'There are 5 left.',
      '[END, 17/1000 characters]',
      '> :d',
      'What?',
      '[5/1000 characters]',
      '',
    ]);
  });

  it('leaves with :q twice, and reads nothing after that', async () => {
    const { code, stdout } = await ongea(['play'], [':q', ':q', 'bean']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'What?\n[5/1000 characters]\n> :q\nYou hung up.\n> :q\n' });
  });

  it('says on the side what went wrong in an action', async () => {
    const { stdout, stderr } = await ongea(['play'], ['stone']);
    expect(stdout).toContain('Sorry.\n[END');
    expect(stderr).toContain('stock.count');
  });

  it.each([
    ['a provider nobody knows', ['--provider', 'kiros'], 'There is no provider "kiros". Did you mean "kairos"?'],
    ['a channel that the provider lacks', ['--provider', 'haptik', '--channel', 'ussd'], 'Haptik has no channel ussd.'],
    ['an account that is not there', ['--account', 'b'], 'No such provider has an account "b". Did you mean "a"?'],
    ['a dialog that is not there', ['shpo'], 'There is no dialog "shpo". Did you mean "shop"?'],
    ['no dialog where no address names one', ['--channel', 'bot'], 'Name the dialog to play: shop.'],
    ['a number that is none', ['--msisdn', '12'], '"12" is no number: write it with + and its country code.'],
    ['entities for USSD', ['--entity', 'crop=maize'], 'Only bots have entities: add --channel bot.'],
    [
      'an entity without value',
      ['shop', '--channel', 'bot', '--entity', 'crop'],
      '--entity takes name=value, not "crop".',
    ],
  ])('calls it wrong use to ask for %s', async (_, words, message) => {
    expect(await ongea(['play', ...words])).toEqual({ code: 2, stdout: '', stderr: `ongea: ${message}\n` });
  });

  it('does not play a faulty workspace', async () => {
    await put('dialogs/shop.dialog.yaml', shop.replace('start: what', 'start: waht'));
    const { code, stderr } = await ongea(['play']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^dialogs\/shop\.dialog\.yaml:3:8 fault: There is no step "waht"/);
  });
});

describe('the command line', () => {
  it('shows all commands that there are, and none that come later', async () => {
    const { code, stdout } = await ongea([]);
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)).toEqual([
      'check',
      'test',
      'play',
      'fake-provider',
      'keys',
      'seed',
      'replay',
      'doctor',
      'migrate',
      'help',
    ]);
  });

  it.each(['check', 'test', 'play', 'fake-provider', 'keys', 'seed', 'migrate'])('helps with %s', async (name) => {
    const { code, stdout } = await ongea(['help', name]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: ongea ${name} `));
  });

  it('proposes the command that was probably meant', async () => {
    const { code, stderr } = await ongea(['chekc']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "error: unknown command 'chekc'\n(Did you mean check?)\n" });
  });

  it('shows one line of what went wrong, and the stack to those who ask for it', async () => {
    const DATABASE_URL = 'postgres://ongea@127.0.0.1:1/none';
    expect((await ongea(['migrate'], [], { DATABASE_URL })).stderr).toMatch(/^ongea: The database .*\n$/);
    const debugged = await ongea(['migrate'], [], { DATABASE_URL, LOG_LEVEL: 'debug' });
    expect(debugged.code).toBe(1);
    expect(debugged.stderr).toMatch(/^ongea: The database .*\n[\s\S]*\n {4}at /);
  });

  it('tells its version', async () => {
    expect(await ongea(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });
});
