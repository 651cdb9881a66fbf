import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PrivatePostgres } from '@app/testing';

const root = path.resolve(import.meta.dirname, '../../..');
const demo = path.join(root, 'examples/demo/dialogs');

/** The first command may have to build. */
const buildLimitMs = 300_000;

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'ongea-cli-')));
  await ongea(['--version']);
}, buildLimitMs);

afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as `npx ongea` does, in the checkout, with these lines as its input. */
async function ongea(words: readonly string[], lines: readonly string[] = [], env = {}): Promise<Ran> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'scripts/ongea.mjs'), ...words], {
    cwd: root,
    env: { PATH, HOME, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (output.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output.stderr += bytes.toString()));
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

describe('npx ongea with a variable that cannot be read', () => {
  it.each([[['keys', 'list']], [['doctor', '--json']], [['check']], [['seed', '--reports', '1']]])(
    'says so and no more: %j',
    async (words) => {
      const { code, stdout, stderr } = await ongea(words, [], { PORT: 'abc' });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^fault: PORT must be a whole number .*\n(?: {4}→ .*\n)*$/);
    },
  );
});

describe('npx ongea check', () => {
  it('finds no fault in the demo', async () => {
    const { code, stdout } = await ongea(['check']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nexamples\/demo\/ongea\.yaml with \d dialogs: no faults, \d warnings?\n$/);
  });

  it('says of a bad dialog file where it is wrong, what is wrong and how to mend it (exit 1)', async () => {
    const file = path.join(folder, 'kiosk.dialog.yaml');
    await writeFile(
      file,
      'dialog: kiosk\nstart: home\nsteps:\n  home: { end: Bye, goto: home }\n  lost: { end: Bye }\n',
    );
    const { code, stdout } = await ongea(['check', file]);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      `${file}:4:21 fault: This end has no key "goto".`,
      '    → Known: end, as.',
      '1 dialog: 1 fault, no warnings',
      '',
    ]);
    const json = await ongea(['check', '--json', folder]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({ severity: 'fault', file, line: 4, column: 21, hint: expect.stringMatching(/\S/) }),
    ]);
  });

  it.each([
    ['a file that is not there', ['check', 'nowhere.dialog.yaml']],
    ['a file of another kind', ['check', 'package.json']],
    ['an option that is not there', ['check', '--stirct']],
    ['a command that is not there', ['chekc']],
  ])('calls %s wrong use (exit 2)', async (_, words) => {
    const { code, stdout, stderr } = await ongea(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^(ongea|error): \S/);
  });
});

describe('npx ongea test', () => {
  it('passes for the demo, on every channel that its tests name', async () => {
    const { code, stdout } = await ongea(['test']);
    expect(stdout).toMatch(/\n\d+ conversations: \d+ passed, 0 failed\n$/);
    expect(code).toBe(0);
    for (const channel of ['ussd', 'sms', 'voice', 'bot']) expect(stdout).toContain(` (${channel})\n`);
  });

  it('shows the place, the screen and the difference of what fails (exit 1)', async () => {
    const own = await realpath(await mkdtemp(path.join(folder, 'tests-')));
    await writeFile(path.join(own, 'hi.dialog.yaml'), 'dialog: hi\nstart: home\nsteps:\n  home: { end: Habari }\n');
    const test = path.join(own, 'hi.test.yaml');
    await writeFile(
      test,
      'dialog: hi\nconversations:\n  - name: a greeting\n    steps:\n      - dial\n      - expectEnd: Hello\n',
    );
    const { code, stdout } = await ongea(['test', test]);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      `FAIL ${test}:6:9 a greeting (ussd): Another screen was expected.`,
      '    The screen that came:',
      '      Habari',
      '    From what was expected (-) to what came (+):',
      '      - Hello',
      '      + Habari',
    ]);
  });
});

describe('npx ongea play, from a pipe', () => {
  const home = ['Karibu Shamba', '1. Bei za mazao', '2. Akaunti yangu', '3. Namba yangu', '4. English'];
  const swahili = ['--language', 'sw', '--msisdn', '+254700000201'];

  it.each([
    ['africastalking', ['--network', '63903'], '/182 septets'],
    ['cradlebots', [], '/1000 characters'],
    ['kairos', [], '/160 septets'],
  ])('holds a whole conversation through %s', async (provider, words, limit) => {
    const { code, stdout, stderr } = await ongea(
      ['play', 'shamba', '--provider', provider, ...swahili, ...words],
      ['3'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = 'Namba yako ni +254700000201.';
    expect(stdout.split('\n')).toEqual([...home, `[72${limit}]`, '> 3', said, `[END, ${said.length}${limit}]`, '']);
  });

  it('holds a whole conversation through haptik', async () => {
    const words = ['play', 'price-lookup', '--provider', 'haptik', '--channel', 'bot', '--language', 'sw'];
    const { code, stdout, stderr } = await ongea(words, ['beans']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'Unataka bei ya zao gani?',
      '[24 characters]',
      '> beans',
      'Beans ni KES 118.00 kwa kg huko Kitale leo.',
      '',
      'Niulize tena ukitaka bei nyingine.',
      '[2 messages]',
      '',
    ]);
  });

  it('takes what was dialled behind the code, and gives a repeat the same screen', async () => {
    for (const provider of ['africastalking', 'kairos']) {
      const { stdout } = await ongea(['play', '--provider', provider, '--to', '*384*4417*1#'], ['1', ':r', '1']);
      const screens = stdout.split(/\n\[.*\]\n(?:> .*\n)?/);
      expect(screens[0]).toMatch(/^Which crop\?/);
      expect(screens[1]).toMatch(/How many kg/);
      expect(screens[2]).toBe(screens[1]);
      expect(screens[3]).toMatch(/^Your harvest is worth/);
    }
  });
});

describe('npx ongea fake-provider', () => {
  it('tells machines where it listens, and ends well when it is interrupted', async () => {
    const { PATH, HOME } = process.env;
    const child = spawn(
      process.execPath,
      [path.join(root, 'scripts/ongea.mjs'), 'fake-provider', '--port', '0', '--json'],
      { cwd: root, env: { PATH, HOME }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { event, url } = JSON.parse(line.toString()) as Record<string, string>;
    expect(event).toBe('listening');
    expect((await fetch(`${url}/fake/messages`)).status).toBe(200);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('npx ongea migrate', () => {
  it('says what to set where DATABASE_URL is not set (exit 2)', async () => {
    const { code, stdout, stderr } = await ongea(['migrate']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ongea: DATABASE_URL is not set: name the database, such as postgres:/);
  });

  it('names the database that it cannot reach, never its password (exit 1)', async () => {
    const { code, stderr } = await ongea(['migrate'], [], { DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/shop' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ongea: The database 127\.0\.0\.1:1\/shop could not be migrated: .*ECONNREFUSED.*\n$/);
  });

  it('brings a database up to date, and again without harm', async () => {
    const server = await PrivatePostgres.start();
    try {
      const DATABASE_URL = await server.createDatabase();
      const { host, pathname } = new URL(DATABASE_URL);
      const done = { code: 0, stdout: `The database ${host}${pathname} is up to date.\n`, stderr: '' };
      expect(await ongea(['migrate'], [], { DATABASE_URL })).toEqual(done);
      expect(await ongea(['migrate'], [], { DATABASE_URL })).toEqual(done);
    } finally {
      await server.close();
    }
  });
});

it('reads the tests of the demo where they lie', async () => {
  const { code, stdout } = await ongea(['test', '--channel', 'bot', path.join(demo, 'price-lookup.test.yaml')]);
  expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
    code: 0,
    last: '4 conversations: 4 passed, 0 failed',
  });
});
