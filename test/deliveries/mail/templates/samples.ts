import type { MailFacts, MailText } from '../../../../src/deliveries/mail/templates/facts.ts';
import {
  deactivatedMail,
  deletedMail,
  newKeyMail,
  reminderMail,
} from '../../../../src/deliveries/mail/templates/index.ts';
import { Secret } from '../../../../src/domain/secret.ts';

export const FACTS: MailFacts = {
  account: { accountId: '123456789012', alias: 'example-prod' },
  userName: 'alice',
  oldKeyId: 'AKIAIOSFODNN7EXAMPLE',
  newKeyId: 'AKIAI44QH8DHBEXAMPLE',
  instructions: 'Ask the platform team.',
  requireNewKeyUsed: true,
  ageLimitAtMs: Date.UTC(2026, 10, 30, 14, 5),
  deactivateOnMs: Date.UTC(2026, 10, 24, 14, 5),
  deleteOnMs: Date.UTC(2026, 10, 27, 14, 5),
};

/** The shape of a token; it opens nothing. */
export const TOKEN = `eyJhbGciOiJkaXIifQ..${'iv_-'.repeat(4)}.${'c1ph-_'.repeat(20)}.${'t4g_-'.repeat(4)}aA`;

const SEALED = {
  kind: 'sealed',
  token: TOKEN,
  parameterName: '/ikr/secret/iam/alice',
  region: 'eu-central-1',
} as const;

/** Every kind of mail about the same facts. */
export const MAILS: Readonly<Record<string, (facts: MailFacts) => MailText>> = {
  'new key, sealed': (facts) =>
    newKeyMail({ ...facts, payload: SEALED, repeated: false, oldKey: 'works' }),
  'new key, in clear': (facts) =>
    newKeyMail({
      ...facts,
      payload: {
        kind: 'plaintext',
        pair: { accessKeyId: facts.newKeyId, secretAccessKey: new Secret('invented/secret') },
      },
      repeated: true,
      oldKey: 'works',
    }),
  reminder: (facts) =>
    reminderMail({ ...facts, deactivatedAtTheLatestMs: Date.UTC(2026, 10, 30, 14, 5) }),
  'reminder, deactivated': (facts) => reminderMail(facts),
  'deactivated as announced': (facts) => deactivatedMail({ ...facts, why: 'stage' }),
  'deactivated at the age limit': (facts) => deactivatedMail({ ...facts, why: 'max-age' }),
  deleted: (facts) => deletedMail(facts),
};

/** What a reader of the HTML sees, in one line. */
export function visibleText(html: string): string {
  return html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<(?!\/?(?:code|strong)\b)[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}
