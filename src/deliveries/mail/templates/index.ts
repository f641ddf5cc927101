/** The four mails. Pure: facts in, a mail without its envelope out. */
import type { MailContent } from './content.ts';
import { deactivatedContent } from './deactivated.ts';
import { deletedContent } from './deleted.ts';
import type { DeactivatedFacts, MailFacts, MailText, NewKeyFacts, ReminderFacts } from './facts.ts';
import { newKeyContent } from './new-key.ts';
import { plain } from './plain.ts';
import { reminderContent } from './reminder.ts';
import { renderHtml } from './render-html.ts';
import { renderText } from './render-text.ts';

/** Hands the new key over, sealed or in plaintext. The only mail that carries a key. */
export function newKeyMail(facts: NewKeyFacts): MailText {
  return render(newKeyContent(facts));
}

/** Says that the old key was due, and stays only because the new one was never used. */
export function reminderMail(facts: ReminderFacts): MailText {
  return render(reminderContent(facts));
}

/** Says that the old key no longer works, and why. */
export function deactivatedMail(facts: DeactivatedFacts): MailText {
  return render(deactivatedContent(facts));
}

/** Says that the old key is gone and the rotation over. */
export function deletedMail(facts: MailFacts): MailText {
  return render(deletedContent(facts));
}

function render(content: MailContent): MailText {
  return {
    subject: plain(content.subject),
    text: renderText(content),
    html: renderHtml(content),
  };
}
