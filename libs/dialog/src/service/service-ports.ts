import type { DialogVersion } from '../definition/model.js';
import type { Clock, EffectLedger, EffectRunner, SessionStore, TurnObserver, TurnOutbox } from '../ports.js';
import type { Vault } from './vault.js';

/** The dialogs as they are now, and as they were when older sessions began. */
export interface DialogVersions {
  current(id: string): DialogVersion | undefined;
  /** By the version's hash or the beginning of it. */
  find(id: string, version: string): Promise<DialogVersion | undefined>;
}

export interface DialogServicePorts {
  readonly dialogs: DialogVersions;
  readonly sessions: SessionStore;
  readonly ledger: EffectLedger;
  readonly effects: EffectRunner;
  readonly outbox: TurnOutbox;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly observer: TurnObserver;
}
