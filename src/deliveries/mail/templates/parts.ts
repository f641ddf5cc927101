/** What several mails say in the same words. */
import type { AccountIdentity } from '../../../domain/identity.ts';
import { humanMoment } from '../../../domain/time.ts';
import { type Block, code, commands, type Fact, heading, paragraph } from './content.ts';
import type { MailFacts } from './facts.ts';
import { plain, plainWithin } from './plain.ts';

/** IAM's own limits are 64 characters for a user name and 63 for an account alias. */
const MAX_NAME_LENGTH = 64;

/** The user's name, short enough for a subject whoever wrote it. */
export function userOf({ userName }: MailFacts): string {
  return plainWithin(userName, MAX_NAME_LENGTH);
}

/** The account as a subject names it: by its alias, or by its ID if it has none. */
export function shortAccount({ accountId, alias }: AccountIdentity): string {
  return plainWithin(alias || accountId, MAX_NAME_LENGTH);
}

/** The account with all its names. */
function fullAccount({ accountId, alias }: AccountIdentity): string {
  return alias ? `${accountId} (${alias})` : accountId;
}

/** The subject of the mail that carries the key; the other mails refer to it. */
export function newKeySubject(facts: MailFacts): string {
  return `New access key for ${userOf(facts)} (${shortAccount(facts.account)})`;
}

/** When the old key stops working, as the mails promised. */
export function stopsWorkingAtMs({ deactivateOnMs, deleteOnMs }: MailFacts): number {
  return deactivateOnMs ?? deleteOnMs;
}

/** Whose key this is about and which keys there are, followed by what happens to the old one. */
export function factTable(facts: MailFacts, fate: readonly Fact[]): Block {
  const { account, userName, newKeyId, oldKeyId } = facts;
  return {
    kind: 'facts',
    facts: [
      { label: 'AWS account', value: [fullAccount(account)] },
      { label: 'IAM user', value: [code(userName)] },
      { label: 'New access key', value: [code(newKeyId)] },
      { label: 'Old access key', value: [code(oldKeyId)] },
      ...fate,
    ],
  };
}

/** The stages of the old key as the mails promised them, each with its moment. */
export function plannedFate(
  { deactivateOnMs, deleteOnMs }: MailFacts,
  tense: 'is' | 'was to be',
): Fact[] {
  const deletion = { label: `Old key ${tense} deleted`, value: [humanMoment(deleteOnMs)] };
  if (deactivateOnMs === undefined) return [deletion];
  return [
    { label: `Old key ${tense} deactivated`, value: [humanMoment(deactivateOnMs)] },
    deletion,
  ];
}

/** The administrator's words, if there are any. */
export function instructions(facts: MailFacts): Block[] {
  const text = plain(facts.instructions).trim();
  if (text === '') return [];
  return [
    heading('Note from your administrators'),
    paragraph('It comes from the tags of your IAM user:'),
    { kind: 'quotation', text },
  ];
}

/** Where the owner finds the new key. */
export function findTheMail(facts: MailFacts): Block[] {
  return [
    paragraph(
      'Find our earlier mail, "',
      newKeySubject(facts),
      '", and follow its steps. It tells you how to get the new key.',
    ),
    paragraph('If you cannot find it, ask your AWS administrators: they can have it sent again.'),
  ];
}

/** How to see that the new key works, and that it is this user's. */
export function testTheNewKey({ account, userName }: MailFacts): Block[] {
  return [
    paragraph('Test the new key:'),
    commands('aws sts get-caller-identity'),
    paragraph(
      'The answer must show the account ',
      code(account.accountId),
      ' and the user ',
      code(userName),
      '. If the key is refused, wait a minute and try again: AWS may need that long to know it.',
    ),
  ];
}

/** What to do with a mail that nobody waited for. */
export function unexpected(facts: MailFacts, carriesKey: boolean): Block {
  return {
    kind: 'notice',
    tone: 'caution',
    blocks: [
      heading('If you did not expect this mail'),
      {
        kind: 'list',
        items: [
          [carriesKey ? 'Do not use the key in it.' : 'Do not follow its steps.'],
          ['Do not forward it.'],
          ['Do not click on any link. We never send one, and we never ask for a password.'],
          [
            'Tell the AWS administrators of account ',
            fullAccount(facts.account),
            ', in a way that you know already.',
          ],
        ],
      },
    ],
  };
}

/** Who sends the mail. */
export function footer({ account }: MailFacts): string {
  return `Sent by IAM Key Rotator for AWS account ${fullAccount(account)}. All times are in UTC.`;
}
