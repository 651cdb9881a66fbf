import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cleanup } from './cleanup.js';

/** The root of the checkout. */
export const root = path.resolve(import.meta.dirname, '../..');

/** What a workspace of a test holds. */
export interface WorkspaceContent {
  /** Accounts as in `ongea.yaml`. */
  readonly accounts: readonly object[];
  /** Dialog id → text of its file. */
  readonly dialogs?: Readonly<Record<string, string>>;
  /** File name → text of an ES module. */
  readonly actions?: Readonly<Record<string, string>>;
  /** Takes the demo's dialogs and actions along. */
  readonly demo?: boolean;
  /** Further keys of `ongea.yaml`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A folder with an `ongea.yaml` of a test's own, dialogs, actions, and room for data. */
export class WorkspaceFolder {
  private dataDirs = 0;

  private constructor(readonly folder: string) {}

  static async make(
    cleanup: Cleanup,
    { accounts, dialogs, actions, demo, more }: WorkspaceContent,
  ): Promise<WorkspaceFolder> {
    const workspace = new WorkspaceFolder(await mkdtemp(path.join(tmpdir(), 'ongea-e2e-')));
    const { folder } = workspace;
    cleanup.add(() => workspace.remove());
    await mkdir(path.join(folder, 'dialogs'));
    await mkdir(path.join(folder, 'actions'));
    if (demo === true) {
      for (const name of ['dialogs', 'actions']) {
        await cp(path.join(root, 'examples/demo', name), path.join(folder, name), { recursive: true });
      }
    }
    for (const [id, text] of Object.entries(dialogs ?? {})) await workspace.writeDialog(id, text);
    for (const [name, text] of Object.entries(actions ?? {})) await workspace.writeAction(name, text);
    // JSON is YAML.
    await workspace.writeConfig(
      JSON.stringify({ dialogs: './dialogs', actions: './actions', accounts, ...more }, null, 1),
    );
    return workspace;
  }

  get configFile(): string {
    return path.join(this.folder, 'ongea.yaml');
  }

  /** A data folder for one more process. */
  newDataDir(): string {
    return path.join(this.folder, `data-${String(++this.dataDirs)}`);
  }

  writeConfig(text: string): Promise<void> {
    return writeFile(this.configFile, text);
  }

  writeDialog(id: string, text: string): Promise<void> {
    return writeFile(path.join(this.folder, 'dialogs', `${id}.dialog.yaml`), text);
  }

  writeAction(name: string, text: string): Promise<void> {
    return writeFile(path.join(this.folder, 'actions', name), text);
  }

  private remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
