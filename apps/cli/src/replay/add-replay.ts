import { type Command, Option } from 'commander';
import type { Io } from '../io.js';
import type { ReplayWords } from './replay-command.js';

type Then = (work: Promise<number>) => Promise<void>;

const help = `A record of a conversation's turn is not replayed: nobody waits for the answer any more.
The key is that of ONGEA_ADMIN_KEY, else the generated one of ONGEA_DATA_DIR; it needs inbox:read and inbox:replay.`;

/** Adds `ongea replay`. */
export function addReplay(program: Command, io: Io, then: Then): void {
  program
    .command('replay')
    .description('Have a running server handle webhooks of its inbox again, by the way that they came.')
    .argument('[ids...]', 'which records of the inbox')
    .option('--all', 'every record that the options below choose, oldest first')
    .addOption(new Option('--state <state>', 'with --all: only these').choices(['kept', 'failed', 'rejected']))
    .option('--route <route>', 'with --all: only of this route, such as "POST /sms/africastalking/demo"')
    .option('--provider <provider>', 'with --all: only of this provider')
    .option('--account <account>', 'with --all: only of accounts of this name')
    .option('--url <url>', 'where the server is; none: http://HOST:PORT')
    .option('--key <key>', 'the admin key; better given in ONGEA_ADMIN_KEY')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', `\n${help}`)
    .action(async (ids: string[], words: ReplayWords) => {
      await then((await import('./replay-command.js')).replay(io, ids, words));
    });
}
