import { describe, expect, it } from '@jest/globals';
import { rotate } from '../../simulation/memory/life.ts';
import { createWorld } from '../../simulation/memory/world.ts';
import type { OwnerNotice, RunEvent } from '../../src/domain/events.ts';
import { reason } from '../../src/domain/reasons.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { ownerMail } from '../../src/notifications/owner-mail.ts';
import type { Mail } from '../../src/ports/mailer.ts';
import { noticeFacts } from '../../src/rotation/steps/old-key.ts';
import { STARTED_AT_MS, scheduledRecord } from '../support/records.ts';

const ACCOUNT = { accountId: '123456789012', alias: 'example-prod' };
const SEALED = 'eyJhbGciOiJkaXIi.the.sealed.key.pair';

/** An owner mail whose mails are collected. */
function setUp(describeAccount = async () => ACCOUNT) {
  const sent: { mail: Mail; about: string }[] = [];
  let asked = 0;
  const subscriber = ownerMail(
    {
      describe() {
        asked += 1;
        return describeAccount();
      },
    },
    { inform: async (mail, about) => void sent.push({ mail, about }) },
  );
  return { sent, asked: () => asked, notify: async (event: RunEvent) => subscriber.notify(event) };
}

const about = noticeFacts(
  scheduledRecord({
    sealed: SEALED,
    target: { kind: 'mail', address: 'owner@example.com', form: 'sealed' },
    instructions: 'Call the helpdesk.',
  }),
);

function event(notice?: OwnerNotice): RunEvent {
  return {
    type: 'reminded',
    user: { userName: 'alice', userId: 'AIDAALICE' },
    reason: reason('new-key-unused'),
    ...(notice && { notice }),
  };
}

const NOTICES: readonly (readonly [string, OwnerNotice, RegExp])[] = [
  ['a deletion', { kind: 'deleted', about }, /deleted/],
  ['a deactivation', { kind: 'deactivated', why: 'stage', about }, /deactivated/],
  [
    'a deactivation at the age limit',
    { kind: 'deactivated', why: 'max-age', about },
    /deactivated/,
  ],
  ['a reminder', { kind: 'reminder', about }, /not.* used|unused|never/i],
  [
    'a reminder before the age limit',
    { kind: 'reminder', about, deactivatedAtTheLatestMs: STARTED_AT_MS + 10 * DAY_MS },
    /11 June 2026/,
  ],
];

describe('the mail to an owner', () => {
  it.each(NOTICES)('tells of %s, to the target in the record', async (_, notice, says) => {
    const { sent, notify } = setUp();
    await notify(event(notice));
    expect(sent).toHaveLength(1);
    const [{ mail, about: what } = { mail: undefined, about: '' }] = sent;
    expect(mail?.to).toBe('owner@example.com');
    expect(`${mail?.subject} ${mail?.text}`).toMatch(says);
    for (const text of [mail?.text, mail?.html]) {
      expect(text).toContain('AKIAOLD');
      expect(text).toContain('example-prod');
    }
    expect(what).toBe(`${notice.kind}: alice`);
  });

  it.each(NOTICES)('holds no secret (%s)', async (_, notice) => {
    const { sent, notify } = setUp();
    await notify(event(notice));
    expect(JSON.stringify(sent)).not.toContain(SEALED);
    expect(JSON.stringify(notice)).not.toContain(SEALED);
  });

  it.each<[string, RunEvent]>([
    ['an event without a notice', event()],
    ['progress', { type: 'progress', done: 1, total: 1 }],
  ])('is not sent for %s, and the account is not asked for its name', async (_, happening) => {
    const { sent, asked, notify } = setUp();
    await notify(happening);
    expect([sent, asked()]).toEqual([[], 0]);
  });

  it('fails as a subscriber when the account has no name, and sends nothing', async () => {
    const { sent, notify } = setUp(() => Promise.reject(new Error('access denied')));
    await expect(notify(event(NOTICES[0]?.[1]))).rejects.toThrow('access denied');
    expect(sent).toEqual([]);
  });

  it('is not sent for a fresh rotation: the mail with the new key says it all', async () => {
    const world = createWorld();
    world.hire('alice');
    await rotate(world);
    expect(world.mail.sent).toHaveLength(1);
  });
});
