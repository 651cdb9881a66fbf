import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { TurnObserver, TurnRecord } from '@app/dialog';
import type { GuardedHttpClient, SendAttempt } from '@app/outbound';
import type { PostgresStores } from '@app/postgres';
import type { StoreFailure, StoreObserver } from '@app/sessions';

/** Latency buckets of a turn in seconds: the shortest deadline of a provider is 8 s. */
const turnBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 10, 30];

/** What the process counts, in the form that Prometheus reads. No label holds anything of a caller. */
export class Metrics implements TurnObserver, StoreObserver {
  readonly registry = new Registry();
  private readonly turns: Counter;
  private readonly seconds: Histogram;
  private readonly missing: Counter;
  private readonly storeFailures: Counter;
  private readonly sends: Counter;
  /** Label objects are made once: this runs for every turn. */
  private readonly labels = new Map<string, { turns: Counter.Internal; seconds: Histogram.Internal<string> }>();

  constructor() {
    const registers = [this.registry];
    this.turns = new Counter({
      name: 'ongea_turns_total',
      help: 'Turns answered, by channel, provider and outcome.',
      labelNames: ['channel', 'provider', 'outcome'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'ongea_turn_duration_seconds',
      help: 'Time from the arrival of a turn to its reply.',
      labelNames: ['channel', 'provider'],
      buckets: turnBuckets,
      registers,
    });
    this.missing = new Counter({
      name: 'ongea_missing_variables_total',
      help: 'Variables that a dialog read and that were not there, and conditions that could not be evaluated.',
      labelNames: ['dialog', 'variable'],
      registers,
    });
    this.storeFailures = new Counter({
      name: 'ongea_session_store_failures_total',
      help: 'Commands that the session store did not carry out, by reason; "full" means that new sessions are refused.',
      labelNames: ['reason'],
      registers,
    });
    this.sends = new Counter({
      name: 'ongea_send_attempts_total',
      help: 'Attempts to send messages, calls and forwards, by provider, kind, how they ended and the code of the error.',
      labelNames: ['provider', 'kind', 'state', 'error'],
      registers,
    });
    collectDefaultMetrics({ register: this.registry });
  }

  turn({ channel, provider, outcome, durationMs }: TurnRecord): void {
    const key = `${channel} ${provider} ${outcome}`;
    let counted = this.labels.get(key);
    if (counted === undefined) {
      counted = {
        turns: this.turns.labels(channel, provider, outcome),
        seconds: this.seconds.labels(channel, provider),
      };
      this.labels.set(key, counted);
    }
    counted.turns.inc();
    counted.seconds.observe(durationMs / 1000);
  }

  missingVariable(dialog: string, variable: string): void {
    this.missing.labels(dialog, variable).inc();
  }

  failed(reason: StoreFailure): void {
    this.storeFailures.labels(reason).inc();
  }

  sendAttempt({ provider, kind, state, error }: SendAttempt): void {
    this.sends.labels(provider, kind, state, error ?? '').inc();
  }

  /** Adds what other parts of the process know about themselves, read when somebody asks. */
  watch(postgres: PostgresStores, client: GuardedHttpClient): void {
    const registers = [this.registry];
    new Gauge({
      name: 'ongea_spool_rows',
      help: 'Rows that wait on disk for Postgres.',
      registers,
      collect(): void {
        this.set(postgres.postgresHealth().spool.rows);
      },
    });
    new Gauge({
      name: 'ongea_open_circuits',
      help: 'Hosts that are not asked for the moment, since they failed too often.',
      registers,
      collect(): void {
        this.set(client.circuits().filter(({ state }) => state !== 'closed').length);
      },
    });
  }
}
