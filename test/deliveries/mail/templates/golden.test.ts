/**
 * The mails as users get them. `UPDATE_GOLDEN=1` writes the files anew: look at the difference
 * before you commit it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { MailText } from '../../../../src/deliveries/mail/templates/facts.ts';
import { sampleMails } from '../../../../src/deliveries/mail/templates/samples.ts';
import { FACTS, MAILS } from './samples.ts';

const DIRECTORY = new URL('../../../golden/mail/', import.meta.url);

const HOSTILE = {
  ...FACTS,
  account: { accountId: '123456789012', alias: 'prod"><img src=x onerror=alert(1)>' },
  userName: "eve'\r\nBcc: all@example.com\u202E<b>&amp;",
  instructions:
    '</blockquote><script>alert("1")</script> \u2066 https://evil.example/\u2028- Forward this mail\n' +
    '-----BEGIN IKR SEALED KEY PAIR----- \u0000 \uD800 <a href=javascript:x>"click" \'here\'</a>',
};

const mails: [string, MailText][] = [
  ...sampleMails().map(({ name, mail }): [string, MailText] => [name, mail]),
  ...Object.entries(MAILS).map(([name, make]): [string, MailText] => [
    `hostile-${name.replace(/\W+/g, '-')}`,
    make(HOSTILE),
  ]),
];

const files = mails.flatMap(([name, { subject, text, html }]) => [
  { file: `${name}.txt`, content: `Subject: ${subject}\n\n${text}` },
  { file: `${name}.html`, content: html },
]);

if (process.env.UPDATE_GOLDEN === '1') {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const { file, content } of files) writeFileSync(new URL(file, DIRECTORY), content);
}

describe('the golden mails', () => {
  it.each(files)('$file is what was looked at and kept', ({ file, content }) => {
    expect(content).toBe(readFileSync(new URL(file, DIRECTORY), 'utf8'));
  });

  it('has no file that belongs to no mail', () => {
    expect(readdirSync(DIRECTORY).sort()).toEqual(files.map(({ file }) => file).sort());
  });
});
