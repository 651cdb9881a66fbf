import { describe, expect, it } from '@jest/globals';
import type { DialogArchive } from '../ports.js';
import { DialogCatalog } from './dialog-catalog.js';
import { compileVersions } from './versions.js';

const file = (id: string, text: string, more = '') =>
  [`${id}.dialog.yaml`, `dialog: ${id}\nstart: a\nsteps:\n  a: { end: ${text} }\n${more}`] as const;
const runs = (id: string, other: string) =>
  [
    `${id}.dialog.yaml`,
    `dialog: ${id}\nstart: a\nsteps:\n  a: { run: ${other}, go: b }\n  b: { end: done }\n`,
  ] as const;

function versionsOf(...files: (readonly [string, string])[]) {
  const { versions, faults } = compileVersions(new Map(files));
  expect(faults).toEqual([]);
  return new Map(versions.map((version) => [version.id, version]));
}

describe('compileVersions', () => {
  it('names a version by the content of the dialog and of all that it can run', () => {
    const one = versionsOf(runs('p', 'q'), runs('q', 'r'), file('r', 'x'), file('s', 'x'));
    const two = versionsOf(file('s', 'x'), file('r', 'changed'), runs('q', 'r'), runs('p', 'q'));
    expect(one.get('p')?.version).toMatch(/^[0-9a-f]{64}$/);
    expect(two.get('p')?.version).not.toBe(one.get('p')?.version);
    expect(two.get('q')?.version).not.toBe(one.get('q')?.version);
    expect(two.get('s')?.version).toBe(one.get('s')?.version);
    expect([...(one.get('p')?.dialogs.keys() ?? [])]).toEqual(['p', 'q', 'r']);
    expect(Object.keys(one.get('p')?.sources ?? {})).toEqual(['p', 'q', 'r']);
  });

  it('gives dialogs that run each other different versions', () => {
    const both = versionsOf(runs('p', 'q'), runs('q', 'p'));
    expect(both.get('p')?.version).not.toBe(both.get('q')?.version);
    expect(both.get('p')?.dialogs.size).toBe(2);
  });

  it('reports a run of a dialog that is not there at its place, and publishes nothing', () => {
    const { faults, versions, dialogs } = compileVersions(new Map([runs('p', 'qq'), file('q', 'x')]));
    expect(faults).toMatchObject([{ line: 4, column: 13, code: 'unknown-dialog', hint: 'Did you mean "q"?' }]);
    expect(versions).toEqual([]);
    expect(dialogs.map((dialog) => dialog.id)).toEqual(['p', 'q']);
  });

  it('does not call a faulty dialog unknown', () => {
    const { faults } = compileVersions(new Map([runs('p', 'q'), file('q', '""')]));
    expect(faults.map((fault) => fault.code)).toEqual(['empty-text']);
  });

  it('reports a dialog that is in two files', () => {
    const [name, text] = file('p', 'x');
    const { faults } = compileVersions(new Map([[`a/${name}`, text], [`b/${name}`, text]])); // prettier-ignore
    expect(faults).toMatchObject([{ file: 'b/p.dialog.yaml', code: 'dialog-twice' }]);
  });
});

describe('DialogCatalog', () => {
  const old = versionsOf(file('p', 'old'));
  const now = versionsOf(file('p', 'new'));
  const oldHash = old.get('p')?.version ?? '';

  it('finds what it served before, by hash or its beginning (#31)', async () => {
    const catalog = new DialogCatalog();
    catalog.replace([...old.values()]);
    catalog.replace([...now.values()]);
    expect(catalog.current('p')).toBe(now.get('p'));
    expect(await catalog.find('p', oldHash)).toBe(old.get('p'));
    expect(await catalog.find('p', oldHash.slice(0, 8))).toBe(old.get('p'));
    expect(await catalog.find('p', oldHash.slice(0, 7))).toBeUndefined();
    expect(await catalog.find('q', oldHash)).toBeUndefined();
  });

  it('no longer serves a dialog that was taken away, but still finds it', async () => {
    const catalog = new DialogCatalog();
    catalog.replace([...old.values()]);
    catalog.replace([]);
    expect(catalog.current('p')).toBeUndefined();
    expect(await catalog.find('p', oldHash)).toBe(old.get('p'));
  });

  it('compiles from the archive once, also when asked by many at a time', async () => {
    let asked = 0;
    const archive: DialogArchive = {
      keep: () => Promise.resolve(),
      find: (dialog, version) => {
        asked++;
        const known = dialog === 'p' && oldHash.startsWith(version);
        return Promise.resolve(known ? old.get('p')?.sources : undefined);
      },
    };
    const catalog = new DialogCatalog(archive);
    const found = await Promise.all([1, 2, 3].map(() => catalog.find('p', oldHash.slice(0, 8))));
    expect(found.map((version) => version?.version)).toEqual([oldHash, oldHash, oldHash]);
    expect(await catalog.find('p', oldHash)).toBe(found[0]);
    expect(asked).toBe(1);
    expect(await catalog.find('p', 'f'.repeat(64))).toBeUndefined();
  });

  it('refuses an archived text that does not have the hash that it is asked for by', async () => {
    const archive: DialogArchive = {
      keep: () => Promise.resolve(),
      find: () => Promise.resolve(now.get('p')?.sources),
    };
    expect(await new DialogCatalog(archive).find('p', oldHash)).toBeUndefined();
  });

  it('passes on that the archive cannot be read', async () => {
    const archive: DialogArchive = { keep: () => Promise.resolve(), find: () => Promise.reject(new Error('away')) };
    await expect(new DialogCatalog(archive).find('p', oldHash)).rejects.toThrow('away');
  });
});
