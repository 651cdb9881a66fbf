import { Command, CommanderError, Option } from 'commander';
import type { CheckOptions } from './check/check-command.js';
import type { FakeProviderWords } from './fake-provider/read-options.js';
import { exitCodes, Faulty, WrongUse } from './failures.js';
import type { Io } from './io.js';
import { addKeys } from './keys/add-keys.js';
import { playChannels, type PlayOptions } from './play/play-options.js';
import { addReplay } from './replay/add-replay.js';
import { addSeed } from './seed/add-seed.js';
import type { TestOptions } from './test/test-command.js';
import { testChannels } from './test/test-file.js';
import { ownVersion } from './version.js';

/** Runs `ongea` with these words; resolves to the exit code, whatever happens. */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const ended = { code: exitCodes.well as number };
  const program = programOf(io, async (work) => {
    ended.code = await work;
  });
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: 'user' });
    return ended.code;
  } catch (error) {
    return await failed(error, io);
  }
}

type Then = (work: Promise<number>) => Promise<void>;

// Each command is loaded when it is used: none waits for the libraries of the others.
function programOf(io: Io, then: Then): Command {
  const program = new Command('ongea')
    .description('Write a dialog once, serve it over USSD, SMS, voice and bots through any provider.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .exitOverride()
    .addHelpText('after', `\n${environmentHelp}`);
  addCheck(program, io, then);
  addTest(program, io, then);
  addPlay(program, io, then);
  addFakeProvider(program, io, then);
  addKeys(program, io, then);
  addSeed(program, io, then);
  addReplay(program, io, then);
  addDoctor(program, io, then);
  program
    .command('migrate')
    .description('Bring the database that DATABASE_URL names up to date. Several nodes may do so at once.')
    .action(async () => then((await import('./migrate-command.js')).migrateDatabase(io)));
  return program;
}

function addDoctor(program: Command, io: Io, then: Then): void {
  program
    .command('doctor')
    .description(
      'Look at everything that a running installation needs: environment, configuration, database, Redis, clocks, the ' +
        'public address, and one signed request to each account, which is kept as a notice of the topic ongea-doctor.',
    )
    .option('--json', 'print what is found as a JSON list')
    .action(async (options: { readonly json?: boolean }) => {
      await then((await import('./doctor/doctor-command.js')).doctor(io, options));
    });
}

const environmentHelp = `Exit codes: 0 well, 1 faults found, 2 wrong use.
The configuration is the file named by ONGEA_CONFIG, else ongea.yaml, else that of the demo.`;

function addCheck(program: Command, io: Io, then: Then): void {
  program
    .command('check')
    .description('Find what is wrong with the configuration, dialogs and actions before they are deployed.')
    .argument('[files...]', 'dialog files, or folders of them; none: the whole workspace')
    .option('--strict', 'take warnings for faults')
    .option('--json', 'print the problems as a JSON list')
    .action(async (files: string[], options: CheckOptions) => {
      await then((await import('./check/check-command.js')).check(io, files, options));
    });
}

function addTest(program: Command, io: Io, then: Then): void {
  program
    .command('test')
    .description('Hold the conversations of *.test.yaml files with the dialogs beside them.')
    .argument('[files...]', "test files, or folders of them; none: those beside the workspace's dialogs")
    .addOption(new Option('--channel <channel>', 'only over this channel').choices(testChannels))
    .option('--json', 'print faults and results as JSON')
    .action(async (files: string[], options: TestOptions) => {
      await then((await import('./test/test-command.js')).test(io, files, options));
    });
}

function addPlay(program: Command, io: Io, then: Then): void {
  program
    .command('play')
    .description('Hold a conversation in the terminal, as a provider would carry it. No database is needed.')
    .argument('[dialog]', "the dialog to play; none: the one that the account's default address starts")
    .addOption(new Option('--channel <channel>', 'how to speak to it').choices(playChannels))
    .option('--provider <provider>', 'whose requests and replies to use')
    .option('--account <account>', 'which of its accounts to use')
    .option('--msisdn <number>', "the caller's number, such as +254700000201; nobody is called")
    .option('--network <code>', "the caller's network code, such as 63903, where the provider tells it")
    .option('--language <language>', 'the language to begin with')
    .option(
      '--to <address>',
      'the service code (inputs may follow: *384*4417*1#), short code, number, or node of a bot',
    )
    .option('--entity <name=value...>', 'what the platform of a bot recognised in the first message')
    .addHelpText('after', `\n${playHelp}`)
    .action(async (dialog: string | undefined, options: PlayOptions) => {
      await then((await import('./play/play-command.js')).play(io, dialog, options));
    });
}

const playHelp = `While it plays: :q hangs up, :r sends the same once more, :d dials anew, :h helps.
SMS: every line is a message to the address, whose keywords, STOP, START and HELP work; replies show their segments.
Calls: type the keys that are pressed, nothing for silence, rec to speak a recording, p or n for a transfer.
Actions and requests of the dialog run for real. Without a terminal, answers are read line by line.`;

function addFakeProvider(program: Command, io: Io, then: Then): void {
  program
    .command('fake-provider')
    .description("Stand in for Africa's Talking and the phones behind it: takes messages and calls, sends reports.")
    .option('--port <port>', 'where to listen on this machine; 0: any free port', '9900')
    .option('--webhooks <url>', 'where the server is that reports and messages go to', 'http://127.0.0.1:3000')
    .option('--key <key>', 'the webhook key of its account')
    .option('--account <account>', 'the account whose webhooks are called', 'demo')
    .option('--delay <ms>', 'let every answer wait, in milliseconds')
    .option('--fail <way>', 'fail: 401, 429, 500, html-500, html-200, drop-before, drop-after or hang')
    .option('--failures <n>', 'only so many requests fail, and then all is well')
    .option('--retry-after <s>', 'say with 429 and 500 when to come again, in seconds')
    .option('--reports <list>', 'the statuses to report of each message (default: Sent,Submitted,Success)')
    .option('--duplicate-reports', 'send each report twice')
    .option('--reorder-reports', 'send reports in any order, also before the answer to the send')
    .option('--json', 'print what happens as a JSON object a line')
    .addHelpText('after', `\n${fakeProviderHelp}`)
    .action(async (words: FakeProviderWords) => {
      await then((await import('./fake-provider/fake-provider-command.js')).fakeProvider(io, words));
    });
}

const fakeProviderHelp = `It runs until Ctrl-C, and prints what phones get. A line sends a message: sender, address, text.
  +254700000202 44170 PRICE maize`;

/** Says what went wrong; stacks are for those who ask for them with LOG_LEVEL=debug. */
async function failed(error: unknown, io: Io): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.well : exitCodes.wrongUse;
  if (error instanceof Faulty) {
    // The build leaves `@app/…` as it stands in an import that is made late.
    const { describeProblems } = await import('./problem-list.js');
    io.stderr.write(`${describeProblems(error.problems)}\n`);
    return exitCodes.faults;
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  io.stderr.write(`ongea: ${message.split('\n')[0] ?? ''}\n`);
  if (/^(debug|trace)$/.test(io.env.LOG_LEVEL ?? '') && stack !== undefined) io.stderr.write(`${stack}\n`);
  if (error instanceof WrongUse) return exitCodes.wrongUse;
  return exitCodes.faults;
}
