import type { EffectLedger, EffectResult, LedgerEntry } from '@app/dialog';

/** Remembers what was done for as long as the process lives: sessions do not outlive it here. */
export class MemoryLedger implements EffectLedger {
  private readonly entries = new Map<string, LedgerEntry>();

  find(key: string): Promise<EffectResult | undefined> {
    return Promise.resolve(this.entries.get(key));
  }

  record(entry: LedgerEntry): Promise<void> {
    if (!this.entries.has(entry.key)) this.entries.set(entry.key, entry);
    return Promise.resolve();
  }
}
