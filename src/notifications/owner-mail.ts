/** Tells owners by mail what became of their old key. It decides nothing, and holds no secret. */
import { mailFacts } from '../deliveries/mail/compose.ts';
import type { MailText } from '../deliveries/mail/templates/facts.ts';
import { deactivatedMail, deletedMail, reminderMail } from '../deliveries/mail/templates/index.ts';
import type { OwnerNotice } from '../domain/events.ts';
import type { AccountIdentity } from '../domain/identity.ts';
import type { PacedMailer } from '../mailers/paced-mailer.ts';
import type { Account } from '../ports/account.ts';
import type { Subscriber } from '../ports/notifications.ts';

export function ownerMail(
  account: Pick<Account, 'describe'>,
  mailer: Pick<PacedMailer, 'inform'>,
): Subscriber {
  return {
    name: 'owner-mail',
    async notify(event) {
      if (!('notice' in event) || !event.notice) return;
      const { notice } = event;
      const { target, userName } = notice.about;
      const text = compose(notice, await account.describe());
      await mailer.inform({ to: target.address, ...text }, `${notice.kind}: ${userName}`);
    },
  };
}

function compose(notice: OwnerNotice, account: AccountIdentity): MailText {
  const facts = mailFacts(notice.about, account);
  switch (notice.kind) {
    case 'deactivated':
      return deactivatedMail({ ...facts, why: notice.why });
    case 'deleted':
      return deletedMail(facts);
    case 'reminder': {
      const { deactivatedAtTheLatestMs } = notice;
      return reminderMail({
        ...facts,
        ...(deactivatedAtTheLatestMs !== undefined && { deactivatedAtTheLatestMs }),
      });
    }
  }
}
