import { humanMoment } from '../time.ts';
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
import type { Enclosed, NewKeyFacts } from './facts.ts';
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

type Sealed = Extract<Enclosed, { kind: 'sealed' }>;
type Clear = Extract<Enclosed, { kind: 'clear' }>;

/** The mail that hands the new key over, sealed or in clear. */
export function newKeyContent(facts: NewKeyFacts): MailContent {
  return {
    subject: newKeySubject(facts),
    title: `New access key for ${userOf(facts)}`,
    blocks: [
      deadline(facts),
      ...(facts.repeated ? [REPEATED] : []),
      factTable(facts, plannedFate(facts, 'is')),
      ...instructions(facts),
      heading('What to do'),
      ...(facts.enclosed.kind === 'sealed'
        ? sealedSteps(facts, facts.enclosed)
        : clearSteps(facts, facts.enclosed)),
      unexpected(facts, true),
    ],
    footer: footer(facts),
  };
}

function deadline(facts: NewKeyFacts): Block {
  const fate = facts.deactivateOnMs === undefined ? 'deleted' : 'deactivated';
  return {
    kind: 'notice',
    tone: 'deadline',
    blocks: [
      paragraph(
        'Your access key is getting old, so you have a new one. Please change to it before ',
        strong(humanMoment(stopsWorkingAtMs(facts))),
        '. Both keys work until then.',
      ),
      facts.requireNewKeyUsed
        ? paragraph(
            'The old key is kept longer if the new one was not used by then. ',
            'But when it reaches the age limit, it is deactivated in any case.',
          )
        : paragraph(`Then the old key is ${fate}, even if the new one was never used.`),
    ],
  };
}

const REPEATED = paragraph(
  'We may have sent you this same key before: then all is well, and you need only one of the mails.',
);

function sealedSteps(facts: NewKeyFacts, sealed: Sealed): Block[] {
  return [
    paragraph(
      'The new key is sealed. You open it with the help of your old key, so do it while the old ',
      'key still works.',
    ),
    steps(
      [
        paragraph('Open the new key. Run this where your old key is set up:'),
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
          '. A profile that still has the old key is right.',
        ),
      ],
      putItToUse(
        'If you prefer lines for the file ~/.aws/credentials, open it with:',
        'ikr decrypt --format credentials',
      ),
      testTheNewKey(facts),
      LEAVE_THE_OLD_KEY,
    ),
    heading('Sealed key pair'),
    { kind: 'token', lines: wrapToken(sealed.token).split('\n') },
    ...withoutIkr(sealed),
  ];
}

function clearSteps(facts: NewKeyFacts, { pair }: Clear): Block[] {
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
      LEAVE_THE_OLD_KEY,
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

const LEAVE_THE_OLD_KEY: Block[] = [
  paragraph('Do not delete the old key by hand. It goes by itself.'),
];
