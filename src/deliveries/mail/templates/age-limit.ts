/** The old key reached the age limit while the new one was unused: told once, then in reminders. */
import { humanMoment } from '../../../domain/time.ts';
import { type Block, heading, paragraph, steps, strong } from './content.ts';
import type { MailFacts } from './facts.ts';
import { factTable, findTheMail, instructions, testTheNewKey, unexpected } from './parts.ts';

export function ageLimitBlocks(facts: MailFacts): Block[] {
  return [
    {
      kind: 'notice',
      tone: 'deadline',
      blocks: [
        paragraph(
          'Your old access key has reached the age limit, so it is deactivated. It does not work ',
          'any more. The new key has not been used yet.',
        ),
        paragraph(
          strong('Please start to use the new key now.'),
          ' The old one is not deleted before that.',
        ),
      ],
    },
    factTable(facts, [
      { label: 'Old key', value: ['deactivated'] },
      {
        label: 'Old key is deleted',
        value: [
          `about a day after the first use of the new key, not before ${humanMoment(facts.deleteOnMs)}`,
        ],
      },
    ]),
    ...instructions(facts),
    heading('What to do'),
    steps(
      findTheMail(facts),
      [
        paragraph(
          'If the new key is sealed, the old key cannot open it any more. Use another AWS profile ',
          'that may read your SSM parameter, or ask your AWS administrators. They can open it, or ',
          'activate the old key again.',
        ),
      ],
      testTheNewKey(facts),
      [paragraph('Do not delete the old key by hand. It goes by itself.')],
    ),
    unexpected(facts, false),
  ];
}
