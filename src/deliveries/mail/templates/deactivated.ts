import { humanMoment } from '../../../domain/time.ts';
import { ageLimitBlocks } from './age-limit.ts';
import {
  type Block,
  code,
  heading,
  type MailContent,
  paragraph,
  steps,
  strong,
} from './content.ts';
import type { DeactivatedFacts } from './facts.ts';
import {
  factTable,
  footer,
  instructions,
  newKeySubject,
  shortAccount,
  testTheNewKey,
  unexpected,
  userOf,
} from './parts.ts';

/** The old key no longer works, but can still be brought back. */
export function deactivatedContent(facts: DeactivatedFacts): MailContent {
  return {
    subject: `Old access key of ${userOf(facts)} deactivated (${shortAccount(facts.account)})`,
    title: `Old access key of ${userOf(facts)} deactivated`,
    blocks: facts.why === 'stage' ? asAnnounced(facts) : ageLimitBlocks(facts),
    footer: footer(facts),
  };
}

function asAnnounced(facts: DeactivatedFacts): Block[] {
  const deletion = humanMoment(facts.deleteOnMs);
  return [
    {
      kind: 'notice',
      tone: 'deadline',
      blocks: [
        paragraph('As announced, your old access key is deactivated. It does not work any more.'),
        paragraph(
          'It is deleted on ',
          strong(deletion),
          '. If everything works, you need not do anything.',
        ),
      ],
    },
    factTable(facts, [
      { label: 'Old key', value: ['deactivated'] },
      { label: 'Old key is deleted', value: [deletion] },
    ]),
    ...instructions(facts),
    heading('If something stopped working'),
    steps(
      [
        paragraph(
          'It probably still uses the old key ',
          code(facts.oldKeyId),
          '. Put the new key there. Our earlier mail, "',
          newKeySubject(facts),
          '", tells you how to get it.',
        ),
      ],
      testTheNewKey(facts),
      [
        paragraph(
          'If that does not help, ask your AWS administrators before ',
          strong(deletion),
          '. Until then they can activate the old key again.',
        ),
      ],
    ),
    unexpected(facts, false),
  ];
}
