import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatedSecret } from './generated-secrets.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ongea-secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a generated secret', () => {
  it('is made once and read ever after, by its owner alone', async () => {
    const first = await generatedSecret(folder, 'admin-key');
    expect(first.fresh).toBe(true);
    expect(first.value).toMatch(/^[\w-]{43}$/);
    expect(await generatedSecret(folder, 'admin-key')).toEqual({ value: first.value, fresh: false });
    expect((await stat(join(folder, 'admin-key'))).mode & 0o777).toBe(0o600);
  });

  it.each(['', '\n'])('is refused where its file is empty, as a full disk leaves it (%j)', async (content) => {
    await writeFile(join(folder, 'admin-key'), content);
    await expect(generatedSecret(folder, 'admin-key')).rejects.toThrow('admin-key is empty: delete it');
  });
});
