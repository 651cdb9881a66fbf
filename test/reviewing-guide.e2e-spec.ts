import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { environmentKey } from './support/admin.js';
import { Cleanup } from './support/cleanup.js';
import { ReportingServer } from './support/reporting-server.js';
import { root } from './support/workspace-folder.js';

const page = path.join(root, 'docs/reviewing-call-reports.md');
const local = 'http://127.0.0.1:3000';
const cleanup = new Cleanup();
let server: ReportingServer;
let folder: string;

beforeAll(async () => {
  server = await ReportingServer.start(cleanup, []);
  folder = await mkdtemp(path.join(tmpdir(), 'ongea-guide-'));
  cleanup.add(() => rm(folder, { recursive: true }));
}, 60_000);
afterAll(() => cleanup.run(), 30_000);

describe('the guide to reviewing call reports', () => {
  it('has lines that do what it says, one after the other', async () => {
    const text = await readFile(page, 'utf8');
    const blocks = Array.from(text.matchAll(/^```sh\n(.*?)^```$/gms), ([, block = '']) => block);
    expect(blocks[0]).toContain(local);
    const script = blocks.join('echo\n').replaceAll(local, server.url);
    const { PATH, HOME } = process.env;
    const options = { cwd: folder, env: { PATH, HOME, ONGEA_ADMIN_KEY: environmentKey } };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], options);
    const requests = script.match(/^[^#\n]*curl /gm) ?? [];
    expect(requests.length).toBeGreaterThan(10);
    // Every list finds the one call that came in.
    const lists = stdout.match(/\{"items":\[.*?\],"nextCursor":null,"prevCursor":null\}/g) ?? [];
    expect(lists).toHaveLength(5);
    for (const list of lists) expect(list).toContain('"externalId":"camp-0007:918867130001:2026-03-04 15:02:10"');
    expect(stdout).toContain('"review":{"state":"flagged","note":"asked for a call back","tags":["follow-up"]');
    expect(await readFile(path.join(folder, 'calls.csv'), 'utf8')).toContain(",'+918867130001,");
    expect(await readFile(path.join(folder, 'calls.ndjson'), 'utf8')).toMatch(/^\{"id":.*"to":"\+918867130001".*\}\n$/);
    expect(stdout).toContain('"key":"2026-03-04","count":1,"answered":1,"answerRate":1');
  }, 60_000);
});
