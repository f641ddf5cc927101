import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writePreview } from '../../src/cli/preview.ts';
import { sampleMails } from '../../src/deliveries/mail/templates/samples.ts';

describe('the preview of the mails', () => {
  let directory: string;
  let paths: string[];
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ikr-'));
    paths = await writePreview(join(directory, 'not', 'there', 'yet'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('writes every sample as HTML and as text', () => {
    for (const { name, mail } of sampleMails()) {
      const html = paths.find((path) => basename(path) === `${name}.html`) ?? '';
      const text = paths.find((path) => basename(path) === `${name}.txt`) ?? '';
      expect(readFileSync(html, 'utf8')).toBe(mail.html);
      expect(readFileSync(text, 'utf8')).toBe(`Subject: ${mail.subject}\n\n${mail.text}`);
    }
  });

  it('lists them all in an index, whose links lead to files that exist', () => {
    const [index = ''] = paths;
    const links = [...readFileSync(index, 'utf8').matchAll(/href="([^"]+)"/g)].map(([, to]) => to);
    expect(basename(index)).toBe('index.html');
    expect(links.sort()).toEqual(
      paths
        .slice(1)
        .map((path) => basename(path))
        .sort(),
    );
  });
});
