import { readFile } from 'node:fs/promises';
import { ActionRegistry, Effects } from '@app/actions';
import { DialogCatalog } from '@app/dialog';
import { GuardedHttpClient } from '@app/outbound';
import { providers } from '@app/providers';
import { readConfiguration } from '@app/settings';
import { shownPath, type Problem } from '@app/workspace';
import { readFolder } from '../dialog-folder.js';
import { exitCodes, Refused } from '../failures.js';
import { readInstallation, type Installation } from '../installation.js';
import type { Io } from '../io.js';
import { namedFiles } from '../named-files.js';
import { anyFault } from '../problem-list.js';
import { checkTestFile } from './check-test-file.js';
import { readTestFile, testFileEnding, type TestFileReading } from './read-test-file.js';
import { report, type Result } from './report.js';
import { runConversation, type TestBed } from './run-conversation.js';
import type { TestChannel, TestFile } from './test-file.js';

export interface TestOptions {
  readonly json?: boolean;
  /** Only this one of the channels that a conversation names. */
  readonly channel?: TestChannel;
}

interface Outcome {
  readonly problems: readonly Problem[];
  readonly results: readonly Result[];
}

/** Runs the test files named, else all of the workspace; resolves to the exit code. */
export async function test(io: Io, paths: readonly string[], options: TestOptions): Promise<number> {
  const installation = readInstallation(io.env);
  const places = paths.length === 0 ? [await dialogFolderOf(installation)] : paths;
  const problems: Problem[] = [];
  const results: Result[] = [];
  for (const [folder, files] of await namedFiles(places, testFileEnding)) {
    const outcome = await testFolder(folder, files, options, installation);
    problems.push(...outcome.problems);
    results.push(...outcome.results);
  }
  report(io, problems, results, options.json === true);
  const failed = anyFault(problems) || results.some(({ failure }) => failure !== undefined);
  return failed ? exitCodes.faults : exitCodes.well;
}

async function dialogFolderOf({ configFile, lookUp, environment }: Installation): Promise<string> {
  const text = await readFile(configFile, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Refused(`${configFile} cannot be read: name the test files, or set ONGEA_CONFIG.`);
  const { production } = environment;
  return shownPath(readConfiguration(configFile, text, { lookUp, providers, production }).folders.dialogs);
}

async function testFolder(
  folder: string,
  files: ReadonlySet<string>,
  options: TestOptions,
  installation: Installation,
): Promise<Outcome> {
  const { compiled, actions, actionProblems, allowPrivate } = await readFolder(folder, installation);
  const readings = await Promise.all([...files].map(readFileOfTests));
  const testFiles = readings.flatMap(({ testFile }) => testFile ?? []);
  const problems = [
    ...actionProblems,
    ...compiled.faults.filter(({ severity }) => severity === 'fault'),
    ...readings.flatMap((reading) => reading.problems),
    ...testFiles.flatMap((file) => checkTestFile(file, compiled.dialogs, actions)),
  ];
  if (problems.length > 0) return { problems, results: [] };
  const dialogs = new DialogCatalog();
  dialogs.replace(compiled.versions);
  const client = new GuardedHttpClient({ allowPrivate });
  const effects = new Effects(new ActionRegistry(actions ?? []), client, silent);
  try {
    const results: Result[] = [];
    for (const file of testFiles) {
      results.push(...(await runFile({ dialogs, effects, dialog: file.dialog }, file, options.channel)));
    }
    return { problems, results };
  } finally {
    await client.close();
  }
}

async function readFileOfTests(file: string): Promise<TestFileReading> {
  return readTestFile(shownPath(file), await readFile(file, 'utf8'));
}

async function runFile(bed: TestBed, testFile: TestFile, only: TestChannel | undefined): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const conversation of testFile.conversations) {
    const { channels } = conversation.settings;
    for (const channel of channels.filter((each) => only === undefined || each === only)) {
      const failure = await runConversation(bed, conversation, channel);
      const named = { file: testFile.file, conversation: conversation.name, channel };
      results.push(failure === undefined ? named : { ...named, failure });
    }
  }
  return results;
}

/** What an action logs is no part of a test's result; what it comes to is. */
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
