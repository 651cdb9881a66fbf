import type { Logger } from 'pino';
import type { TurnObserver, TurnRecord } from '@app/dialog';
import type { TurnJournal } from '@app/reporting';
import type { Metrics } from '../health/metrics.js';
import type { JournalNames } from './journal-names.js';
import { JournaledTurn } from './journaled-turn.js';

/** Counts turns, writes them to the journal, and logs those that failed. */
export class ObservedTurns implements TurnObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly journal: TurnJournal,
    private readonly names: JournalNames,
    private readonly log: Logger,
    private readonly now: () => number,
  ) {}

  turn(record: TurnRecord): void {
    this.metrics.turn(record);
    if (record.trace !== undefined) {
      this.journal.note(new JournaledTurn(record, record.trace, this.now(), this.names));
    }
    if (record.error === undefined) return;
    const { channel, provider, account, dialog, outcome, durationMs, error } = record;
    this.log.error({ channel, provider, account, dialog, outcome, durationMs, err: error }, 'a turn failed');
  }

  missingVariable(dialog: string, variable: string): void {
    this.metrics.missingVariable(dialog, variable);
  }
}
