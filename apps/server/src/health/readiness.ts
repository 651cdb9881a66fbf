import type { Parts } from '../composition/parts.js';

/** What a dependency is like just now. */
export interface DependencyState {
  readonly state: string;
  readonly reason?: string;
}

export interface ReadinessReport {
  readonly ready: boolean;
  /** Everything that we depend on is there. */
  readonly complete: boolean;
  readonly dependencies: Readonly<Record<'postgres' | 'sessions' | 'spool', DependencyState>>;
  readonly draining: boolean;
}

/**
 * Whether the process can do its work. Turns and facts survive without Postgres and without Redis for a while, so only
 * start-up and the drain take readiness away; `complete` says whether anything is missing.
 */
export class Readiness {
  private draining = false;

  constructor(private readonly parts: Pick<Parts, 'postgres' | 'sessions'>) {}

  /** From now on, nobody should send us anything new. */
  drain(): void {
    this.draining = true;
  }

  report(): ReadinessReport {
    const { state, reason, migrated, spool, writeFailure } = this.parts.postgres.postgresHealth();
    const sessions = this.parts.sessions.state();
    const dependencies = {
      postgres: { state, ...(reason === undefined ? {} : { reason }) },
      sessions: sessions.kind === 'up' ? { state: 'up' } : { state: 'down', reason: sessions.reason },
      spool: { state: `${spool.rows} rows`, ...(writeFailure === undefined ? {} : { reason: writeFailure }) },
    };
    const complete = state === 'up' && sessions.kind === 'up' && writeFailure === undefined;
    return { ready: migrated && !this.draining, complete, dependencies, draining: this.draining };
  }
}
