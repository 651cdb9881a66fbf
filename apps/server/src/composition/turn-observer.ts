import type { Logger } from 'pino';
import type { TurnObserver, TurnRecord, TurnTrace } from '@app/dialog';
import type { TurnJournal } from '@app/reporting';
import type { Metrics } from '../health/metrics.js';
import type { JournalNames } from './journal-names.js';

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
    if (record.trace !== undefined) this.note(record, record.trace);
    if (record.error === undefined) return;
    const { channel, provider, account, dialog, outcome, durationMs, error } = record;
    this.log.error({ channel, provider, account, dialog, outcome, durationMs, err: error }, 'a turn failed');
  }

  missingVariable(dialog: string, variable: string): void {
    this.metrics.missingVariable(dialog, variable);
  }

  private note({ channel, provider, account, outcome, durationMs }: TurnRecord, trace: TurnTrace): void {
    const at = this.now();
    const { sessionKey, caller, dialog, version, asked, step, refused, language, turn, input, reply } = trace;
    const { ended, startedAt, expiresAt } = trace;
    const id = this.names.nextId(at);
    const session = this.names.ofSession(sessionKey);
    const text = reply.join('\n');
    // One literal: an object put together from others takes far longer, and there is one for every turn.
    // prettier-ignore
    this.journal.note({
      id, session, sessionKey, channel, provider, account, caller, dialog, version, asked, step, refused, language, turn,
      input, reply: text, outcome, ended, durationMs, startedAt, at, expiresAt,
    });
  }
}
