import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Cleanup } from '../../../test/support/cleanup.js';
import { startInProcess } from '../../../test/support/server-in-process.js';
import { WorkspaceFolder } from '../../../test/support/workspace-folder.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

describe('a start that fails', () => {
  it('leaves no private Postgres behind', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    cleanup.add(() => squatter.close());
    const { port } = squatter.address() as AddressInfo;
    const workspace = await WorkspaceFolder.make(cleanup, { accounts: [] });
    const dataDir = join(workspace.folder, 'data');
    const settings = { PORT: String(port), ONGEA_DATA_DIR: dataDir };
    await expect(startInProcess(cleanup, workspace, settings)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const cluster = await readdir(join(dataDir, 'postgres'));
    expect(cluster).toContain('PG_VERSION');
    expect(cluster).not.toContain('postmaster.pid');
  });
});
