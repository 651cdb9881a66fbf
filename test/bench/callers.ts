import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from './server-process.js';

/** What is typed at one hop, as the whole history, and how the reply must begin. */
export interface Hop {
  readonly text: string;
  readonly expect: string;
}

/** Where a server takes turns. */
export interface Target {
  readonly server: ServerProcess;
  readonly path: string;
}

export interface Play {
  readonly serviceCode: string;
  readonly hops: readonly Hop[];
  readonly sessions: number;
  /** Number of the first session; new sessions unless given. */
  readonly first?: number;
}

const senders = 32;

/** The handsets, in a process of their own so that their work is not counted. */
export class Callers {
  private readonly child: ChildProcess;
  private used = 0;

  constructor() {
    this.child = fork(fileURLToPath(new URL('./servers/callers.mjs', import.meta.url)), { execArgv: [] });
  }

  /** Numbers of sessions that nobody has had yet. */
  fresh(sessions: number): number {
    const first = this.used;
    this.used += sessions;
    return first;
  }

  /** Plays conversations to the end; rejects when one reply is not as expected. Resolves to the number of turns. */
  async play({ server, path }: Target, play: Play): Promise<number> {
    const first = play.first ?? this.fresh(play.sessions);
    this.child.send({ ...play, first, url: server.url, path, senders });
    const [done] = (await once(this.child, 'message')) as [{ turns: number } | { fault: string }];
    if ('fault' in done) throw new Error(done.fault);
    return done.turns;
  }

  /** Microseconds of the server's processor time for one turn. */
  async costOf(target: Target, play: Play): Promise<number> {
    const before = await target.server.processorTime();
    const turns = await this.play(target, play);
    return ((await target.server.processorTime()) - before) / turns;
  }

  stop(): void {
    this.child.disconnect();
  }
}
