/** What is set differently from one deployment to another, and matters when something fails. */
import { MAIL_CLIENTS, type MailClient } from '../../../simulation/mail-servers.ts';

export interface Configuration {
  readonly mailer: MailClient;
  /** `ENCRYPT_KEY_PAIR` */
  readonly encrypted: boolean;
  /** `DEACTIVATE_AFTER_DAYS` is set. */
  readonly staged: boolean;
  /** `REQUIRE_NEW_KEY_USED` */
  readonly used: boolean;
}

/** As short as it may be, so that a whole rotation is over soon. */
export function deleteAfterDaysOf({ staged }: Pick<Configuration, 'staged'>): number {
  return staged ? 2 : 1;
}

export const CONFIGURATIONS: readonly Configuration[] = MAIL_CLIENTS.flatMap((mailer) =>
  [true, false].flatMap((encrypted) =>
    [true, false].flatMap((staged) =>
      [true, false].map((used) => ({ mailer, encrypted, staged, used })),
    ),
  ),
);

/** Every two settings occur together in one of these. */
export const PAIRWISE: readonly Configuration[] = [
  { mailer: 'ses', encrypted: true, staged: true, used: true },
  { mailer: 'ses', encrypted: false, staged: false, used: false },
  { mailer: 'smtp', encrypted: true, staged: false, used: true },
  { mailer: 'smtp', encrypted: false, staged: true, used: false },
  { mailer: 'mailgun', encrypted: true, staged: true, used: false },
  { mailer: 'mailgun', encrypted: false, staged: false, used: true },
];

/** `ses,encrypted,staged,used`: what is not set is called plaintext, direct and unused. */
export function nameOf({ mailer, encrypted, staged, used }: Configuration): string {
  return [
    mailer,
    encrypted ? 'encrypted' : 'plaintext',
    staged ? 'staged' : 'direct',
    used ? 'used' : 'unused',
  ].join(',');
}

export const WORDS: readonly string[] = [
  ...new Set(CONFIGURATIONS.flatMap((configuration) => nameOf(configuration).split(','))),
];

export function settingsOf(configuration: Configuration) {
  const { encrypted, staged, used, mailer } = configuration;
  return {
    MAIL_CLIENT: mailer,
    ENCRYPT_KEY_PAIR: String(encrypted),
    DELETE_AFTER_DAYS: String(deleteAfterDaysOf(configuration)),
    ...(staged && { DEACTIVATE_AFTER_DAYS: '1' }),
    REQUIRE_NEW_KEY_USED: String(used),
    LOG_LEVEL: 'debug',
  };
}
