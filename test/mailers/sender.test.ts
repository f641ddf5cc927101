import { describe, expect, it } from '@jest/globals';
import PostalMime from 'postal-mime';
import { encodeSender, formatSender } from '../../src/mailers/sender.ts';

const ADDRESS = 'mailer@example.com';

describe('A sender', () => {
  it('without a name is its address', () => {
    expect(formatSender({ address: ADDRESS })).toBe(ADDRESS);
    expect(encodeSender({ address: ADDRESS })).toBe(ADDRESS);
  });

  it('keeps a plain name readable', () => {
    expect(encodeSender({ name: 'Keys, Ops (EU)', address: ADDRESS })).toBe(
      '"Keys, Ops (EU)" <mailer@example.com>',
    );
  });

  it.each([
    'Key Rötator',
    'Команда безопасности и ротации ключей доступа',
    '🔑'.repeat(40),
    `${'a'.repeat(44)}é`,
  ])('brings the name %s across in ASCII', async (name) => {
    const encoded = encodeSender({ name, address: ADDRESS });
    expect(encoded).toMatch(/^[\x20-\x7e]+$/);
    for (const word of encoded.split(' ')) expect(word.length).toBeLessThanOrEqual(75);
    const { from } = await PostalMime.parse(`From: ${encoded}\r\n\r\n`);
    expect(from).toEqual({ name, address: ADDRESS });
  });
});
