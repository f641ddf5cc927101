/**
 * How to open a sealed key pair with nothing but the AWS CLI and Node.js: no package has to be
 * installed, and the content key never touches the disk.
 */
import { type Block, code, commands, heading, paragraph, steps } from './content.ts';
import type { Payload } from './facts.ts';

type Sealed = Extract<Payload, { kind: 'sealed' }>;

const TOKEN_FILE = 'sealed.txt';
/** `.cjs`, so that it runs as CommonJS whatever package it is saved in. */
const SCRIPT_FILE = 'open-key.cjs';

export function withoutIkr(sealed: Sealed): Block[] {
  return [
    heading('If you do not have ikr'),
    paragraph('The AWS CLI and Node.js are enough.'),
    steps(
      [paragraph('Save the sealed key pair, from BEGIN to END, as ', code(TOKEN_FILE), '.')],
      [
        paragraph('Save these lines in the same folder as ', code(SCRIPT_FILE), ':'),
        commands(...openingScript(sealed)),
      ],
      [
        paragraph('Run it there. It shows the new key pair:'),
        commands(`node ${SCRIPT_FILE}`),
        paragraph('Then delete both files, and go on with step 2 above.'),
      ],
    ),
    paragraph(
      'Any other tool for JWE (algorithm dir, encryption A256GCM) can open it as well, for ' +
        'example the package jwcrypto for Python. The parameter holds the key as a JWK.',
    ),
  ];
}

/**
 * JWE (RFC 7516 section 5.2) with `dir` and `A256GCM` in a few lines. The region and the name of
 * the parameter are JSON strings and reach the AWS CLI without a shell: whatever they hold, they
 * are arguments. The lines are short, so that no mail program breaks them. Before the first marker
 * an editor may have put a byte order mark.
 */
function openingScript({ parameterName, region }: Sealed): string[] {
  return [
    "const fs = require('node:fs');",
    "const run = require('node:child_process');",
    "const crypto = require('node:crypto');",
    `const region = ${JSON.stringify(region)};`,
    'const name =',
    `  ${JSON.stringify(parameterName)};`,
    "const args = ['ssm', 'get-parameter',",
    "  '--with-decryption', '--output', 'text',",
    "  '--query', 'Parameter.Value',",
    "  '--region', region, '--name', name];",
    'const jwk = JSON.parse(',
    "  run.execFileSync('aws', args));",
    'const [header, , iv, sealed, tag] = fs',
    `  .readFileSync('${TOKEN_FILE}', 'utf8')`,
    "  .replace(/^.?-----.*$|\\s/gm, '').split('.');",
    "const bytes = (s) => Buffer.from(s, 'base64url');",
    'const jwe = crypto.createDecipheriv(',
    "  'aes-256-gcm', bytes(jwk.k), bytes(iv),",
    '  { authTagLength: 16 });',
    'jwe.setAAD(Buffer.from(header));',
    'jwe.setAuthTag(bytes(tag));',
    'const pair = jwe.update(bytes(sealed));',
    "console.log(pair + jwe.final('utf8'));",
  ];
}
