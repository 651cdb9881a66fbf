import { randomBytes } from 'node:crypto';
import { ActionRegistry, Effects } from '@app/actions';
import { DialogCatalog, DialogService, Vault, type Clock } from '@app/dialog';
import type { GuardedHttpClient } from '@app/outbound';
import { MemorySessionStore } from '@app/sessions';
import type { Workspace } from '@app/workspace';
import { messageOf } from '../failures.js';
import type { Io } from '../io.js';
import { MemoryLedger } from '../memory-ledger.js';
import { MessagePrinter } from './message-printer.js';
import type { Terminal } from './terminal.js';

/** What a conversation is played with. */
export interface Surroundings {
  readonly io: Io;
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  readonly client: GuardedHttpClient;
}

/** A person takes longer between two answers than the window in which the same one counts as a repeat; a pipe does not. */
const thinkingMs = 2_000;

/** The time of day, moved on by what a person would have taken to answer. */
export class Hurried implements Clock {
  private aheadMs = 0;
  readonly now = (): number => Date.now() + this.aheadMs;
  readonly think = (): void => {
    this.aheadMs += thinkingMs;
  };
}

/** What goes wrong is told on the side. */
export function logTo({ stderr }: Io) {
  const say = (fields: object, message: string): void => {
    stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  };
  return { info: () => undefined, warn: say, error: say };
}

/** The dialogs of the workspace with sessions that live as long as this process. */
export function serviceOf({ io, workspace, terminal, client }: Surroundings, clock: Clock): DialogService {
  const dialogs = new DialogCatalog();
  dialogs.replace(workspace.dialogs.versions);
  return new DialogService({
    dialogs,
    sessions: new MemorySessionStore(),
    ledger: new MemoryLedger(),
    effects: new Effects(new ActionRegistry(workspace.actions), client, logTo(io)),
    outbox: new MessagePrinter((text) => terminal.print(text)),
    vault: new Vault([randomBytes(32).toString('base64url')]),
    clock,
    observer: {
      turn: ({ error }) => {
        if (error !== undefined) io.stderr.write(`The turn failed: ${messageOf(error)}\n`);
      },
      missingVariable: () => undefined,
    },
  });
}
