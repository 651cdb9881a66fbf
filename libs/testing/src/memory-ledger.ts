import { StoreUnavailable, type EffectLedger, type EffectResult, type LedgerEntry } from '@app/dialog';

/** An effect ledger that keeps its entries in memory, and can be away. */
export class MemoryLedger implements EffectLedger {
  readonly entries = new Map<string, LedgerEntry>();
  readable = true;

  find(key: string): Promise<EffectResult | undefined> {
    if (!this.readable) return Promise.reject(new StoreUnavailable('the ledger is away'));
    const entry = this.entries.get(key);
    if (entry === undefined) return Promise.resolve(undefined);
    const { outcome, value } = entry;
    return Promise.resolve(value === undefined ? { outcome } : { outcome, value });
  }

  record(entry: LedgerEntry): Promise<void> {
    if (!this.entries.has(entry.key)) this.entries.set(entry.key, structuredClone(entry));
    return Promise.resolve();
  }
}
