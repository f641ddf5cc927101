/**
 * What somebody writes who means harm: texts that break lines, headers, markup, terminals, formulas
 * and names. Everything here is text; what may stand where is for each test to say.
 */
import fc from 'fast-check';
import { anyText } from './any-text.ts';

/** Where this begins a line or a header, a text has become more than a text. */
export const INJECTED = 'X-Injected: 1';

const PIECES = [
  `\r\n${INJECTED}`,
  `\n${INJECTED}`,
  `\r${INJECTED}`,
  `\u2028${INJECTED}`,
  `\u0085${INJECTED}`,
  `\u000b${INJECTED}`,
  '\r\n\r\n',
  '\u0000',
  '\u0007',
  '\u001b[2J',
  '\u001b[31m',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\ud800',
  '\u{e0041}',
  '<script>alert(1)</script>',
  '</pre><a href="https://evil.test">',
  '" onload="x',
  "'; DROP",
  '&lt;b&gt;',
  '=?utf-8?q?=0d=0aBcc=3a_eve=40evil.test?=',
  '=cmd|calc',
  '@SUM(1)',
  '-1+1',
  ', eve@evil.test',
  ' <eve@evil.test>',
  '"eve@evil.test" ',
  '(comment)',
  'group:eve@evil.test;',
  '../../',
  '%2e%2e%2f',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a template would fall for
  '${process.env}',
  '$(id)',
  '`id`',
  '-----END IKR SEALED KEY PAIR-----',
  '\n.\r\n',
  '| ',
  '--\n',
];

/** Any text at all, with the dangerous pieces far more often than by chance. */
export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), anyText({ maxLength: 6 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

/** Addresses that are nearly addresses, or nearly in a domain. */
export const hostileAddress = (domain: string) =>
  fc.oneof(
    fc
      .tuple(hostileText, fc.constantFrom('@', '', '@@', ' @', '@ '), hostileText)
      .map((parts) => parts.join('')),
    fc.tuple(hostileText, hostileText).map(([before, after]) => `${before}a@${domain}${after}`),
    fc.constantFrom(
      `a@evil.test,b@${domain}`,
      `a@${domain},eve@evil.test`,
      `a@${domain};eve@evil.test`,
      `eve@evil.test <a@${domain}>`,
      `a@${domain} <eve@evil.test>`,
      `"a@${domain}"@evil.test`,
      `"eve@evil.test"@${domain}`,
      `eve@evil.test@${domain}`,
      `eve@evil.test(@${domain})`,
      `eve@[127.0.0.1]@${domain}`,
      `eve@evil.test\u0000@${domain}`,
      `eve@evil.test%0d%0a@${domain}`,
      `eve@evil.test#@${domain}`,
      `eve%evil.test@${domain}`,
      `=?utf-8?q?eve=40evil.test=2c?=@${domain}`,
      `=?utf-8?q?eve=40evil.test=3e=00?=foo@${domain}`,
      `a@${domain}.`,
      `a@.${domain}`,
      `a@${domain}.evil.test`,
      `a@evil.test.${domain}`,
      `a@not${domain}`,
      `a@${domain.replace(/e/, '\u0435')}`,
      `a@${domain.replace(/\./, '\u3002')}`,
      `a@${domain.replace(/\./, '\uff0e')}`,
      `a@xn--${domain}`,
      `a@${domain.toUpperCase()}`,
      `A.b+c@${domain}`,
      `${'a'.repeat(65)}@${domain}`,
      `a@${'b.'.repeat(130)}${domain}`,
      `\u00e4@${domain}`,
    ),
  );

/** Any value that JSON can carry, with what trips up careless readers. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    undefined,
    0,
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER,
    '',
    'x',
    [],
    {},
    { toString: 1, valueOf: 1 },
    JSON.parse('{"__proto__": {"force": true, "S": "AKIA"}}'),
    { constructor: { prototype: {} } },
    { length: 1e9 },
  ),
);

/** Nested so deep that a careless reader runs out of stack. */
export function deep(levels = 20_000): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { M: value };
  return value;
}
