import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkSources } from './check-dialogs.js';

const folder = 'examples/demo/dialogs';
const actions = [
  { name: 'prices.lookup', outcomes: ['ok', 'notFound'] },
  { name: 'account.balance', outcomes: ['ok', 'wrongPin', 'noAccount'] },
];

describe('the demo dialogs', () => {
  it('pass the checker without a fault or a warning', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.dialog.yaml'));
    const sources = new Map(files.map((file) => [`${folder}/${file}`, readFileSync(`${folder}/${file}`, 'utf8')]));
    const { faults, versions } = checkSources(sources, { actions });
    expect(faults).toEqual([]);
    expect(versions.map(({ id }) => id).sort()).toEqual(['account', 'farm-prices', 'price-lookup', 'shamba']);
  });
});
