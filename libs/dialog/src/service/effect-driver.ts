import type { LateCall } from '../engine/late-text.js';
import type { EffectAnswer, EffectCall } from '../engine/next.js';
import type { EffectLedger, EffectResult, EffectRunner, LedgerEntry } from '../ports.js';
import { StoreUnavailable } from '../ports.js';
import type { Turn } from '../turn.js';
import type { Vault } from './vault.js';

/** What is left of a turn's time is not all for effects: the session must still be saved. */
const reserveMs = 300;

/** How long a call may go on whose late result is sent as a message. */
const lateMs = 60_000;

/** How a walk may use effects. */
export interface EffectRules {
  /**
   * `run`: known results are taken from the ledger, others are run. `strict`: the same, but nothing is run
   * while the ledger cannot be read. `never`: nothing is run.
   */
  readonly mode: 'run' | 'strict' | 'never';
  /** Called before the first effect runs; throws when the session cannot be claimed. */
  claim(): Promise<void>;
  /** Told of a result that came after the turn had run out of time, where the step wants it sent. Must not throw. */
  late?(effect: LateCall, result: EffectResult, identity: readonly (string | number)[]): void;
}

/** The walk needs the ledger, and it cannot be read or written, or has no entry where nothing may be run. */
export class LedgerNeeded extends Error {
  override readonly name = 'LedgerNeeded';
}

/** The turn's time is over; what it still does is for nothing. */
export class TurnExpired extends Error {
  override readonly name = 'TurnExpired';
}

/** One turn's share of time, and the word that it is over. */
export class TurnTime {
  private controller: AbortController | undefined;
  private over = false;

  /** @param deadline epoch milliseconds. @param now epoch milliseconds. */
  constructor(
    readonly deadline: number,
    private readonly now: () => number,
  ) {}

  get leftMs(): number {
    return this.deadline - this.now();
  }

  get expired(): boolean {
    return this.over;
  }

  get signal(): AbortSignal {
    // Made only when asked for: most turns have no effects.
    this.controller ??= new AbortController();
    if (this.over) this.controller.abort();
    return this.controller.signal;
  }

  expire(): void {
    this.over = true;
    this.controller?.abort();
  }
}

/** Runs what walks ask for, once: results are kept in the ledger under a key that a repeat of the turn meets again. */
export class EffectDriver {
  constructor(
    private readonly runner: EffectRunner,
    private readonly ledger: EffectLedger,
    private readonly vault: Vault,
    private readonly now: () => number,
  ) {}

  /**
   * Gives a walk the results that it asks for until it is done; at once where it asks for none, as most do.
   *
   * @param identity names the turn within its session: the history up to it, or its number.
   * @throws LedgerNeeded, TurnExpired, ActionMissing, and what `rules.claim` throws.
   */
  drive<T>(
    walk: Generator<EffectCall, T, EffectAnswer>,
    turn: Turn,
    identity: readonly (string | number)[],
    rules: EffectRules,
    time: TurnTime,
  ): T | Promise<T> {
    const step = walk.next();
    if (step.done === true) return step.value;
    return this.driveOn(walk, step.value, turn, identity, rules, time);
  }

  private async driveOn<T>(
    walk: Generator<EffectCall, T, EffectAnswer>,
    first: EffectCall,
    turn: Turn,
    identity: readonly (string | number)[],
    rules: EffectRules,
    time: TurnTime,
  ): Promise<T> {
    let effect = first;
    for (;;) {
      const step = walk.next(await this.perform(effect, turn, identity, rules, time));
      if (step.done === true) return step.value;
      effect = step.value;
    }
  }

  private async perform(
    effect: EffectCall,
    turn: Turn,
    identity: readonly (string | number)[],
    rules: EffectRules,
    time: TurnTime,
  ): Promise<EffectAnswer> {
    const keys = this.vault.names('effect', ...identity, effect.step, effect.visit);
    const known = await this.find(keys, rules);
    if (known !== undefined) return known;
    if (rules.mode === 'never') throw new LedgerNeeded(`the result of ${effect.step} is not known any more`);
    refuseExpired(time);
    await rules.claim();
    const forTurn = time.leftMs - reserveMs;
    if (forTurn <= 0) return { outcome: 'timeout', late: true };
    const key = keys[0] as string;
    const late = forTurn < effect.timeoutMs ? lateReport(effect, identity, rules) : undefined;
    const result = await this.run(effect, turn, key, Math.min(effect.timeoutMs, forTurn), time, late);
    const { provider, account } = turn;
    await this.record({ ...result, key, provider, account, step: effect.step, at: this.now() });
    refuseExpired(time);
    return result.outcome === 'timeout' && forTurn < effect.timeoutMs ? { ...result, late: true } : result;
  }

  private async find(keys: readonly string[], rules: EffectRules): Promise<EffectResult | undefined> {
    try {
      for (const key of keys) {
        const known = await this.ledger.find(key);
        if (known !== undefined) return known;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      // A turn that goes on from its session is not a repeat, as far as we can know: it may run without asking.
      if (rules.mode !== 'run') throw new LedgerNeeded('the ledger cannot be read', { cause: error });
    }
    return undefined;
  }

  private async record(entry: LedgerEntry): Promise<void> {
    try {
      await this.ledger.record(entry);
    } catch (error) {
      // Told apart from an outage of the sessions, after which the walk starts over and would run the effect again.
      throw new LedgerNeeded('the ledger cannot be written', { cause: error });
    }
  }

  private async run(
    effect: EffectCall,
    turn: Turn,
    key: string,
    timeoutMs: number,
    time: TurnTime,
    late: ((result: EffectResult) => void) | undefined,
  ): Promise<EffectResult> {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), timeoutMs);
    const over = AbortSignal.any([cut.signal, time.signal]);
    const aborted = new Promise<undefined>((resolve) => {
      over.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const running = this.start(effect, turn, key, late === undefined ? over : AbortSignal.timeout(timeoutMs + lateMs));
    try {
      const result = await Promise.race([running, aborted]);
      if (result !== undefined) return result;
    } finally {
      clearTimeout(timer);
    }
    // That it failed is told to nobody: the caller has heard that it took too long.
    if (late !== undefined) running.then(late, () => undefined);
    return { outcome: 'timeout' };
  }

  private start(effect: EffectCall, turn: Turn, key: string, signal: AbortSignal): Promise<EffectResult> {
    if (effect.kind === 'call') {
      const { action, input } = effect;
      const { caller, provider, account } = turn;
      return this.runner.call({ action, input, caller, idempotencyKey: key, provider, account }, signal);
    }
    const { method, url, headers, body } = effect;
    return this.runner.http(
      { method, url, headers, ...(body === undefined ? {} : { body }), idempotencyKey: key },
      signal,
    );
  }
}

function lateReport(
  effect: EffectCall,
  identity: readonly (string | number)[],
  rules: EffectRules,
): ((result: EffectResult) => void) | undefined {
  if (effect.kind !== 'call' || effect.late === undefined || rules.late === undefined) return undefined;
  const { step, visit, late } = effect;
  return (result) => rules.late?.({ step, visit, late }, result, identity);
}

function refuseExpired(time: TurnTime): void {
  if (time.expired) throw new TurnExpired('the turn ran out of time');
}
