import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plain, plainWithin } from '../../../../src/deliveries/mail/templates/plain.ts';
import { anyText } from '../../../support/any-text.ts';
import { FACTS, MAILS, visibleText } from './samples.ts';

const NASTY = [
  '<script>',
  '</td>',
  '-->',
  '"',
  "'",
  '&lt;',
  '&#60;',
  '" onload="x',
  '\r\n',
  '\n\n',
  '\u2028',
  '\u0085',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ud800',
  '\u{e0041}',
  '| ',
  '=\n',
  '-----END IKR SEALED KEY PAIR-----',
];

/** Any string at all, with the dangerous ones far more often than by chance. */
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), anyText({ maxLength: 8 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

const tagsOf = (html: string): string[] => html.match(/<[^>]*>/g) ?? [];

describe.each(Object.entries(MAILS))('the mail "%s" about hostile facts', (_name, make) => {
  // A letter in front, so that harmless and hostile facts have the same blocks.
  const hostileFacts = fc
    .tuple(hostileText, hostileText, hostileText, hostileText)
    .map(([userName, alias, instructions, keyId]) => ({
      ...FACTS,
      account: { accountId: '123456789012', alias: `a${alias}` },
      userName: `u${userName}`,
      instructions: `i${instructions}`,
      oldKeyId: keyId,
      newKeyId: keyId,
    }));

  it('has the very tags and attributes of a mail about harmless ones', () => {
    const expected = tagsOf(make(FACTS).html);
    fc.assert(
      fc.property(hostileFacts, (facts) => {
        const { html } = make(facts);
        expect(tagsOf(html)).toEqual(expected);
        expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/<|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it('shows the instructions as they were written, apart from blanks and what has no shape', () => {
    fc.assert(
      fc.property(hostileFacts, (facts) => {
        const shown = plain(facts.instructions).replace(/\s+/g, ' ').trim();
        expect(visibleText(make(facts).html)).toContain(shown);
      }),
    );
  });

  it('has no character that controls, hides or turns text, in any version', () => {
    fc.assert(
      fc.property(hostileFacts, (facts) => {
        const { subject, text, html } = make(facts);
        expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect((text + html).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('has one subject line of bounded length', () => {
    fc.assert(
      fc.property(hostileFacts, (facts) => {
        const { subject } = make({ ...facts, userName: facts.userName.repeat(30) });
        expect(subject).not.toMatch(/[\r\n]/);
        expect([...subject].length).toBeLessThan(200);
      }),
    );
  });

  it('keeps the instructions apart from our own words in the text', () => {
    const ours = (text: string) => text.split('\n').filter((line) => !line.startsWith('| '));
    const expected = ours(make(FACTS).text);
    fc.assert(
      fc.property(hostileText, (instructions) => {
        const { text } = make({ ...FACTS, instructions: `i${instructions}` });
        expect(ours(text)).toEqual(expected);
      }),
    );
  });
});

describe('a bounded name', () => {
  it('keeps what fits and shortens what does not, without cutting a character', () => {
    expect(plainWithin('a \n b', 64)).toBe('a b');
    expect(plainWithin('x'.repeat(64), 64)).toBe('x'.repeat(64));
    expect(plainWithin('\u{1f511}'.repeat(65), 64)).toBe(`${'\u{1f511}'.repeat(61)}...`);
  });
});
