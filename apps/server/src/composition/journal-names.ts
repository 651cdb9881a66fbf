import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Vault } from '@app/dialog';

/** Names sessions and turns for the journal without asking for randomness each time. */
export class JournalNames {
  private readonly random = randomBytes(16);
  private sequence = 0;

  constructor(private readonly vault: Pick<Vault, 'name'>) {}

  /** The HMAC of a session's key: how a session is named outside. */
  ofSession(sessionKey: string): string {
    return this.vault.name('session', sessionKey);
  }

  /** A UUIDv7, told from those of other processes by what is random in it, from our own by a number. */
  nextId(msecs: number): string {
    this.sequence = (this.sequence + 1) % 0x8000_0000;
    return uuidv7({ msecs, seq: this.sequence, random: this.random });
  }
}
