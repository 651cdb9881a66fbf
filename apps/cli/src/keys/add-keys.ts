import type { Command } from 'commander';
import type { Io } from '../io.js';
import type { NewKeyOptions } from './keys-command.js';

type Then = (work: Promise<number>) => Promise<void>;

const help = `The key itself is printed once, alone on standard output, and kept nowhere: store it where it is needed.
Scopes and what they allow are in docs/admin.md.`;

/** Adds `ongea keys create|list|revoke`. */
export function addKeys(program: Command, io: Io, then: Then): void {
  const keys = program
    .command('keys')
    .description(
      'Make, list and revoke keys of the admin API, in DATABASE_URL or in the private database of a running server.',
    )
    .addHelpText('after', `\n${help}`);
  keys
    .command('create')
    .description('Make a key.')
    .requiredOption('--name <name>', 'whose it is or what it is for')
    .option('--scope <scope...>', 'what it may do, such as reports:read')
    .option('--all', 'it may do everything')
    .option('--expires <when>', 'when it ends: in so long (90d, 12h), or a time (2027-01-31T00:00:00Z)')
    .option('--json', 'print the key and all about it as JSON')
    .action(async (options: NewKeyOptions) => {
      await then((await import('./keys-command.js')).createKey(io, options));
    });
  keys
    .command('list')
    .description('List all keys, newest first, without the keys themselves.')
    .option('--json', 'print them as a JSON list')
    .action(async (options: { readonly json?: boolean }) => {
      await then((await import('./keys-command.js')).listKeys(io, options));
    });
  keys
    .command('revoke')
    .description('Revoke a key: it works for nobody any more.')
    .argument('<id>', 'its id, as the list has it')
    .option('--json', 'print the outcome as JSON')
    .action(async (id: string, options: { readonly json?: boolean }) => {
      await then((await import('./keys-command.js')).revokeKey(io, id, options));
    });
}
