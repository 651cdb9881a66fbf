import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ActionContext } from './action.js';
import { ActionFaults } from './action-faults.js';
import { loadActionFolder } from './action-folder.js';
import { ActionRegistry } from './action-registry.js';
import { DialogAction, actionsOf } from './dialog-action.js';
import type { RegisteredAction } from './registered-action.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'actions-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function faultsOf(load: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await load.catch((caught: unknown) => caught);
  if (error instanceof ActionFaults)
    return error.faults.map(({ origin, message }) => `${origin.replace(/.*\//, '')}: ${message}`);
  throw new Error('there was no fault');
}

function run(action: RegisteredAction | undefined, input: ActionContext['input'] = {}): unknown {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const signal = new AbortController().signal;
  const fetch = () => Promise.reject(new Error('no network here'));
  return action?.run({ input, caller: { id: '1' }, idempotencyKey: 'k', signal, log, fetch });
}

const actionText = (name: string, result = '1') =>
  `export default { name: '${name}', outcomes: ['ok'], run: () => ${result} };`;

describe('a folder of actions', () => {
  it('gives one action or several of each module, and passes other files over', async () => {
    const folder = await folderOf({
      'a.mjs': actionText('one'),
      'b.mjs': `export default [{ name: 'two', outcomes: ['ok', 'no'], run: () => 2 }, { name: 'three', outcomes: ['ok'], run: () => 3 }];`,
      'notes.txt': 'not a module',
      'c.ts': 'not loaded',
    });
    const registry = new ActionRegistry(await loadActionFolder(folder));
    expect(registry.describe()).toEqual([
      { name: 'one', outcomes: ['ok'] },
      { name: 'three', outcomes: ['ok'] },
      { name: 'two', outcomes: ['ok', 'no'] },
    ]);
    expect(run(registry.find('two'))).toBe(2);
  });

  it('reports everything that is wrong at once, with its file', async () => {
    const folder = await folderOf({
      'broken.mjs': 'export default {',
      'empty.mjs': 'export const nothing = 1;',
      'good.mjs': actionText('good'),
      'list.mjs': `export default [{ name: 'x y', outcomes: [], run: 1 }, 7];`,
      'missing.mjs': `import './not-there.mjs';`,
      'schema.mjs': `export default { name: 's', input: { type: 'nonsense' }, outcomes: ['ok'], run() {} };`,
      'throws.mjs': `throw new Error('no database');`,
      'typo.mjs': `export default { name: 't', outcome: ['ok'], outcomes: ['ok', 'ok'], run() {} };`,
    });
    const faults = await faultsOf(loadActionFolder(folder));
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'broken.mjs',
      'empty.mjs',
      ...Array<string>(4).fill('list.mjs'),
      'missing.mjs',
      'schema.mjs',
      'throws.mjs',
      'typo.mjs',
      'typo.mjs',
    ]);
    expect(faults.join('\n')).toContain('throws.mjs: the module cannot be loaded: Error: no database');
    expect(faults.join('\n')).toContain('the key "outcome" is not known');
    expect(faults.join('\n')).toContain('schema.mjs: input is not a valid JSON Schema');
  });

  it('says which folder cannot be read', async () => {
    expect(await faultsOf(loadActionFolder('/nowhere/actions'))).toEqual([expect.stringContaining('ENOENT')]);
  });

  it('imports every file anew each time', async () => {
    // Counted, not rewritten: Jest keeps the text of a file that it has read once.
    const folder = await folderOf({
      'a.mjs': `let runs = 0; export default { name: 'count', outcomes: ['ok'], run: () => (runs += 1) };`,
    });
    const registry = new ActionRegistry(await loadActionFolder(folder));
    expect([run(registry.find('count')), run(registry.find('count'))]).toEqual([1, 2]);
    registry.replace(await loadActionFolder(folder));
    expect(run(registry.find('count'))).toBe(1);
  });

  it('stays as it was when what is loaded next is faulty', async () => {
    const folder = await folderOf({ 'a.mjs': actionText('one') });
    const registry = new ActionRegistry(await loadActionFolder(folder));
    await writeFile(join(folder, 'b.mjs'), actionText('two'));
    await writeFile(join(folder, 'c.mjs'), actionText('two'));
    const doubled = await loadActionFolder(folder);
    expect(() => registry.replace(doubled)).toThrow(/c\.mjs: "two" is already defined by .*b\.mjs/);
    expect(registry.describe().map(({ name }) => name)).toEqual(['one']);
  });
});

@Injectable()
class Greetings {
  readonly word = 'habari';
}

@Injectable()
@DialogAction('greet', { outcomes: ['ok'] })
class Greet {
  constructor(private readonly greetings: Greetings) {}

  run({ input }: ActionContext): string {
    return `${this.greetings.word} ${JSON.stringify(input['name'])}`;
  }
}

@Module({ imports: [DiscoveryModule], providers: [Greetings, Greet, { provide: 'alias', useExisting: Greet }] })
class GreetingModule {}

describe('a Nest provider', () => {
  it('is an action under the name of its decorator', async () => {
    const module = await Test.createTestingModule({ imports: [GreetingModule] }).compile();
    const instances = module
      .get(DiscoveryService)
      .getProviders()
      .map(({ instance }) => instance as unknown);
    const registry = new ActionRegistry(actionsOf(instances));
    expect(registry.describe()).toEqual([{ name: 'greet', outcomes: ['ok'] }]);
    expect(run(registry.find('greet'), { name: 'shamba' })).toBe('habari "shamba"');
    await module.close();
  });

  it('is named by its class when its definition is faulty or its name taken', async () => {
    @DialogAction('bad name', { outcomes: [] })
    class Faulty {
      run = () => 1;
    }
    expect(() => actionsOf([new Faulty()])).toThrow(/^Faulty: name must be/);
    const folder = await folderOf({ 'greet.mjs': actionText('greet') });
    const both = [...(await loadActionFolder(folder)), ...actionsOf([new Greet(new Greetings())])];
    expect(() => new ActionRegistry(both)).toThrow(/Greet: "greet" is already defined by .*greet\.mjs/);
  });
});

describe('the actions of the demo', () => {
  const registry = loadActionFolder(resolve('examples/demo/actions')).then((actions) => new ActionRegistry(actions));

  it('are these', async () => {
    expect((await registry).describe()).toEqual([
      { name: 'account.balance', outcomes: ['ok', 'wrongPin', 'noAccount'] },
      { name: 'prices.lookup', outcomes: ['ok', 'notFound'] },
    ]);
  });

  it.each([
    ['maize', { outcome: 'ok', value: { crop: 'maize', amount: 42.5, unit: 'kg', market: 'Nakuru' } }],
    [' Tomatoes ', { outcome: 'ok', value: { crop: 'tomatoes', amount: 64.8, unit: 'kg', market: 'Nairobi' } }],
    ['constructor', { outcome: 'notFound' }],
  ])('know the price of %j', async (crop, result) => {
    expect(run((await registry).find('prices.lookup'), { crop })).toEqual(result);
  });

  it.each([
    [
      { msisdn: '+254711000412', pin: '1234' },
      { outcome: 'ok', value: { balance: 603, member: 'M-0412' } },
    ],
    [{ msisdn: '+254711000412', pin: '0000' }, { outcome: 'wrongPin' }],
    [{ msisdn: '', pin: '1234' }, { outcome: 'noAccount' }],
  ])('know the balance for %j', async (input, result) => {
    const action = (await registry).find('account.balance');
    expect(action?.inputFault(input)).toBeUndefined();
    expect(run(action, input)).toEqual(result);
  });
});
