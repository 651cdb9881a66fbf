import { randomBytes } from 'node:crypto';
import { ActionRegistry, Effects } from '@app/actions';
import { DialogCatalog, DialogService, Vault, didYouMean, type Clock } from '@app/dialog';
import { GuardedHttpClient } from '@app/outbound';
import { providers } from '@app/providers';
import { MemorySessionStore } from '@app/sessions';
import type { Workspace } from '@app/workspace';
import { exitCodes, Faulty, messageOf, WrongUse } from '../failures.js';
import { readInstallation, readWorkspace } from '../installation.js';
import type { Io } from '../io.js';
import { MemoryLedger } from '../memory-ledger.js';
import { addressOf, callerOf, choose, playedAccount, routedDialog, type Chosen } from './choose.js';
import { converse } from './conversation.js';
import { Line } from './line.js';
import type { PlayOptions } from './play-options.js';
import { PlayedPhone } from './played-phone.js';
import { Terminal } from './terminal.js';
import { wireOf } from './wires/index.js';

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
    if (id !== undefined) await hold(chosen, id, to, options, { io, workspace, terminal, client });
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

interface Surroundings {
  readonly io: Io;
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  readonly client: GuardedHttpClient;
}

async function hold(
  chosen: Chosen,
  dialog: string,
  to: string,
  options: PlayOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { provider, channel } = chosen;
  const account = playedAccount(chosen, dialog, options.language);
  const wire = wireOf(account, callerOf(options, to, account, channel));
  if (wire === undefined) throw new WrongUse(`${provider.name} cannot be played yet.`);
  const { workspace, terminal } = surroundings;
  const clock = new Hurried();
  const line = new Line(provider, account, channel, serviceOf(surroundings, clock), clock);
  await converse({
    phone: new PlayedPhone(wire, (request) => line.send(request), terminal.live ? () => undefined : clock.think),
    terminal,
    title: `${to} · ${provider.name}`,
    idleMs: (id = dialog) => workspace.dialogs.dialogs.find((each) => each.id === id)?.idleMs[channel] ?? 0,
  });
}

/** A person takes longer between two answers than the window in which the same one counts as a repeat; a pipe does not. */
const thinkingMs = 2_000;

/** The time of day, moved on by what a person would have taken to answer. */
class Hurried implements Clock {
  private aheadMs = 0;
  readonly now = (): number => Date.now() + this.aheadMs;
  readonly think = (): void => {
    this.aheadMs += thinkingMs;
  };
}

/** The dialogs of the workspace with sessions that live as long as this process. */
function serviceOf({ io, workspace, client }: Surroundings, clock: Clock): DialogService {
  const say = (text: string): void => void io.stderr.write(`${text}\n`);
  const log = {
    info: () => undefined,
    warn: (fields: object, message: string) => say(`${message} ${JSON.stringify(fields)}`),
    error: (fields: object, message: string) => say(`${message} ${JSON.stringify(fields)}`),
  };
  const dialogs = new DialogCatalog();
  dialogs.replace(workspace.dialogs.versions);
  return new DialogService({
    dialogs,
    sessions: new MemorySessionStore(),
    ledger: new MemoryLedger(),
    effects: new Effects(new ActionRegistry(workspace.actions), client, log),
    vault: new Vault([randomBytes(32).toString('base64url')]),
    clock,
    observer: {
      turn: ({ error }) => {
        if (error !== undefined) say(`The turn failed: ${messageOf(error)}`);
      },
      missingVariable: () => undefined,
    },
  });
}
