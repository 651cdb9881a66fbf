import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Vault } from '@app/dialog';

/** A conversation is written about several times in a row: names made are kept for that long, at most so many. */
const mostKept = 5_000;

/** Names sessions and turns for the journal without asking for randomness, or for the same HMAC, each time. */
export class JournalNames {
  private readonly random = randomBytes(16);
  private readonly made = new Map<string, string>();
  private sequence = 0;

  constructor(private readonly vault: Pick<Vault, 'name'>) {}

  /** The HMAC of a session's key: how a session is named outside. */
  ofSession(sessionKey: string): string {
    let name = this.made.get(sessionKey);
    if (name === undefined) {
      name = this.vault.name('session', sessionKey);
      if (this.made.size >= mostKept) this.made.clear();
      this.made.set(sessionKey, name);
    }
    return name;
  }

  /** A UUIDv7, told from those of other processes by what is random in it, from our own by a number. */
  nextId(msecs: number): string {
    this.sequence = (this.sequence + 1) % 0x8000_0000;
    return uuidv7({ msecs, seq: this.sequence, random: this.random });
  }
}
