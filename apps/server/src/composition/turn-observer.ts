import { v7 as uuidv7 } from 'uuid';
import type { Logger } from 'pino';
import type { TurnObserver, TurnRecord, TurnTrace, Vault } from '@app/dialog';
import type { TurnEntry, TurnJournal } from '@app/reporting';
import type { Metrics } from '../health/metrics.js';

/** Counts turns, writes them to the journal, and logs those that failed. */
export class ObservedTurns implements TurnObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly journal: TurnJournal,
    private readonly vault: Vault,
    private readonly log: Logger,
    private readonly now: () => number,
  ) {}

  turn(record: TurnRecord): void {
    this.metrics.turn(record);
    const { trace, error, ...fields } = record;
    if (trace !== undefined) this.journal.note(entryOf(record, trace, this.now(), this.vault));
    if (error !== undefined) this.log.error({ ...fields, err: error }, 'a turn failed');
  }

  missingVariable(dialog: string, variable: string): void {
    this.metrics.missingVariable(dialog, variable);
  }
}

/** Names and times are made when the entry is written, a moment later: nobody waits then. */
function entryOf(record: TurnRecord, trace: TurnTrace, at: number, vault: Vault): TurnEntry {
  const { channel, provider, account, outcome, durationMs } = record;
  const { sessionKey, caller, dialog, version, refused, turn, ended } = trace;
  let id: string | undefined;
  return {
    ...{ sessionKey, channel, provider, account, caller, dialog, version, refused, turn, outcome, ended, durationMs },
    // The same when the journal writes it once more.
    get id() {
      return (id ??= uuidv7({ msecs: at }));
    },
    get session() {
      return vault.name('session', sessionKey);
    },
    get reply() {
      return trace.reply.join('\n');
    },
    get startedAt() {
      return new Date(trace.startedAt);
    },
    get at() {
      return new Date(at);
    },
    get expiresAt() {
      return new Date(trace.expiresAt);
    },
    ...present(trace),
  };
}

function present({
  asked,
  step,
  language,
  input,
}: TurnTrace): Pick<TurnEntry, 'asked' | 'step' | 'language' | 'input'> {
  return {
    ...(asked === undefined ? {} : { asked }),
    ...(step === undefined ? {} : { step }),
    ...(language === undefined ? {} : { language }),
    ...(input === undefined ? {} : { input }),
  };
}
