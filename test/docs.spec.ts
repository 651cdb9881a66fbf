import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkSources } from '@app/dialog';
import { readTestFile } from '../apps/cli/src/test/read-test-file.js';

const root = path.resolve(import.meta.dirname, '..');
const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
].sort();

/** The blocks of a page that are fenced with these words. */
function blocks(page: string, words: string): readonly string[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  const pattern = new RegExp(`^\`\`\`${words}\\n(.*?)^\`\`\`$`, 'gms');
  return Array.from(text.matchAll(pattern), ([, block]) => block ?? '');
}

function anchorsOf(file: string): readonly string[] {
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(page: string): readonly string[] {
  const file = path.join(root, page);
  const text = readFileSync(file, 'utf8').replace(/^```.*?^```$/gms, '');
  const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  return links.filter((link) => {
    if (/^(https?:|mailto:)/.test(link)) return false;
    const [to = '', anchor] = link.split('#');
    const target = to === '' ? file : path.resolve(path.dirname(file), to);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

const withDialogs = pages.filter((page) => blocks(page, 'yaml dialog').length > 0);

describe('the documentation', () => {
  it.each(pages)('%s links to nothing that is not there', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it.each(withDialogs)('%s shows dialogs without a fault or a warning', (page) => {
    const sources = blocks(page, 'yaml dialog').map((text) => [/^dialog: ([a-z0-9-]+)/m.exec(text)?.[1] ?? '', text]);
    const files = new Map(sources.map(([id = '', text = '']) => [`${id}.dialog.yaml`, text]));
    expect(files.size).toBe(sources.length);
    const { faults, dialogs } = checkSources(files);
    expect(faults).toEqual([]);
    expect(dialogs).toHaveLength(files.size);
  });

  it('shows dialogs in the guide and in the README', () => {
    expect(withDialogs).toEqual(expect.arrayContaining(['README.md', path.join('docs', 'dialog-language.md')]));
  });

  it.each(pages.filter((page) => blocks(page, 'yaml test').length > 0))('%s shows tests that can be read', (page) => {
    for (const block of blocks(page, 'yaml test')) expect(readTestFile(page, block).problems).toEqual([]);
  });
});
