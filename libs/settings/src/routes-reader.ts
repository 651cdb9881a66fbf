import { isMap } from 'yaml';
import type { Routes } from '@app/provider-kit';
import type { Word } from './config-source.js';
import type { DialogUse } from './dialog-uses.js';
import type { Entry, Section } from './section.js';

/** Reads addresses and their dialogs; every dialog that is named is added to the uses. */
export class RoutesReader {
  constructor(private readonly uses: DialogUse[]) {}

  /** Address → dialog. */
  routes(account: Section, key: string): Routes | undefined {
    const section = account.section(key);
    return section === undefined ? undefined : this.dialogsOf(section, key);
  }

  /** Address → dialog, or address → keyword → dialog. */
  keywordRoutes(account: Section, key: string): ReadonlyMap<string, string | Routes> | undefined {
    const section = account.section(key);
    if (section === undefined) return undefined;
    const routes = new Map<string, string | Routes>();
    for (const entry of section.entries()) {
      const nested = isMap(section.source.resolved(entry.value)) ? section.sectionOf(entry.value, key) : undefined;
      const target = nested === undefined ? this.dialog(section, entry, key) : this.dialogsOf(nested, key);
      if (target !== undefined) routes.set(entry.key.text, target);
    }
    return routes;
  }

  private dialogsOf(section: Section, channel: string): Routes {
    const routes = new Map<string, string>();
    for (const entry of section.entries()) {
      const dialog = this.dialog(section, entry, channel);
      if (dialog !== undefined) routes.set(entry.key.text, dialog);
    }
    return routes;
  }

  private dialog({ source }: Section, { key, value }: Entry, channel: string): string | undefined {
    const word: Word | undefined = source.word(value, `the dialog of "${key.text}"`);
    if (word === undefined || word.text === '') {
      // A value that could not be read has its fault already.
      if (source.resolved(value) === undefined || word !== undefined)
        source.fault(key.at, `"${key.text}" names no dialog`);
      return undefined;
    }
    const { line = 1, column = 1, file = '' } = source.placed(word.at, '');
    this.uses.push({ dialog: word.text, channel, file, line, column });
    return word.text;
  }
}
