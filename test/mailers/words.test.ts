import { describe, expect, it } from '@jest/globals';
import { attempt, quote } from '../../src/mailers/words.ts';
import { mailTo } from './contract.ts';

describe('The words of a server', () => {
  it('stand on one line without control characters', () => {
    expect(quote('550-5.1.1 no such\r\n550 \u001b[31muser\u0007\u2028!')).toBe(
      '550-5.1.1 no such 550 [31muser !',
    );
  });

  it('are cut at 200 characters, never in the middle of one', () => {
    expect(quote('a 🔑 '.repeat(100))).toBe(`${'a 🔑 '.repeat(50)}…`);
  });

  it.each([
    ['a secret access key', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['a token without a digit', 'x'.repeat(40)],
    ['a piece of a sealed key pair', 'eyJhbGciOiJkaXIiLCJlbmMi0'],
  ])('do not repeat %s', (_, key) => {
    expect(quote(`rejected "${key}", sorry`)).toBe('rejected "[…]", sorry');
  });

  it.each([
    'https://support.example.com/?p=NoSuchUser',
    'MailFromDomainNotVerifiedException',
    'zoe.with.a.long.name@example.com',
    '5.7.1 id=4XkQ90Zz1z9s',
  ])('keep %s, which is no key', (word) => {
    expect(quote(word)).toBe(word);
  });

  it('do not repeat a secret, whole or at the cut', () => {
    expect(quote('password "a b.c" is wrong', ['a b.c', ''])).toBe('password "[…]" is wrong');
    const late = `${'blah '.repeat(38)}hunter-of-passwords`;
    expect(quote(late, ['hunter-of-passwords'])).not.toContain('hunt');
  });
});

describe('An attempt', () => {
  it('turns whatever is thrown into an answer that nobody takes for a refusal', async () => {
    const thrown: unknown[] = [new Error('oops'), 'oops', undefined, null, { message: 'oops' }];
    for (const value of thrown) {
      const answer = await attempt(mailTo('zoe@example.com'), async () => {
        throw value;
      });
      expect(answer).toMatchObject({
        kind: 'unknown',
        reason: expect.stringMatching(/^unexpected/),
      });
    }
  });
});
