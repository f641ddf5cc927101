import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { domainOf, isAddress, parseSender } from '../../src/domain/address.ts';
import { formatSender } from '../../src/mailers/sender.ts';
import { hostileAddress, hostileText } from '../support/hostile.ts';

const legal = fc
  .tuple(
    fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9+_-]{0,30}$/),
    fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?$/),
    fc.constantFrom('example', 'test', 'co.example'),
  )
  .map(([local, host, top]) => `${local}@${host}.${top}`);
const anyAddress = fc.oneof(hostileAddress('example.com'), hostileText, legal);

describe('an address that is accepted', () => {
  it('is read by another program as that address and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(anyAddress, async (address) => {
        // A quoted local part and a Unicode domain are the other program's own forms of the same.
        fc.pre(isAddress(address) && !/^\.|\.\.|\.@|@xn--/.test(address));
        const { to, headers } = await PostalMime.parse(`To: ${address}\r\n\r\n`);
        expect(to).toEqual([{ address, name: '' }]);
        expect(headers).toHaveLength(1);
      }),
      { numRuns: 400 },
    );
  });

  it('has one domain, after its only at sign', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        fc.pre(isAddress(address));
        expect(address.split('@')).toHaveLength(2);
        expect(domainOf(address)).toBe(address.split('@')[1]?.toLowerCase());
        expect(domainOf(address)).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
        expect(address.length).toBeLessThanOrEqual(254);
      }),
      { numRuns: 400 },
    );
  });

  it('may be any that people have', () => {
    fc.assert(fc.property(legal, (address) => expect(isAddress(address)).toBe(true)));
  });

  it.each(['=?utf-8?q?eve=40evil.test=2c?=@example.com', 'a=?b@example.com'])(
    'is not %s, whose encoded word others would decode',
    (address) => {
      expect(isAddress(address)).toBe(false);
    },
  );

  it('is found out in time, however long the text is', () => {
    for (const piece of ['a', 'a.', 'a@', '@', 'a-', '=', '=?']) {
      expect(isAddress(piece.repeat(500_000))).toBe(false);
    }
  });
});

describe('a sender that is accepted', () => {
  it('stands in a header as it was meant, and is the only one', async () => {
    const text = fc.oneof(
      hostileText,
      fc
        .tuple(hostileText, fc.constantFrom('', '"', ' '), legal)
        .map(([name, quote, address]) => `${quote}${name}${quote} <${address}>`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (written) => {
        const sender = parseSender(written);
        if (!sender) return;
        expect(isAddress(sender.address)).toBe(true);
        expect(sender.name ?? '').not.toMatch(/[\p{Cc}"<>\\]/u);
        const { from, headers } = await PostalMime.parse(`From: ${formatSender(sender)}\r\n\r\n`);
        expect(headers).toHaveLength(1);
        expect(from?.address).toBe(sender.address);
      }),
      { numRuns: 400 },
    );
  });
});
