import { randomUUID } from 'node:crypto';
import type { SessionStore } from '../ports.js';
import type { Turn } from '../turn.js';
import type { TurnTime } from './effect-driver.js';
import { packSession, unpackSession } from './session-codec.js';
import type { Found } from './session-finder.js';
import { newSession, type Session } from './session.js';
import type { Start } from './turn-start.js';

/** Another turn of the session was saved first. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

/** A turn's mark on its session that it is in work, set before the first effect runs. */
export class SessionClaim {
  private saves = 0;

  constructor(
    private readonly store: SessionStore,
    private readonly turn: Turn,
    private readonly found: Found,
    private readonly start: Start,
    private readonly time: TurnTime,
  ) {}

  /** The version that the next save must name. */
  get expected(): number {
    return this.found.version + this.saves;
  }

  /**
   * Leaves everything but the mark in the session as it was found; the second time, and later, does nothing.
   * @throws LostRace, StoreUnavailable
   */
  async take(): Promise<void> {
    if (this.saves > 0) return;
    if ((await this.mark(this.time.deadline)) === 'conflict') {
      throw new LostRace('another turn claimed the session first');
    }
    this.saves += 1;
  }

  /** Lets others go on at once after a turn that failed. The mark itself stays: effects may have been run. */
  async release(now: number): Promise<void> {
    if (this.saves === 0) return;
    // Where it fails, the mark runs out by itself.
    await this.mark(now).catch(() => 'conflict');
  }

  private mark(until: number): Promise<'saved' | 'conflict'> {
    const session = this.asFound();
    // Unlike any other claim, since a store takes the same text written twice for one write.
    session.claim = { by: randomUUID(), until };
    const ttlMs = Math.max(this.start.version.root.idleMs[this.turn.channel], this.turn.deadlineMs);
    return this.store.save(this.found.key, packSession(session), this.expected, ttlMs);
  }

  private asFound(): Session {
    const { found, start } = this;
    const same =
      found.payload === undefined || start.session !== found.session ? undefined : unpackSession(found.payload);
    const { dialog, version, caller, startedAt, epoch, to, language } = start.session;
    if (same !== undefined) return same;
    const begun = newSession({ dialog, version, caller, startedAt, epoch, to, language });
    begun.unsent = found.session?.unsent ?? begun.unsent;
    return begun;
  }
}
