import { dialogFileEnding } from '../definition/parse-dialog.js';
import type { DialogVersion } from '../definition/model.js';
import type { DialogArchive } from '../ports.js';
import { compileVersions } from './versions.js';

/** How many versions that are no longer current are kept compiled. */
const rememberedVersions = 500;

/** The dialogs that are served now, and the older versions that sessions may still be on. */
export class DialogCatalog {
  #current: ReadonlyMap<string, DialogVersion> = new Map();
  /** Oldest first, by `id version`. */
  readonly #older = new Map<string, DialogVersion>();
  readonly #searches = new Map<string, Promise<DialogVersion | undefined>>();

  constructor(private readonly archive?: DialogArchive) {}

  /** The ids that are served, in order. */
  get ids(): readonly string[] {
    return [...this.#current.keys()].sort();
  }

  /** Every current version. */
  get versions(): readonly DialogVersion[] {
    return this.ids.flatMap((id) => this.#current.get(id) ?? []);
  }

  /** The version that new sessions begin on. */
  current(id: string): DialogVersion | undefined {
    return this.#current.get(id);
  }

  /** A version that is in memory, by its hash or the beginning of it (8 digits and more). */
  remembered(id: string, version: string): DialogVersion | undefined {
    if (!/^[0-9a-f]{8,64}$/.test(version)) return undefined;
    const current = this.#current.get(id);
    if (current?.version.startsWith(version) === true) return current;
    for (const older of [...this.#older.values()].reverse()) {
      if (older.id === id && older.version.startsWith(version)) return older;
    }
    return undefined;
  }

  /**
   * A version by its hash or the beginning of it: from memory, else from the archive; undefined where nobody has it.
   * @throws StoreUnavailable when the archive cannot be read.
   */
  async find(id: string, version: string): Promise<DialogVersion | undefined> {
    const here = this.remembered(id, version);
    if (here || !this.archive || !/^[0-9a-f]{8,64}$/.test(version)) return here;
    const key = `${id} ${version}`;
    const running = this.#searches.get(key);
    if (running) return running;
    const search = this.#search(this.archive, id, version).finally(() => this.#searches.delete(key));
    this.#searches.set(key, search);
    return search;
  }

  /** Serves these dialogs and no others from now on; what was served stays findable. */
  replace(versions: readonly DialogVersion[]): void {
    const next = new Map(versions.map((version) => [version.id, version]));
    for (const old of this.#current.values()) {
      if (next.get(old.id)?.version !== old.version) this.#remember(old);
    }
    this.#current = next;
  }

  async #search(archive: DialogArchive, id: string, version: string): Promise<DialogVersion | undefined> {
    const sources = await archive.find(id, version);
    if (sources === undefined) return undefined;
    const files = Object.entries(sources).map(([name, text]) => [`${name}${dialogFileEnding}`, text] as const);
    const found = compileVersions(new Map(files)).versions.find((compiled) => compiled.id === id);
    // What was kept by other code, or altered since, does not have the hash that it is asked for by.
    if (found?.version.startsWith(version) !== true) return undefined;
    this.#remember(found);
    return found;
  }

  #remember(version: DialogVersion): void {
    const key = `${version.id} ${version.version}`;
    this.#older.delete(key);
    this.#older.set(key, version);
    for (const oldest of this.#older.keys()) {
      if (this.#older.size <= rememberedVersions) break;
      this.#older.delete(oldest);
    }
  }
}
