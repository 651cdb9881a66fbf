import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Requests that are all alike but for their number, which stands for every `#` of the body. */
export interface Sending {
  readonly url: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
  /** How the body of each answer begins; its status is 200. */
  readonly expect: string;
  readonly requests: number;
  readonly senders: number;
}

type Done = { readonly seconds: number } | { readonly p50: number; readonly p99: number } | { readonly fault: string };

/** Whoever reports to us, in a process of its own so that its work is not the server's. */
export class Senders {
  private readonly child: ChildProcess;
  private used = 0;

  constructor() {
    this.child = fork(fileURLToPath(new URL('./servers/senders.mjs', import.meta.url)), { execArgv: [] });
  }

  /** Requests a second, each sender sending the next one when the last was answered. */
  async rate(sending: Sending): Promise<number> {
    const done = await this.do(sending);
    if (!('seconds' in done)) throw new Error('no time came back');
    return sending.requests / done.seconds;
  }

  /** How long answers take at so many requests a second, in milliseconds from when each request should have left. */
  async latencies(sending: Sending, perSecond: number): Promise<{ readonly p50: number; readonly p99: number }> {
    const done = await this.do({ ...sending, perSecond });
    if (!('p50' in done)) throw new Error('no latencies came back');
    return done;
  }

  stop(): void {
    this.child.disconnect();
  }

  private async do(job: Sending & { readonly perSecond?: number }): Promise<Done> {
    this.child.send({ ...job, first: this.used });
    this.used += job.requests;
    const [done] = (await once(this.child, 'message')) as [Done];
    if ('fault' in done) throw new Error(done.fault);
    return done;
  }
}
