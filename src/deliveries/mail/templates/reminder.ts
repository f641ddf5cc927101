import { humanMoment } from '../../../domain/time.ts';
import { ageLimitBlocks } from './age-limit.ts';
import { type Block, heading, type MailContent, paragraph, steps, strong } from './content.ts';
import type { ReminderFacts } from './facts.ts';
import {
  factTable,
  findTheMail,
  footer,
  instructions,
  plannedFate,
  shortAccount,
  testTheNewKey,
  unexpected,
  userOf,
} from './parts.ts';

/** The old key was due, and stays for now because nobody has used the new one. */
export function reminderContent(facts: ReminderFacts): MailContent {
  const { deactivatedAtTheLatestMs } = facts;
  return {
    subject: `Reminder: new access key of ${userOf(facts)} not used yet (${shortAccount(facts.account)})`,
    title: `Please use the new access key of ${userOf(facts)}`,
    blocks:
      deactivatedAtTheLatestMs === undefined
        ? ageLimitBlocks(facts)
        : stillWorking(facts, humanMoment(deactivatedAtTheLatestMs)),
    footer: footer(facts),
  };
}

function stillWorking(facts: ReminderFacts, latest: string): Block[] {
  return [
    {
      kind: 'notice',
      tone: 'deadline',
      blocks: [
        paragraph(
          'The new key has not been used yet. That is the only reason why the old one still works.',
        ),
        paragraph(
          'Please change to the new key before ',
          strong(latest),
          '. Then the old key is deactivated, even if the new one was never used.',
        ),
      ],
    },
    factTable(facts, [
      ...plannedFate(facts, 'was to be'),
      { label: 'Deactivated at the latest', value: [latest] },
    ]),
    ...instructions(facts),
    heading('What to do'),
    steps(findTheMail(facts), testTheNewKey(facts), [
      paragraph(
        'Do not delete the old key by hand. It goes by itself, about a day after the new key was ',
        'first used.',
      ),
    ]),
    unexpected(facts, false),
  ];
}
