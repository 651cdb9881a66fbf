import { Transform, type TransformCallback } from 'node:stream';

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Ends the records of a CSV that come with LF with CRLF, as RFC 4180 wants them; line feeds within quotes stay. */
export class CsvRecords extends Transform {
  #isQuoted = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const written = Buffer.allocUnsafe(chunk.length * 2);
    let [copied, end] = [0, 0];
    let nextQuote = chunk.indexOf(quote);
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) {
      nextQuote = this.#passQuotes(chunk, nextQuote, at);
      if (this.#isQuoted) continue;
      end += chunk.copy(written, end, copied, at);
      written[end++] = carriageReturn;
      copied = at;
    }
    this.#passQuotes(chunk, nextQuote, chunk.length);
    end += chunk.copy(written, end, copied);
    done(null, written.subarray(0, end));
  }

  /** Counts the quotes before `until`, a doubled one as two; gives where the next one is, -1 where there is none. */
  #passQuotes(chunk: Buffer, first: number, until: number): number {
    let at = first;
    for (; at >= 0 && at < until; at = chunk.indexOf(quote, at + 1)) this.#isQuoted = !this.#isQuoted;
    return at;
  }
}
