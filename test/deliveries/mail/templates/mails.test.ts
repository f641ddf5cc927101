import { describe, expect, it } from '@jest/globals';
import type {
  MailFacts,
  MailText,
  OldKeyStanding,
} from '../../../../src/deliveries/mail/templates/facts.ts';
import { newKeyMail, reminderMail } from '../../../../src/deliveries/mail/templates/index.ts';
import { sampleMails } from '../../../../src/deliveries/mail/templates/samples.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { FACTS, MAILS, TOKEN, visibleText } from './samples.ts';

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

describe.each(Object.entries(MAILS))('the mail "%s"', (_name, make) => {
  const mail = make(FACTS);

  it('names the account, the user and both keys, in the text and in the HTML', () => {
    for (const version of [mail.text, visibleText(mail.html)]) {
      for (const fact of ['123456789012', 'example-prod', 'alice', FACTS.oldKeyId, FACTS.newKeyId])
        expect(version).toContain(fact);
    }
  });

  it('says to the minute when the old key goes', () => {
    expect(mail.text).toMatch(/27 November 2026,\s+14:05 UTC/);
    expect(visibleText(mail.html)).toContain('27 November 2026, 14:05 UTC');
  });

  it('says what to do if nobody expected it', () => {
    const text = oneLine(mail.text);
    expect(text).toContain('If you did not expect this mail');
    expect(text).toContain('Do not forward it.');
    expect(text).toContain('Do not click on any link.');
    expect(text).toContain('Tell the AWS administrators of account 123456789012 (example-prod)');
  });

  it('carries the instructions when there are any, and no heading for them otherwise', () => {
    expect(mail.text).toContain('| Ask the platform team.');
    expect(make({ ...FACTS, instructions: ' \u0000 ' }).text).not.toContain('Note from');
  });

  it('says the same in the text and in the HTML, word for word', () => {
    const drawn = /^(?:[=-]+|\| |- |--$)|^ *(?=\d\. )/gm;
    const words = (text: string) => oneLine(text.replace(drawn, ' ').replace(/:(?=\s)/g, ''));
    const numbered = mail.text.replace(/^-----.*-----$/gm, '').replace(/^ *\d\. /gm, '');
    const html = visibleText(mail.html).replace(/-----[A-Z ]*-----/g, '');
    expect(words(numbered).trim()).toBe(words(html).trim());
  });

  it('names the account by its ID where there is no alias', () => {
    const { subject, text } = make({ ...FACTS, account: { accountId: '123456789012' } });
    expect(subject).toContain('(123456789012)');
    expect(text).not.toContain('undefined');
  });

  it('has a short subject with the user and the account, but no key material', () => {
    expect(mail.subject).toMatch(/\balice\b.*\(example-prod\)$/);
    expect(mail.subject.length).toBeLessThan(78);
    expect(mail.subject).not.toMatch(/AKIA|secret|eyJ/);
  });
});

describe('the mail with the new key', () => {
  const payload = {
    kind: 'plaintext',
    pair: { accessKeyId: FACTS.newKeyId, secretAccessKey: new Secret('invented/secret') },
  } as const;
  const text = (change: Partial<MailFacts>, repeated = false, oldKey: OldKeyStanding = 'works') =>
    oneLine(newKeyMail({ ...withoutStage(), ...change, payload, repeated, oldKey }).text);

  it('asks to change before the first stage', () => {
    expect(text({})).toContain('before 27 November 2026, 14:05 UTC');
    expect(text({ deactivateOnMs: Date.UTC(2026, 10, 24, 14, 5) })).toContain(
      'before 24 November 2026, 14:05 UTC',
    );
  });

  it('speaks of a deactivation only where there is such a stage or an age limit', () => {
    expect(text({ requireNewKeyUsed: false })).not.toContain('deactivated');
  });

  it('promises to keep the old key only where the new one must have been used', () => {
    expect(text({ requireNewKeyUsed: true })).toContain('is kept longer');
    expect(text({ requireNewKeyUsed: true })).toContain('not beyond 30 November 2026, 14:05 UTC');
    const old = text({ requireNewKeyUsed: true, ageLimitAtMs: Date.UTC(2026, 1, 1) });
    expect(old).not.toContain('is kept longer');
    expect(old).toContain('deactivated then even if the new one was never used');
    expect(text({ requireNewKeyUsed: false })).not.toContain('is kept longer');
    expect(text({ requireNewKeyUsed: false })).toContain('even if the new one was never used');
  });

  it.each([
    ['works', 'Both keys work until then', 'with the help of your old key'],
    ['kept', 'the time of your old key was over on', 'with the help of your old key'],
    ['inactive', 'your old key does not work any more', 'Your old key can not open it any more'],
    ['stays', 'decided that the old one stays', 'with the help of your old key'],
  ] as const)('never says more of an old key that %s than is true', (oldKey, said, opened) => {
    expect(text({}, true, oldKey)).toContain(said);
    if (oldKey !== 'works') expect(text({}, true, oldKey)).not.toContain('work until then');
    const facts = { ...FACTS, repeated: true, oldKey };
    const sealed = newKeyMail({
      ...facts,
      payload: { kind: 'sealed', token: TOKEN, parameterName: '/x', region: 'eu-west-1' },
    });
    expect(oneLine(sealed.text)).toContain(opened);
  });

  it('says of a second copy that it is one', () => {
    expect(text({}, true)).toContain('We may have sent you this same key before');
    expect(text({}, false)).not.toContain('We may have sent');
  });

  it('shows a key in clear in both versions, and never a secret in another mail', () => {
    const mail = MAILS['new key, in clear']?.(FACTS) as MailText;
    expect(mail.text).toContain('aws_secret_access_key = invented/secret');
    expect(mail.html).toContain('aws_secret_access_key = invented/secret');
    const sealed = MAILS['new key, sealed']?.(FACTS) as MailText;
    expect(sealed.text + sealed.html).not.toContain('secret_access_key');
  });

  it('carries the sealed key on lines of its own, from the left margin', () => {
    const mail = MAILS['new key, sealed']?.(FACTS) as MailText;
    const block = /^-----BEGIN .*-----\n((?:[\w.-]+\n)+)-----END .*-----$/m.exec(mail.text);
    expect(block?.[1]?.replaceAll('\n', '')).toBe(TOKEN);
  });

  function withoutStage(): MailFacts {
    const { deactivateOnMs: _, ...facts } = FACTS;
    return facts;
  }
});

describe('the reminder', () => {
  it('says that the old key works, and until when, as long as it does', () => {
    const text = oneLine(
      reminderMail({ ...FACTS, deactivatedAtTheLatestMs: Date.UTC(2026, 10, 30, 14, 5) }).text,
    );
    expect(text).toContain('the old one still works');
    expect(text).toContain('before 30 November 2026, 14:05 UTC');
  });

  it('does not say so once the old key is deactivated', () => {
    const text = oneLine(reminderMail(FACTS).text);
    expect(text).not.toContain('still works');
    expect(text).toContain('It does not work any more');
  });
});

describe('the look of every sample', () => {
  it.each(sampleMails().map(({ name, mail }) => [name, mail] as const))(
    '%s has short lines, plain ASCII, small HTML and nothing to load or click',
    (_name, { subject, text, html }) => {
      expect(text.split('\n').filter((line) => line.length > 76 || / $/.test(line))).toEqual([]);
      expect(subject + text + html).toMatch(/^[\n\x20-\x7e]*$/);
      expect(Buffer.byteLength(html)).toBeLessThan(15_000);
      expect(html.split('\n').every((line) => line.length < 998)).toBe(true);
      expect(html).not.toMatch(
        /<(?:a|img|link|script|iframe|form|base|object)\b|src=|href=|url\(/i,
      );
    },
  );
});
