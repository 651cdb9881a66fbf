import { Command, CommanderError, Option } from 'commander';
import type { CheckOptions } from './check/check-command.js';
import { exitCodes, Faulty, WrongUse } from './failures.js';
import type { Io } from './io.js';
import type { PlayOptions } from './play/play-options.js';
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
  program
    .command('migrate')
    .description('Bring the database that DATABASE_URL names up to date. Several nodes may do so at once.')
    .action(async () => then((await import('./migrate-command.js')).migrateDatabase(io)));
  return program;
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
    .addOption(new Option('--channel <channel>', 'how to speak to it').choices(['ussd', 'bot']))
    .option('--provider <provider>', 'whose requests and replies to use')
    .option('--account <account>', 'which of its accounts to use')
    .option('--msisdn <number>', "the caller's number, such as +254700000201; nobody is called")
    .option('--network <code>', "the caller's network code, such as 63903, where the provider tells it")
    .option('--language <language>', 'the language to begin with')
    .option('--to <address>', 'the service code to dial (inputs may follow: *384*4417*1#), or the node of a bot')
    .option('--entity <name=value...>', 'what the platform of a bot recognised in the first message')
    .addHelpText('after', `\n${playHelp}`)
    .action(async (dialog: string | undefined, options: PlayOptions) => {
      await then((await import('./play/play-command.js')).play(io, dialog, options));
    });
}

const playHelp = `While it plays: :q hangs up, :r sends the same once more, :d dials anew, :h helps.
Actions and requests of the dialog run for real. Without a terminal, answers are read line by line.`;

/** Says what went wrong; stacks are for those who ask for them with LOG_LEVEL=debug. */
async function failed(error: unknown, io: Io): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.well : exitCodes.wrongUse;
  if (error instanceof Faulty) {
    const { describeProblem } = await import('@app/workspace');
    io.stderr.write(`${error.problems.map(describeProblem).join('\n')}\n`);
    return exitCodes.faults;
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  io.stderr.write(`ongea: ${message.split('\n')[0] ?? ''}\n`);
  if (/^(debug|trace)$/.test(io.env.LOG_LEVEL ?? '') && stack !== undefined) io.stderr.write(`${stack}\n`);
  if (error instanceof WrongUse) return exitCodes.wrongUse;
  return exitCodes.faults;
}
