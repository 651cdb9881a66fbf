import type { TurnEntry } from '@app/reporting';
import { nameColumn } from '../row.js';

const pageBytes = 512 * 1024;
const pageTurns = 500;

/** Between turns, and between the fields of one: the separators that ASCII has for this. */
export const betweenTurns = '\x1e';
export const betweenFields = '\x1f';

/**
 * Turns on their way to Postgres, as bytes. They wait for half a second: as objects they would be copied by the garbage
 * collector meanwhile, which costs more than to write them down here.
 */
export class TurnPage {
  #bytes = Buffer.allocUnsafe(pageBytes);
  #length = 0;
  #turns = 0;

  /** Begins with a turn, whatever it held before. */
  begin(turn: string): void {
    if (roomFor(turn) > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(roomFor(turn));
    this.#length = 0;
    this.#turns = 0;
    this.#write(turn);
  }

  /** How many turns it holds. */
  get turns(): number {
    return this.#turns;
  }

  /** Whether there was room for one more. */
  add(turn: string): boolean {
    if (this.#turns === pageTurns || this.#length + roomFor(turn) > this.#bytes.length) return false;
    this.#write(betweenTurns + turn);
    return true;
  }

  /** All turns, as UTF-8. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Each turn by itself. */
  each(): string[] {
    return this.bytes().toString('utf8').split(betweenTurns);
  }

  #write(text: string): void {
    this.#length += this.#bytes.write(text, this.#length);
    this.#turns += 1;
  }
}

/** A unit of UTF-16 is at most three bytes; the separator comes on top. */
function roomFor(turn: string): number {
  return 3 * turn.length + 1;
}

/**
 * The fields of a turn in the order in which the statement takes them apart; what is absent is empty. There is one for
 * every turn: as JSON it takes three times as long to write, and to read.
 */
export function turnLine(turn: TurnEntry): string {
  const { id, at, session, channel, provider, account, dialog, version, asked = '', step = '', refused } = turn;
  const { language = '', turn: number, outcome, ended, durationMs, startedAt, expiresAt } = turn;
  const caller = clean(nameColumn(turn.caller));
  const input = turn.input === undefined ? '' : clean(turn.input);
  return (
    `${id}\x1f${String(at)}\x1f${session}\x1f${clean(turn.sessionKey)}\x1f${channel}\x1f${provider}\x1f${account}` +
    `\x1f${caller}\x1f${dialog}\x1f${version}\x1f${asked}\x1f${step}\x1f${String(refused)}\x1f${language}` +
    `\x1f${String(number)}\x1f${input}\x1f${clean(turn.reply)}\x1f${outcome}\x1f${String(ended)}` +
    `\x1f${String(durationMs)}\x1f${String(startedAt)}\x1f${String(expiresAt)}`
  );
}

// NUL is nothing that Postgres takes; lone surrogates are replaced as the text becomes UTF-8.
const unwritable = /[\0\x1e\x1f]/;
const allUnwritable = /[\0\x1e\x1f]/g;

function clean(text: string): string {
  return unwritable.test(text) ? text.replace(allUnwritable, '') : text;
}
