import type { Command } from 'commander';
import type { Io } from '../io.js';
import type { SeedWords } from './seed-command.js';

/** Adds `ongea seed`. */
export function addSeed(program: Command, io: Io, then: (work: Promise<number>) => Promise<void>): void {
  program
    .command('seed')
    .description('Fill the database with made-up call reports, to try searches, exports and statistics.')
    .requiredOption('--reports <number>', 'how many')
    .option('--days <number>', 'over how many days until now they are spread', '90')
    .option('--json', 'print the result as JSON')
    .action(async (words: SeedWords) => {
      await then((await import('./seed-command.js')).seed(io, words));
    });
}
