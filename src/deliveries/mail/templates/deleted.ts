import { humanMoment } from '../../../domain/time.ts';
import { code, heading, type MailContent, paragraph, steps } from './content.ts';
import type { MailFacts } from './facts.ts';
import {
  factTable,
  footer,
  instructions,
  shortAccount,
  testTheNewKey,
  unexpected,
  userOf,
} from './parts.ts';

/** The rotation is over. */
export function deletedContent(facts: MailFacts): MailContent {
  return {
    subject: `Old access key of ${userOf(facts)} deleted (${shortAccount(facts.account)})`,
    title: `Old access key of ${userOf(facts)} deleted`,
    blocks: [
      {
        kind: 'notice',
        tone: 'done',
        blocks: [
          paragraph(
            'Your old access key is deleted. ',
            facts.requireNewKeyUsed
              ? 'The new key has been used, so the change is complete.'
              : 'Only the new key works now.',
          ),
          paragraph('If everything works, you need not do anything.'),
        ],
      },
      factTable(facts, [
        { label: 'Old key', value: ['deleted'] },
        { label: 'Announced for', value: [humanMoment(facts.deleteOnMs)] },
      ]),
      ...instructions(facts),
      heading('If something stopped working'),
      steps(
        [
          paragraph(
            'It probably still uses the old key ',
            code(facts.oldKeyId),
            '. Nobody can bring that key back. Put the new key there.',
          ),
        ],
        testTheNewKey(facts),
        [
          paragraph(
            'If you do not have the new key, ask your AWS administrators. If it was sealed, the old ',
            'key cannot open it any more.',
          ),
        ],
      ),
      unexpected(facts, false),
    ],
    footer: footer(facts),
  };
}
