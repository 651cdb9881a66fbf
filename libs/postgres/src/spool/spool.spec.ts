import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../row.js';
import { segmentPath } from './folder.js';
import { Spool, type SpoolOptions } from './spool.js';
import { SpoolRefused } from './spool-refused.js';

let folder: string;
let open: Spool[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ongea-spool-'));
  open = [];
});

afterEach(async () => {
  for (const spool of open) await spool.close();
  await rm(folder, { recursive: true });
});

async function spoolOf(options: SpoolOptions = {}): Promise<Spool> {
  const spool = await Spool.open(folder, options);
  open.push(spool);
  return spool;
}

/** Opens the folder again as if the process had died: its lock names a process that is no more. */
async function afterCrash(options: SpoolOptions = {}): Promise<Spool> {
  await writeFile(join(folder, 'lock'), '999999999 1');
  return spoolOf(options);
}

function row(number: number, kind = 'note'): Row {
  return { kind, id: `id ${String(number)}\t"ü"`, json: JSON.stringify({ number, text: 'Bei “uzi”\n\t] {' }) };
}

const rows = (count: number) => Array.from({ length: count }, (_, number) => row(number));

async function drained(spool: Spool): Promise<Row[]> {
  const out: Row[] = [];
  await spool.drain((batch) => Promise.resolve(void out.push(...batch)));
  return out;
}

const segments = async () => (await readdir(folder)).filter((name) => name.endsWith('.spool'));

describe('Spool', () => {
  it('hands out in order what was appended, and leaves no file', async () => {
    const spool = await spoolOf({ segmentBytes: 2_000, batchRows: 7 });
    for (const each of rows(60)) await spool.append(each);
    expect((await segments()).length).toBeGreaterThan(1);
    expect(await drained(spool)).toEqual(rows(60));
    expect([spool.depth, spool.bytes, await segments()]).toEqual([0, 0, []]);
  });

  it('keeps every acknowledged row over a crash (#11)', async () => {
    const before = await spoolOf();
    await Promise.all(rows(200).map((each) => before.append(each)));
    const after = await afterCrash();
    expect(after.depth).toBe(200);
    expect(await drained(after)).toEqual(rows(200));
  });

  it('forgets a torn last line and goes on in a new file', async () => {
    const before = await spoolOf();
    await before.append(row(1));
    await appendFile(segmentPath(folder, 1), 'deadbeef ["note","torn"]\t{"numb');
    const after = await afterCrash();
    await after.append(row(2));
    expect(await drained(after)).toEqual([row(1), row(2)]);
  });

  it('passes over a damaged line and keeps its file aside', async () => {
    const before = await spoolOf();
    for (const each of rows(3)) await before.append(each);
    const path = segmentPath(folder, 1);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"number":1', '"number":7'));
    const after = await afterCrash();
    expect(await drained(after)).toEqual([row(0), row(2)]);
    expect(await readdir(folder)).toContain('0000000001.spool.damaged');
  });

  it('hands a file out again when its drain failed half way', async () => {
    const spool = await spoolOf({ batchRows: 2 });
    await Promise.all(rows(5).map((each) => spool.append(each)));
    let batches = 0;
    const failing = spool.drain(() => (++batches === 2 ? Promise.reject(new Error('away')) : Promise.resolve()));
    await expect(failing).rejects.toThrow('away');
    expect(spool.depth).toBe(5);
    expect(await drained(spool)).toEqual(rows(5));
  });

  it('drains what is appended during a drain', async () => {
    const spool = await spoolOf();
    await spool.append(row(0));
    const out: Row[] = [];
    await spool.drain(async (batch) => {
      out.push(...batch);
      if (out.length < 4) await spool.append(row(out.length));
    });
    expect(out).toEqual(rows(4));
  });

  it('finds rows of an indexed kind until they are drained, also after a crash', async () => {
    const before = await spoolOf({ indexed: ['effect'] });
    await before.append(row(1, 'effect'));
    await before.append({ ...row(1, 'effect'), json: '{"second":true}' });
    await before.append(row(2));
    const after = await afterCrash({ indexed: ['effect'] });
    expect(after.find('effect', row(1).id)).toEqual(row(1, 'effect'));
    expect(after.find('note', row(2).id)).toBeUndefined();
    await drained(after);
    expect(after.find('effect', row(1).id)).toBeUndefined();
  });

  it('rejects when the disk is full, and goes on when it is not (#25)', async () => {
    const spool = await spoolOf();
    await symlink('/dev/full', segmentPath(folder, 1));
    await expect(spool.append(row(1))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(spool.depth).toBe(0);
    await spool.append(row(2));
    expect(await drained(spool)).toEqual([row(2)]);
  });

  it('rejects beyond its own limit (#25)', async () => {
    const spool = await spoolOf({ maxBytes: 100 });
    await spool.append(row(1));
    await spool.append(row(2));
    await expect(spool.append(row(3))).rejects.toThrow(SpoolRefused);
    expect(await drained(spool)).toEqual([row(1), row(2)]);
    await spool.append(row(3));
  });

  it('refuses a folder that cannot be written, and says which', async () => {
    await writeFile(join(folder, 'file'), '');
    const inFile = join(folder, 'file', 'spool');
    await expect(Spool.open(inFile)).rejects.toThrow(`the spool ${inFile} cannot be written: ENOTDIR`);
  });

  it('refuses a folder that a living process uses', async () => {
    await spoolOf();
    await expect(Spool.open(folder)).rejects.toThrow(`in use by process ${String(process.pid)}`);
  });
});
