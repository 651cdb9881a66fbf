import type { TurnRecord, TurnTrace } from '@app/dialog';
import type { TurnEntry } from '@app/reporting';
import type { JournalNames } from './journal-names.js';

/** A turn on its way to the journal. What takes time to make is made when it is written: the caller waits while this is. */
export class JournaledTurn implements TurnEntry {
  private madeId: string | undefined;

  constructor(
    private readonly record: TurnRecord,
    private readonly trace: TurnTrace,
    private readonly atMs: number,
    private readonly names: JournalNames,
  ) {}

  get id(): string {
    // The same when the journal writes it once more.
    this.madeId ??= this.names.nextId(this.atMs);
    return this.madeId;
  }

  get session(): string {
    return this.names.ofSession(this.trace.sessionKey);
  }

  get sessionKey(): string {
    return this.trace.sessionKey;
  }

  get channel(): string {
    return this.record.channel;
  }

  get provider(): string {
    return this.record.provider;
  }

  get account(): string {
    return this.record.account;
  }

  get caller(): string {
    return this.trace.caller;
  }

  get dialog(): string {
    return this.trace.dialog;
  }

  get version(): string {
    return this.trace.version;
  }

  get asked(): string | undefined {
    return this.trace.asked;
  }

  get step(): string | undefined {
    return this.trace.step;
  }

  get refused(): boolean {
    return this.trace.refused;
  }

  get language(): string | undefined {
    return this.trace.language;
  }

  get turn(): number {
    return this.trace.turn;
  }

  get input(): string | undefined {
    return this.trace.input;
  }

  get reply(): string {
    return this.trace.reply.join('\n');
  }

  get outcome(): string {
    return this.record.outcome;
  }

  get ended(): boolean {
    return this.trace.ended;
  }

  get durationMs(): number {
    return this.record.durationMs;
  }

  get startedAt(): Date {
    return new Date(this.trace.startedAt);
  }

  get at(): Date {
    return new Date(this.atMs);
  }

  get expiresAt(): Date {
    return new Date(this.trace.expiresAt);
  }
}
