import type { Parts } from './parts.js';
import { numberPattern, parseMsisdn } from '@app/telephony';

const lookMs = 1_000;
/** A process that nobody waits for says so seldom. */
const reportMs = 60_000;

/**
 * Carries erasures out, whoever asked for them: this process brings its own spool to Postgres, and one of all goes through
 * sessions and tables. What an outage interrupts is begun again.
 */
export class Erasing {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private stopped = false;
  private reportedAt = -Infinity;

  constructor(private readonly parts: Pick<Parts, 'postgres' | 'sessions' | 'vault' | 'clock' | 'log'>) {}

  start(): void {
    this.timer = setInterval(() => {
      this.working ??= this.look().finally(() => (this.working = undefined));
    }, lookMs).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.working;
  }

  private async look(): Promise<void> {
    const { postgres, log } = this.parts;
    if (postgres.postgresHealth().state !== 'up') return;
    try {
      await this.carryOut();
    } catch (error) {
      if (!this.stopped) log.warn({ err: error }, 'numbers that are to be erased are still there; it is tried again');
    }
  }

  private async carryOut(): Promise<void> {
    const { postgres, vault, clock } = this.parts;
    const running = await postgres.erasures.running();
    if (running.length === 0 && clock.now() - this.reportedAt < reportMs) return;
    this.reportedAt = clock.now();
    const named = running.map(({ id, sealedNumber }) => ({ id, number: numberOf(vault.open(sealedNumber)) }));
    const patterns = named.flatMap(({ number }) => (number === undefined ? [] : new RegExp(numberPattern(number))));
    const matches = (text: string) => patterns.some((pattern) => pattern.test(text));
    await postgres.reportSpool(patterns.length === 0 ? undefined : matches);
    for (const { id, number } of named) {
      if (this.stopped) return;
      if (number === undefined) await postgres.erasures.report(id, 'failed', {});
      else await this.erase(id, number);
    }
  }

  private async erase(id: string, number: NonNullable<ReturnType<typeof numberOf>>): Promise<void> {
    const { erasures } = this.parts.postgres;
    const pass = await erasures.claim(id);
    if (pass === 'wait') return;
    const removed: Record<string, number> = {};
    try {
      const pattern = new RegExp(numberPattern(number));
      const sessions = await this.parts.sessions.removeMatching((text) => pattern.test(text));
      if (sessions > 0) removed['open_sessions'] = sessions;
      Object.assign(removed, await erasures.erase(number));
    } catch (error) {
      await erasures.report(id, 'running', removed).catch(() => undefined);
      throw error;
    }
    await erasures.report(id, pass === 'last' ? 'done' : 'running', removed);
  }
}

function numberOf(opened: unknown): ReturnType<typeof parseMsisdn> {
  return typeof opened === 'string' ? parseMsisdn(opened) : undefined;
}
