import { humanMoment } from '../../../domain/time.ts';
import {
  type Block,
  code,
  commands,
  heading,
  type MailContent,
  paragraph,
  steps,
  strong,
} from './content.ts';
import type { NewKeyFacts, OldKeyStanding, Payload } from './facts.ts';
import {
  factTable,
  footer,
  instructions,
  newKeySubject,
  plannedFate,
  stopsWorkingAtMs,
  testTheNewKey,
  unexpected,
  userOf,
} from './parts.ts';
import { wrapToken } from './token-block.ts';
import { withoutIkr } from './without-ikr.ts';

type Sealed = Extract<Payload, { kind: 'sealed' }>;
type Plaintext = Extract<Payload, { kind: 'plaintext' }>;

/** The mail that hands the new key over, sealed or in plaintext. */
export function newKeyContent(facts: NewKeyFacts): MailContent {
  return {
    subject: newKeySubject(facts),
    title: `New access key for ${userOf(facts)}`,
    blocks: [
      deadline(facts),
      ...(facts.repeated ? [REPEATED] : []),
      factTable(facts, facts.oldKey === 'stays' ? [] : plannedFate(facts, 'is')),
      ...instructions(facts),
      heading('What to do'),
      ...(facts.payload.kind === 'sealed'
        ? sealedSteps(facts, facts.payload)
        : plaintextSteps(facts, facts.payload)),
      unexpected(facts, true),
    ],
    footer: footer(facts),
  };
}

function deadline(facts: NewKeyFacts): Block {
  return { kind: 'notice', tone: 'deadline', blocks: WHAT_HOLDS[facts.oldKey](facts) };
}

const WHAT_HOLDS: Readonly<Record<OldKeyStanding, (facts: NewKeyFacts) => Block[]>> = {
  works: (facts) => [
    paragraph(
      'Your access key is getting old, so you have a new one. Please change to it before ',
      strong(humanMoment(stopsWorkingAtMs(facts))),
      '. Both keys work until then.',
    ),
    facts.requireNewKeyUsed && facts.ageLimitAtMs > stopsWorkingAtMs(facts)
      ? paragraph(
          'The old key is kept longer if the new one was not used by then, but not beyond ',
          humanMoment(facts.ageLimitAtMs),
          ': then it has reached the age limit and is deactivated in any case.',
        )
      : facts.requireNewKeyUsed
        ? paragraph(
            'The old key has reached the age limit. So it is deactivated then even if the new one ',
            'was never used.',
          )
        : paragraph(
            `Then the old key is ${facts.deactivateOnMs === undefined ? 'deleted' : 'deactivated'}, `,
            'even if the new one was never used.',
          ),
  ],
  kept: (facts) => [
    paragraph(
      'You have a new access key. Please change to it now: the time of your old key was over on ',
      strong(humanMoment(stopsWorkingAtMs(facts))),
      '.',
    ),
    paragraph(
      'It still works only because the new key was not used yet. It is deactivated in any case when ',
      'it reaches the age limit, on ',
      humanMoment(facts.ageLimitAtMs),
      '.',
    ),
  ],
  inactive: () => [
    paragraph(
      'You have a new access key. Please change to it now: ',
      strong('your old key does not work any more'),
      '.',
    ),
  ],
  stays: () => [
    paragraph(
      'You have a new access key. Your administrators decided that the old one stays for now; ',
      'both keys work until they delete one of them.',
    ),
  ],
};

const REPEATED = paragraph(
  'We may have sent you this same key before: then all is well, and you need only one of the mails.',
);

function sealedSteps(facts: NewKeyFacts, sealed: Sealed): Block[] {
  return [
    paragraph(
      facts.oldKey === 'inactive'
        ? 'The new key is sealed. Your old key can not open it any more: use another AWS profile that may read the parameter named below, or ask your AWS administrators to open it for you.'
        : 'The new key is sealed. You open it with the help of your old key, so do it while the old key still works.',
    ),
    steps(
      [
        paragraph(
          facts.oldKey === 'inactive'
            ? 'Open the new key. Run this where such a profile is set up:'
            : 'Open the new key. Run this where your old key is set up:',
        ),
        commands('ikr decrypt'),
        paragraph(
          'Paste this whole mail, or only the sealed key pair below. Press Enter, then Ctrl+D ',
          '(on Windows Ctrl+Z and Enter).',
        ),
        paragraph(
          'The program uses your AWS profile to read the SSM parameter ',
          code(sealed.parameterName),
          ' in Region ',
          code(sealed.region),
          facts.oldKey === 'inactive' ? '.' : '. A profile that still has the old key is right.',
        ),
      ],
      putItToUse(
        'If you prefer lines for the file ~/.aws/credentials, open it with:',
        'ikr decrypt --format credentials',
      ),
      testTheNewKey(facts),
      leaveTheOldKey(facts),
    ),
    heading('Sealed key pair'),
    { kind: 'token', lines: wrapToken(sealed.token).split('\n') },
    ...withoutIkr(sealed),
  ];
}

function plaintextSteps(facts: NewKeyFacts, { pair }: Plaintext): Block[] {
  return [
    steps(
      [
        paragraph('Store the new key in a safe place, such as a password manager:'),
        commands(
          `aws_access_key_id = ${pair.accessKeyId}`,
          `aws_secret_access_key = ${pair.secretAccessKey.reveal()}`,
        ),
        paragraph('Then delete this mail for good: whoever reads it can use the key.'),
      ],
      putItToUse(),
      testTheNewKey(facts),
      leaveTheOldKey(facts),
    ),
  ];
}

function putItToUse(hint?: string, command?: string): Block[] {
  return [
    paragraph(
      'Put the new key wherever the old one is used: on your computers, in programs, on servers ',
      'and in build jobs. For the AWS CLI, run this and enter both values:',
    ),
    commands('aws configure'),
    ...(hint && command ? [paragraph(hint), commands(command)] : []),
  ];
}

function leaveTheOldKey({ oldKey }: NewKeyFacts): Block[] {
  return [
    paragraph(
      oldKey === 'stays'
        ? 'Do not delete the old key by hand before you have asked your administrators.'
        : 'Do not delete the old key by hand. It goes by itself.',
    ),
  ];
}
