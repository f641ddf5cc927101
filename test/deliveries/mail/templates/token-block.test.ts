import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import nodemailer from 'nodemailer';
import PostalMime from 'postal-mime';
import type { MailText } from '../../../../src/deliveries/mail/templates/facts.ts';
import {
  BEGIN_TOKEN,
  END_TOKEN,
  findTokens,
  wrapToken,
} from '../../../../src/deliveries/mail/templates/token-block.ts';
import { FACTS, MAILS, TOKEN } from './samples.ts';

/** Tokens of every length, as `alg: dir` and `enc: A256GCM` make them. */
const token = fc
  .record({
    header: fc.record({ kid: fc.string(), user: fc.string({ maxLength: 300 }) }),
    vector: fc.uint8Array({ minLength: 12, maxLength: 12 }),
    ciphertext: fc.uint8Array({ minLength: 1, maxLength: 600 }),
    tag: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  })
  .map(({ header, vector, ciphertext, tag }) =>
    [JSON.stringify({ alg: 'dir', ...header }), '', vector, ciphertext, tag]
      .map((part) => Buffer.from(part as string).toString('base64url'))
      .join('.'),
  );

const around = (block: string) =>
  `Dear alice,\nyour key...\n\n${block}\n\nIf you did not expect it.\n`;

/** What mail programs and people do to a mail. */
const MANGLED: Readonly<Record<string, (mail: string) => string>> = {
  'as it is': (mail) => mail,
  'with CRLF': (mail) => mail.replaceAll('\n', '\r\n'),
  'quoted twice': (mail) => mail.replace(/^/gm, '> > '),
  indented: (mail) => mail.replace(/^/gm, '\t  '),
  'with blanks at the ends of lines': (mail) => mail.replace(/$/gm, ' \u00a0'),
  'in one line': (mail) => mail.replaceAll('\n', ' '),
  'as HTML source': (mail) =>
    `<html><body><p class="x.y">${mail.replaceAll('\n', '<br>\n')}</p></body></html>`,
  'as HTML source with soft hyphens and entities': (mail) =>
    mail.replace(/(\w{10})/g, '$1&shy;<wbr>').replaceAll('-', '&#45;'),
  'as quoted-printable with soft breaks': (mail) =>
    mail.replaceAll('.', '=2E').replace(/(.{20})(?=[^=\r\n]{3})(?<!=.?)/g, '$1=\r\n'),
  'as base64': (mail) =>
    (
      Buffer.from(mail)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\r\n'),
};

describe('a wrapped token', () => {
  it('stands between its markers in lines that no mail program folds', () => {
    fc.assert(
      fc.property(token, (sealed) => {
        const [first, ...lines] = wrapToken(sealed).split('\n');
        expect(first).toBe(BEGIN_TOKEN);
        expect(lines.pop()).toBe(END_TOKEN);
        expect(lines.every((line) => line.length > 0 && line.length <= 76)).toBe(true);
        expect(lines.join('')).toBe(sealed);
      }),
    );
  });

  it.each(Object.entries(MANGLED))('is found in a mail %s', (_name, mangle) => {
    fc.assert(
      fc.property(token, (sealed) => {
        expect(findTokens(mangle(around(wrapToken(sealed))))).toEqual([sealed]);
      }),
    );
  });
});

describe('finding tokens', () => {
  it('finds a bare token, with or without anything around it', () => {
    fc.assert(
      fc.property(token, (sealed) => {
        expect(findTokens(sealed)).toEqual([sealed]);
        expect(findTokens(`Token: ${sealed}\n`)).toEqual([sealed]);
      }),
    );
  });

  it('finds every token of a conversation, each once, in order', () => {
    fc.assert(
      fc.property(token, token, (newer, older) => {
        fc.pre(newer !== older);
        const pasted = `${around(wrapToken(newer))}\n> ${wrapToken(older).replaceAll('\n', '\n> ')}\n${newer}`;
        expect(findTokens(pasted)).toEqual([newer, older]);
      }),
    );
  });

  it('finds nothing where there is nothing', () => {
    expect(findTokens('')).toEqual([]);
    expect(findTokens('Hello. This is... no token. At all. Really.')).toEqual([]);
    // A signed JWT, which has three parts.
    expect(findTokens('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl')).toEqual([]);
    expect(findTokens(TOKEN.slice(0, -1))).toEqual([]);
    for (const [name, make] of Object.entries(MAILS)) {
      if (name !== 'new key, sealed') expect(findTokens(make(FACTS).text)).toEqual([]);
    }
  });

  it('takes time in proportion to the length of what was pasted', () => {
    const pasted = ['eyJ', 'eyJ..', '<a', '=\n', '&#4', `${'A'.repeat(76)}\n`].map((piece) =>
      piece.repeat(200_000 / piece.length),
    );
    for (const text of pasted) expect(findTokens(text)).toEqual([]);
  });
});

describe('the mail with a sealed key', () => {
  const mail = MAILS['new key, sealed']?.(FACTS) as MailText;

  it('gives its token away to whoever copies the text or the HTML', () => {
    expect(findTokens(mail.text)).toEqual([TOKEN]);
    expect(findTokens(mail.html)).toEqual([TOKEN]);
  });

  it.each(['quoted-printable', 'base64', undefined] as const)(
    'still does so after it was sent (encoding: %s), raw and as a mail program shows it',
    async (textEncoding) => {
      const raw = await compose({ ...mail, ...(textEncoding && { textEncoding }) });

      expect(findTokens(raw)).toEqual([TOKEN]);
      const { text, html } = await PostalMime.parse(raw);
      expect(findTokens(text ?? '')).toEqual([TOKEN]);
      expect(findTokens(html ?? '')).toEqual([TOKEN]);
    },
  );

  it('gives its token away from a raw message with an attachment of many megabytes', async () => {
    const attachments = [{ filename: 'log.bin', content: Buffer.alloc(12_000_000, 7) }];
    const raw = await compose({ ...mail, textEncoding: 'base64', attachments });

    expect(findTokens(raw)).toEqual([TOKEN]);
  });

  async function compose(content: object): Promise<string> {
    const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
    const { message } = await transport.sendMail({
      from: 'keys@example.com',
      to: 'alice@example.com',
      ...content,
    });
    return message.toString();
  }
});
