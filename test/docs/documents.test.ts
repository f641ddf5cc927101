/** The documents name files, headings, programs, tags and aliases that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { KNOWN_TAGS } from '../../src/domain/tags.ts';
import { LOWEST_ALIAS } from '../../src/rotation/commands/aliases.ts';

const root = resolve(import.meta.dirname, '../..');
const inRoot = readdirSync(root).filter((file) => file.endsWith('.md'));
const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => join('docs', file));
const documents = [...inRoot, ...inDocs, 'terraform/README.md'];

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** A heading's anchor, as Git hosts make it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsIn(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Links to other places in the repository that lead nowhere. */
function brokenLinks(file: string): string[] {
  return [...read(file).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsIn(target).includes(anchor);
    });
}

const PATH = /`((?:src|test|simulation|scripts|terraform|docs)\/[\w./-]+)`/g;
/** Stands for a name of one's own in instructions. */
const PLACEHOLDER = /[A-Z]{4,}(?!\.md)/;

function pathsIn(text: string): string[] {
  return [...text.matchAll(PATH)].map(([, path = '']) => path);
}

describe('the documents', () => {
  it.each(documents)('have no broken link: %s', (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it.each(documents)('name files that exist: %s', (file) => {
    const missing = pathsIn(read(file)).filter(
      (path) => !PLACEHOLDER.test(path) && !existsSync(join(root, path)),
    );
    expect(missing).toEqual([]);
  });

  it.each(documents)('name programs that exist: %s', (file) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(file).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('list every decision', () => {
    const records = inDocs.filter((file) => /\/\d{4}-[\w-]+\.md$/.test(file));
    expect(records.length).toBeGreaterThan(0);
    const index = read('docs/decisions/README.md');
    expect(records.filter((file) => !index.includes(file.split('/').at(-1) ?? ''))).toEqual([]);
  });
});

describe('the README', () => {
  const readme = read('README.md');

  it('is at most 200 lines long', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  it.each(KNOWN_TAGS)('tells what the tag %s means', (tag) => {
    expect(readme).toMatch(new RegExp(`^\\|.*\`${tag}\`.*\\|`, 'm'));
  });

  it.each(Object.entries(LOWEST_ALIAS))('names the alias of ikr %s', (action, alias) => {
    expect(readme).toMatch(new RegExp(`^\\| \`ikr ${action}\\b.*\\| \`${alias}\` \\|$`, 'm'));
  });
});

describe('the ways through the files', () => {
  const architecture = read('docs/ARCHITECTURE.md');
  const sections = architecture.split(/^## /m).filter((section) => section.startsWith('From '));

  it('are described', () => {
    expect(sections).toHaveLength(3);
  });

  it.each(sections.map((section) => [section.split('\n')[0], section]))(
    'name each file once: %s',
    (_title, section = '') => {
      const rows = section.split('\n').filter((line) => /^\| \d+ \|/.test(line));
      const files = rows.map((row) => pathsIn(row)[0]);
      expect(files.length).toBeGreaterThan(5);
      expect(files).toEqual([...new Set(files)]);
    },
  );
});
