import { sendErrors } from '@app/provider-kit';
import type { OutboxWork, SendResult, Settlement } from '@app/reporting';
import type { Plan } from './retry-plan.js';
import { pause, type SendClock } from './send-clock.js';
import type { Verdict } from './verdict.js';

/** What is known of an attempt besides its verdict. */
export interface AttemptFacts {
  readonly tries: number;
  readonly durationMs: number;
  readonly httpStatus?: number;
  /** Of those who were settled without being sent to. */
  readonly before?: readonly SendResult[];
}

const firstPauseMs = 250;
const longestPauseMs = 2_000;

/** Makes settlements out of verdicts, and holds on to what it has to write while the database is away. */
export class Settler {
  constructor(
    private readonly work: Pick<OutboxWork, 'settle' | 'putBack'>,
    private readonly plan: Plan,
    private readonly clock: SendClock,
    /** How long a write is tried, in milliseconds. */
    private readonly patienceMs: number,
  ) {}

  /** The last attempt turns a retry into the end. */
  settlementOf({ tries, durationMs, httpStatus, before = [] }: AttemptFacts, verdict: Verdict): Settlement {
    const { error, detail, results, retryAfterMs } = verdict;
    const state = verdict.state === 'retry' && this.plan.isLast(tries) ? endOf(verdict) : verdict.state;
    const nextAt = () => new Date(this.clock.now() + this.plan.delayMs(tries, retryAfterMs));
    return {
      ...{ state, results: [...before, ...results], durationMs },
      ...(error === undefined ? {} : { error }),
      ...(detail === undefined ? {} : { detail }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(state === 'retry' ? { nextAt: nextAt() } : {}),
    };
  }

  /** Rejects with the database's error when it stays away for longer than there is patience for. */
  settle(id: string, attempt: number, settlement: Settlement): Promise<void> {
    return this.#persist(() => this.work.settle(id, attempt, settlement));
  }

  /** As `settle`. */
  putBack(id: string, attempt: number, nextAt: Date): Promise<void> {
    return this.#persist(() => this.work.putBack(id, attempt, nextAt));
  }

  async #persist(write: () => Promise<void>): Promise<void> {
    const giveUpAt = this.clock.now() + this.patienceMs;
    for (let waitMs = firstPauseMs; ; waitMs = Math.min(waitMs * 2, longestPauseMs)) {
      try {
        await write();
        return;
      } catch (error) {
        if (this.clock.now() + waitMs > giveUpAt) throw error;
        await pause(this.clock, waitMs);
      }
    }
  }
}

function endOf({ error }: Verdict): 'uncertain' | 'dead' {
  return error !== undefined && sendErrors[error].then === 'uncertain' ? 'uncertain' : 'dead';
}
