/**
 * Whole runs over an account in which somebody has set the tags, and names users, to do harm.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expire, rotate } from '../../simulation/memory/life.ts';
import { ACCEPTED, LOST } from '../../simulation/memory/mail.ts';
import { createWorld, type World } from '../../simulation/memory/world.ts';
import type { Report } from '../../src/domain/report.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { hostileAddress, hostileText } from '../support/hostile.ts';

const ALLOWED = ['example.com', 'mail.example.org'];
const SETTINGS = {
  policy: { rotateAfterDays: 80, deleteAfterDays: 7, allowedMailDomains: ALLOWED },
  encryptKeyPair: false,
};

const days = fc.constantFrom('1', '30', '0', '-1', '1e3', ' 7', '99999', '100000', 'NaN', '٣', '');
const tags = fc
  .record(
    {
      'IKR:EMAIL': fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom('a@example.com', 'A.B@EXAMPLE.com', 'c@example.org'),
        },
        { weight: 2, arbitrary: hostileAddress('example.com') },
        { weight: 1, arbitrary: hostileText },
      ),
      'ikr:rotate_after_days': days,
      'IKR:DELETE_AFTER_DAYS': days,
      'IKR:DEACTIVATE_AFTER_DAYS': days,
      'IKR:INSTRUCTION_0': hostileText,
      'IKR:INSTRUCTION_10': hostileText,
      'IKR:INSTRUCTION_x': hostileText,
      '\u0131KR:EMAIL': fc.constant('eve@evil.test'),
      'IKR:EMAIL ': fc.constant('eve@evil.test'),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .map((all) => all as Record<string, string>);
const name = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[\w+=,.@-]{1,64}$/) },
  { weight: 1, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.constantFrom('../../prod', '__proto__', 'constructor', '.', '..') },
);
const people = fc.uniqueArray(fc.record({ name, tags, later: tags }), {
  selector: (one) => one.name.toLowerCase(),
  maxLength: 5,
});

/** Whether a key may be mailed there, told in another way than the program tells it. */
function isAllowed(address: string): boolean {
  const [local, domain, ...more] = address.split('@');
  return (
    more.length === 0 &&
    /^[!-?A-~]{1,64}$/.test(local ?? '') &&
    !/[\s"(),:;<>[\]\\]|=\?/.test(address) &&
    ALLOWED.some((allowed) => domain?.toLowerCase() === allowed)
  );
}

/** A run, and what must hold of every one. */
async function run(world: World): Promise<Report> {
  const before = new Map(world.iam.userIds().map((userId) => [userId, world.iam.keysOf(userId)]));
  const mailsBefore = world.mail.mailbox.length;
  const report = await rotate(world);

  for (const mail of world.mail.mailbox.slice(mailsBefore)) {
    expect(isAllowed(mail.to)).toBe(true);
    expect(mail.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    // Whoever gets a key is who its user's tag names.
    for (const userId of world.iam.userIds()) {
      const address = world.iam.user(userId)?.tags.find(({ key }) => key === 'IKR:EMAIL')?.value;
      for (const secret of secretsOf(world, userId)) {
        if (mail.text.includes(secret) || mail.html.includes(secret)) expect(mail.to).toBe(address);
      }
    }
  }
  for (const [userId, keys] of before) {
    const rows = report.rows.filter((row) => row.userId === userId);
    expect(rows.length).toBeLessThanOrEqual(1);
    const changed =
      JSON.stringify(world.iam.keysOf(userId)) !== JSON.stringify(keys) ? rows[0]?.outcome : '';
    expect(['', 'rotated', 'deleted', 'deactivated', 'failed']).toContain(changed);
    for (const row of rows) expect(row.reason).toMatch(/\S/);
  }
  for (const parameter of world.parameters.names()) {
    expect(parameter).toMatch(/^\/ikr\/secret\/iam\/[a-zA-Z0-9_.-]{1,}\/AIDA\w+$/);
  }
  const told = JSON.stringify([report, world.logs]);
  for (const userId of world.iam.userIds()) {
    for (const secret of secretsOf(world, userId)) expect(told).not.toContain(secret);
  }
  expect(told).not.toMatch(/TypeError|Cannot read|undefined|Maximum call stack/);
  return report;
}

describe('a run over users whom somebody has named or tagged to do harm', () => {
  it('mails keys to their own users only, within the allowed domains, and leaves nobody out', async () => {
    await fc.assert(
      fc.asyncProperty(people, fc.boolean(), async (hostile, isLossy) => {
        const world = createWorld({ settings: SETTINGS });
        // What is lost goes out again, to whoever is tagged by then.
        const arrives = (to: string) => !isLossy || to === 'zoe@example.com';
        world.mail.answer = ({ to }) => (arrives(to) ? ACCEPTED : LOST);
        const zoe = world.hire('zoe-the-user', { email: 'zoe@example.com' });
        const users = hostile.map((one) => ({
          ...one,
          ...world.hire(one.name, { email: null, tags: one.tags }),
        }));

        const first = await run(world);
        expect(first.rows.find(({ userId }) => userId === zoe.userId)?.outcome).toBe('rotated');
        for (const { userId, name: userName, tags: own } of users) {
          const [row] = first.rows.filter((one) => one.userId === userId);
          const address = own['IKR:EMAIL'];
          if (address === undefined) expect(row).toBeUndefined();
          else if (row?.outcome !== 'rotated' && row?.outcome !== 'skipped') {
            // Reported as this user's own error, and why.
            expect(row).toMatchObject({ userName });
            if (row?.outcome === 'invalid') {
              expect(row.code).toBe('invalid-tags');
              expect(row.reason).toMatch(/IKR:[A-Z_]+ is |ALLOWED_MAIL_DOMAINS|would be deactivat/);
            } else {
              expect(['error', 'delivery-unknown']).toContain(row?.code);
              if (row?.code === 'error') expect(row.reason).toContain('is no IAM user name');
            }
          } else expect(isAllowed(address)).toBe(true);
        }

        // The tagger changes everything while rotations are open.
        world.mail.answer = ACCEPTED;
        for (const { userId, later } of users) world.iam.retag(userId, later);
        world.clock.advance(DAY_MS);
        await run(world);
        await world.owners.readMail();
        world.owners.useNewestKeys();
        world.clock.advance(8 * DAY_MS);
        const { rows, failures } = await expire(world);
        expect(failures).toEqual([]);
        for (const { reason } of rows) expect(reason).not.toMatch(/TypeError|RangeError/);
        await run(world);
        expect(world.iam.keysOf(zoe.userId)).toHaveLength(1);
        expect(world.record(zoe.userId)).toMatchObject({ state: 'CLOSED', outcome: 'completed' });
      }),
      {
        numRuns: 80,
        examples: [
          [
            [
              {
                name: 'moved',
                tags: { 'IKR:EMAIL': 'a@example.com' },
                later: { 'IKR:EMAIL': 'b@example.com' },
              },
            ],
            true,
          ],
        ],
      },
    );
  });

  it('takes nobody for managed in whose address the domain is merely somewhere', async () => {
    await fc.assert(
      fc.asyncProperty(hostileAddress('example.com'), async (address) => {
        const world = createWorld({ settings: SETTINGS });
        const { userId } = world.hire('mallory', { email: address });
        const report = await run(world);
        expect(report.rows.map(({ outcome }) => outcome)).toEqual([
          isAllowed(address) ? 'rotated' : 'invalid',
        ]);
        expect(world.iam.keysOf(userId)).toHaveLength(isAllowed(address) ? 2 : 1);
      }),
      { numRuns: 150 },
    );
  });
});

function secretsOf(world: World, userId: string): string[] {
  return world.iam.keysOf(userId).map(({ accessKeyId }) => world.iam.secretOf(accessKeyId) ?? '');
}
