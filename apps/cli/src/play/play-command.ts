import { didYouMean } from '@app/dialog';
import { GuardedHttpClient } from '@app/outbound';
import { providers } from '@app/providers';
import type { Workspace } from '@app/workspace';
import { exitCodes, Faulty, WrongUse } from '../failures.js';
import { readInstallation, readWorkspace } from '../installation.js';
import type { Io } from '../io.js';
import { addressOf, choose, playedAccount, routedDialog, type Chosen } from './choose.js';
import { hold } from './hold.js';
import type { PlayOptions } from './play-options.js';
import { Terminal } from './terminal.js';

/** Holds a conversation in the terminal through a provider's own requests and replies; resolves to the exit code. */
export async function play(io: Io, dialog: string | undefined, options: PlayOptions): Promise<number> {
  const { workspace, problems } = await readWorkspace(readInstallation(io.env));
  if (workspace === undefined) throw new Faulty(problems.filter(({ severity }) => severity === 'fault'));
  const chosen = choose(options, providers, workspace.configuration.accounts);
  const to = addressOf(chosen, options.to);
  const terminal = new Terminal(io);
  const client = new GuardedHttpClient({ allowPrivate: workspace.configuration.http.allowPrivate });
  try {
    const id = await dialogOf(dialog, chosen, to, workspace, terminal);
    if (id === undefined) return exitCodes.well;
    // Messages to an address that leads somewhere keep to it: its keywords have dialogs of their own.
    const kept = chosen.channel === 'sms' && dialog === undefined && routedDialog(chosen, to) !== undefined;
    const account = playedAccount(chosen, kept ? undefined : id, options.language);
    await hold({ chosen, account, dialog: id, to, options }, { io, workspace, terminal, client });
    return exitCodes.well;
  } finally {
    terminal.close();
    await client.close();
  }
}

/** The dialog named, else the one that the address starts, else one picked; undefined: the person has gone. */
async function dialogOf(
  named: string | undefined,
  chosen: Chosen,
  to: string,
  { dialogs }: Workspace,
  terminal: Terminal,
): Promise<string | undefined> {
  const ids = [...dialogs.ids];
  if (named !== undefined && !ids.includes(named)) {
    throw new WrongUse(`There is no dialog "${named}". ${didYouMean(named, ids)}`);
  }
  const known = named ?? routedDialog(chosen, to);
  if (known !== undefined) return known;
  if (!terminal.live) throw new WrongUse(`Name the dialog to play: ${ids.join(', ')}.`);
  terminal.print(ids.map((id, index) => `${index + 1}. ${id}`).join('\n'));
  for (;;) {
    const heard = await terminal.hear({ text: () => 'Which dialog? ' });
    if (heard.kind !== 'line') return undefined;
    const answer = heard.text.trim();
    const picked = ids.find((id, index) => id === answer || String(index + 1) === answer);
    if (picked !== undefined) return picked;
  }
}
