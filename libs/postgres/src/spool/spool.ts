import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from '../row.js';
import { claimFolder, releaseFolder, segmentNumbers, segmentPath, syncFolder } from './folder.js';
import { decodeFrames, encodeFrame } from './frame.js';
import { Segment } from './segment.js';
import { SpoolRefused } from './spool-refused.js';

/** Limits of a spool. */
export interface SpoolOptions {
  /** Kinds whose rows can be found while they are here. */
  readonly indexed?: readonly string[];
  /** A new file is begun beyond it; default 8 MiB. */
  readonly segmentBytes?: number;
  /** What the whole spool may hold; default 1 GiB. */
  readonly maxBytes?: number;
  /** Rows handed to the drain at once; default 500. */
  readonly batchRows?: number;
}

interface SealedSegment {
  readonly number: number;
  readonly bytes: number;
  readonly rows: number;
}

interface Waiting {
  readonly row: Row;
  readonly frame: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps rows on this node's disk while Postgres cannot take them. Appends that arrive together share one fsync. Files
 * are removed when all of their rows were drained, so a crash in a drain hands rows out again.
 */
export class Spool {
  readonly #index = new Map<string, Row>();
  readonly #sealed: SealedSegment[] = [];
  #current: { readonly number: number; readonly segment: Segment; rows: number } | undefined;
  #nextNumber = 1;
  #rows = 0;
  #sealedBytes = 0;
  #waiting: Waiting[] = [];
  #turn: Promise<void> = Promise.resolve();
  #scheduled = false;
  #draining = false;
  #closed = false;

  private constructor(
    private readonly folder: string,
    private readonly options: SpoolOptions,
  ) {}

  /**
   * Opens the spool of a folder, made where it is missing, with whatever an earlier process left in it.
   * @throws SpoolRefused when the folder cannot be written or another process uses it
   */
  static async open(folder: string, options: SpoolOptions = {}): Promise<Spool> {
    await claimFolder(folder);
    const spool = new Spool(folder, options);
    for (const number of await segmentNumbers(folder)) await spool.#adopt(number);
    return spool;
  }

  /** Names the folder, the same in every process that takes it over. */
  async name(): Promise<string> {
    const file = join(this.folder, 'name');
    await writeFile(file, randomUUID(), { flag: 'wx', mode: 0o600, flush: true }).catch(() => undefined);
    return readFile(file, 'utf8');
  }

  /** Takes matching lines out of what was put aside as damaged; returns how many. */
  async removeDamaged(matches: (text: string) => boolean): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.folder)) {
      if (!name.endsWith('.damaged')) continue;
      const path = join(this.folder, name);
      const lines = (await readFile(path, 'utf8')).split('\n');
      const left = lines.filter((line) => !matches(line));
      if (left.length < lines.length) await writeFile(path, left.join('\n'), { mode: 0o600, flush: true });
      removed += lines.length - left.length;
    }
    return removed;
  }

  /** How many rows wait to be drained. */
  get depth(): number {
    return this.#rows;
  }

  /** How many bytes they take. */
  get bytes(): number {
    return this.#sealedBytes + (this.#current?.segment.bytes ?? 0);
  }

  /** A row of an indexed kind that has not been drained yet. */
  find(kind: string, id: string): Row | undefined {
    return this.#index.get(indexKey(kind, id));
  }

  /**
   * Resolves once the row is on the disk.
   * @throws SpoolRefused when the spool is full or closed; and the system's own errors, ENOSPC for one
   */
  async append(row: Row): Promise<void> {
    if (this.#closed) throw new SpoolRefused('the spool is closed');
    if (this.bytes >= (this.options.maxBytes ?? 2 ** 30)) throw new SpoolRefused('the spool is full');
    if (this.find(row.kind, row.id) !== undefined) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ row, frame: encodeFrame(row), resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      void this.#exclusively(() => this.#commit());
    });
  }

  /**
   * Hands out the rows, oldest first, until none is left, rows appended meanwhile included. Stops with the error of
   * `store`; the rows of that file are handed out again next time.
   */
  async drain(store: (rows: readonly Row[]) => Promise<void>): Promise<void> {
    if (this.#draining) throw new Error('the spool is being drained already');
    this.#draining = true;
    try {
      await this.#exclusively(() => this.#seal());
      for (let next = this.#sealed[0]; next !== undefined; next = this.#sealed[0]) {
        await this.#drainSegment(next.number, store);
        this.#sealed.shift();
        this.#sealedBytes -= next.bytes;
        this.#rows -= next.rows;
        if (this.#sealed.length === 0) await this.#exclusively(() => this.#seal());
      }
    } finally {
      this.#draining = false;
    }
  }

  /** Finishes the appends in work and gives the folder free. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#exclusively(() => this.#commit());
    await this.#exclusively(() => this.#seal());
    await releaseFolder(this.folder);
  }

  async #adopt(number: number): Promise<void> {
    const text = await readFile(segmentPath(this.folder, number), 'utf8');
    const { rows } = decodeFrames(text);
    for (const row of rows) this.#remember(row);
    this.#rows += rows.length;
    this.#sealedBytes += text.length;
    this.#sealed.push({ number, bytes: text.length, rows: rows.length });
    this.#nextNumber = number + 1;
  }

  async #commit(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    try {
      const current = (this.#current ??= await this.#begin());
      await current.segment.append(batch.map((waiting) => waiting.frame).join(''));
      current.rows += batch.length;
      this.#rows += batch.length;
      for (const { row, resolve } of batch) {
        this.#remember(row);
        resolve();
      }
      if (current.segment.bytes >= (this.options.segmentBytes ?? 2 ** 23)) await this.#seal();
    } catch (error) {
      for (const { reject } of batch) reject(error);
      // After a failed fsync nothing is known of the file's pages: what comes next goes to a new one.
      await this.#seal();
    }
  }

  async #begin(): Promise<{ number: number; segment: Segment; rows: number }> {
    const number = this.#nextNumber++;
    const segment = await Segment.create(segmentPath(this.folder, number));
    await syncFolder(this.folder);
    return { number, segment, rows: 0 };
  }

  async #seal(): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    await current.segment.close().catch(() => undefined);
    if (current.rows === 0) {
      await rm(current.segment.path, { force: true }).catch(() => undefined);
      return;
    }
    this.#sealed.push({ number: current.number, bytes: current.segment.bytes, rows: current.rows });
    this.#sealedBytes += current.segment.bytes;
  }

  async #drainSegment(number: number, store: (rows: readonly Row[]) => Promise<void>): Promise<void> {
    const path = segmentPath(this.folder, number);
    const { rows, damaged } = decodeFrames(await readFile(path, 'utf8'));
    const size = this.options.batchRows ?? 500;
    for (let start = 0; start < rows.length; start += size) {
      const batch = rows.slice(start, start + size);
      await store(batch);
      for (const row of batch) this.#index.delete(indexKey(row.kind, row.id));
    }
    if (damaged > 0) await rename(path, `${path}.damaged`);
    else await rm(path);
    await syncFolder(this.folder);
  }

  #remember(row: Row): void {
    const key = indexKey(row.kind, row.id);
    if (this.options.indexed?.includes(row.kind) === true && !this.#index.has(key)) this.#index.set(key, row);
  }

  /** File operations run one after the other. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function indexKey(kind: string, id: string): string {
  return `${kind} ${id}`;
}
