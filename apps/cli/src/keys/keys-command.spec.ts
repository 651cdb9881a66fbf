import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { hashOfKey } from '@app/admin';
import { migrate, withAdminKeys } from '@app/postgres';
import { PrivatePostgres } from '@app/testing';
import { startEmbeddedPostgres } from '../../../server/src/embedded/index.js';
import { run } from '../program.js';

let postgres: PrivatePostgres;
let folder: string;
let url: string;

beforeAll(async () => {
  postgres = await PrivatePostgres.start();
  url = await postgres.createDatabase();
  await migrate(url);
  folder = await mkdtemp(path.join(tmpdir(), 'ongea-keys-'));
}, 30_000);

afterAll(async () => {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

async function keys(words: readonly string[], env: Readonly<Record<string, string>> = { DATABASE_URL: url }) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await run(['keys', ...words], { stdin, stdout, stderr, env: { ONGEA_DATA_DIR: folder, ...env } });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

describe('ongea keys', () => {
  it('makes a key, prints it alone, lists it and revokes it', async () => {
    const made = await keys([
      'create',
      '--name',
      'a dashboard',
      '--scope',
      'reports:read,pii:read',
      '--expires',
      '90d',
    ]);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ongea_[\w-]{43}\n$/) });
    const kept = await withAdminKeys(url, (store) => store.find(hashOfKey(made.stdout.trim())));
    expect(kept).toMatchObject({ name: 'a dashboard', scopes: ['reports:read', 'pii:read'] });
    const id = kept?.id ?? '';
    expect((await keys(['list'])).stdout).toMatch(`${id}  a dashboard  until `);
    expect((await keys(['list', '--json'])).stdout).not.toContain(made.stdout.trim());
    expect(await keys(['revoke', id])).toMatchObject({ code: 0, stdout: `The key ${id} is revoked.\n` });
    expect(await keys(['revoke', id])).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse((await keys(['list', '--json'])).stdout)).toMatchObject([{ id, revokedAt: expect.any(String) }]);
  });

  it('prints JSON', async () => {
    const { stdout } = await keys(['create', '--name', 'all', '--all', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'all', key: expect.stringMatching(/^ongea_/) });
  });

  it.each([
    [['create', '--scope', 'reports:read'], 'name'],
    [['create', '--name', 'a'], 'at least one --scope'],
    [['create', '--name', 'a', '--scope', 'reports:red'], 'no scope reports:red'],
    [['create', '--name', 'a', '--all', '--expires', 'yesterday'], 'no time to come'],
    [['create', '--name', 'a', '--all', '--expires', '2020-01-01T00:00:00Z'], 'no time to come'],
    [['create', '--name', 'for +254 700 000 201', '--all'], 'must not hold a telephone number'],
    [['create', '--name', 'of 0700000201', '--scope', 'reports:read'], 'must not hold a telephone number'],
    [['create', '--name', '   ', '--all'], 'must be 1 to 128 characters'],
    [['create', '--name', 'a', '--all', '--scope', 'reports:read'], 'or everything with --all'],
    [['revoke', '17'], 'not the id of a key'],
  ])('refuses %p', async (words, why) => {
    const { code, stderr } = await keys(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  });

  it('says what is missing without a database, and with an empty one', async () => {
    const nowhere = await keys(['list'], {});
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('DATABASE_URL is not set')]);
    const empty = await keys(['list'], { DATABASE_URL: await postgres.createDatabase() });
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('run ongea migrate')]);
  });

  it('finds the private database of a server that runs', async () => {
    const embedded = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });
    try {
      await migrate(embedded.url);
      expect(await keys(['create', '--name', 'own', '--scope', 'audit:read'], {})).toMatchObject({ code: 0 });
      expect((await keys(['list'], {})).stdout).toContain('  own  without an end  audit:read\n');
    } finally {
      await embedded.stop();
    }
    expect((await keys(['list'], {})).code).toBe(2);
  }, 60_000);
});
