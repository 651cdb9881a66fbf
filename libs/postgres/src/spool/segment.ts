import { open, type FileHandle } from 'node:fs/promises';

/** One file of the spool, open for appending. */
export class Segment {
  #bytes = 0;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string): Promise<Segment> {
    return new Segment(path, await open(path, 'a', 0o600));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves once the text is on the disk. On failure the file ends where it ended before, where that is possible. */
  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      await this.handle.writeFile(bytes);
      await this.handle.datasync();
    } catch (error) {
      await this.handle.truncate(this.#bytes).catch(() => undefined);
      throw error;
    }
    this.#bytes += bytes.length;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
