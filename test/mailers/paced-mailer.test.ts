import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../simulation/memory/clock.ts';
import { ACCEPTED, LOST, NOT_NOW, QUOTA_SPENT, REFUSED } from '../../simulation/memory/mail.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { PacedMailer } from '../../src/mailers/paced-mailer.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Mail, MailAnswer, Mailer, Verification } from '../../src/ports/mailer.ts';

const MAIL: Mail = { to: 'alice@example.com', subject: 's', text: 't', html: 'h' };
const FOREVER = Number.POSITIVE_INFINITY;
/** Until when there is time for one try. */
const ONCE = MINUTE_MS;

function setUp({
  answers = [],
  verification = {},
}: {
  readonly answers?: readonly MailAnswer[];
  readonly verification?: Partial<Verification>;
} = {}) {
  const clock = new VirtualClock(0);
  const left = [...answers];
  const sentAtMs: number[] = [];
  const lines: unknown[] = [];
  let verifications = 0;
  const mailer: Mailer = {
    name: 'scripted',
    verify: async () => {
      verifications += 1;
      return { kind: 'accepted', reason: '', warnings: [], ...verification };
    },
    send: async () => {
      sentAtMs.push(clock.nowMs());
      return left.shift() ?? ACCEPTED;
    },
    close: async () => undefined,
  };
  const note = (message: string, fields?: unknown) => void lines.push([message, fields]);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const paced = new PacedMailer(mailer, clock, log);
  return { paced, mailer, clock, sentAtMs, lines, verifications: () => verifications };
}

describe('a mail that is sent', () => {
  it.each([
    ['accepted', ACCEPTED],
    ['refused', REFUSED],
    ['unknown', LOST],
  ])('is not repeated when the answer is %s', async (_, answer) => {
    const { paced, sentAtMs } = setUp({ answers: [answer] });
    expect(await paced.send(MAIL, FOREVER)).toEqual(answer);
    expect(sentAtMs).toEqual([0]);
  });

  it('is repeated after 1, 2, 4 and 8 seconds while the answer is not now', async () => {
    const { paced, sentAtMs } = setUp({ answers: Array(9).fill(NOT_NOW) });
    expect(await paced.send(MAIL, FOREVER)).toEqual(NOT_NOW);
    expect(sentAtMs).toEqual([0, 1, 3, 7, 15].map((seconds) => seconds * SECOND_MS));
  });

  it('is repeated until another answer comes, which counts', async () => {
    const { paced, sentAtMs } = setUp({ answers: [NOT_NOW, NOT_NOW, LOST] });
    expect(await paced.send(MAIL, FOREVER)).toEqual(LOST);
    expect(sentAtMs).toHaveLength(3);
  });

  it('is not repeated when a try could end after the time that is left', async () => {
    const { paced, sentAtMs } = setUp({ answers: Array(9).fill(NOT_NOW) });
    await paced.send(MAIL, MINUTE_MS + 3 * SECOND_MS);
    expect(sentAtMs).toEqual([0, SECOND_MS, 3 * SECOND_MS]);
  });

  it('is not sent again when the wait was longer than meant, and then its time is over', async () => {
    const { paced, mailer, clock, sentAtMs } = setUp({ answers: [NOT_NOW] });
    const { send } = mailer;
    mailer.send = (mail) => {
      setImmediate(() => clock.advance(60 * MINUTE_MS));
      return send(mail);
    };
    expect(await paced.send(MAIL, 20 * MINUTE_MS)).toMatchObject({
      kind: 'not-now',
      reason: expect.stringContaining('time'),
    });
    expect(sentAtMs).toEqual([0]);
  });

  it('is not sent in the last minute, when the pace has eaten up the time', async () => {
    const { paced, sentAtMs } = setUp({ verification: { remaining: 9, perSecond: 1 } });
    await paced.verify();
    const answers = await Promise.all([1, 2, 3].map(() => paced.send(MAIL, MINUTE_MS + SECOND_MS)));
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'not-now']);
    expect(sentAtMs).toEqual([0, SECOND_MS]);
    expect(paced.remaining).toBe(7);
  });

  it('is not repeated when the quota is spent', async () => {
    const { paced, sentAtMs } = setUp({ answers: [QUOTA_SPENT] });
    expect(await paced.send(MAIL, FOREVER)).toEqual(QUOTA_SPENT);
    expect(sentAtMs).toHaveLength(1);
  });
});

describe('a run stops beginning rotations', () => {
  it.each([
    ['not now', NOT_NOW],
    ['unknown', LOST],
  ])('after three mails in a row whose answer was %s', async (_, answer) => {
    const { paced } = setUp({ answers: Array(15).fill(answer) });
    for (let mail = 0; mail < 2; mail++) await paced.send(MAIL, ONCE);
    expect(paced.stopped).toBeUndefined();
    await paced.send(MAIL, ONCE);
    const reason = 'reason' in answer && answer.reason;
    expect(paced.stopped).toBe(`the last mails were not accepted (${reason})`);
  });

  it.each([
    ['an accepted', ACCEPTED],
    ['a refused', REFUSED],
  ])('but not when there was %s mail between them', async (_, answer) => {
    const { paced } = setUp({ answers: [LOST, LOST, answer, LOST, LOST] });
    for (let mail = 0; mail < 5; mail++) await paced.send(MAIL, ONCE);
    expect(paced.stopped).toBeUndefined();
  });

  it('not on account of mails that only inform', async () => {
    const { paced } = setUp({ answers: [LOST, LOST, LOST] });
    for (let mail = 0; mail < 3; mail++) await paced.inform(MAIL, 'a test');
    expect(paced.stopped).toBeUndefined();
  });

  it('when the quota is spent', async () => {
    const { paced } = setUp({ answers: [QUOTA_SPENT] });
    await paced.send(MAIL, FOREVER);
    expect(paced.stopped).toBe('the mail quota is spent');
    expect(paced.remaining).toBe(0);
  });
});

describe('the quota', () => {
  it('is what the verification tells, less the mails that may have gone out', async () => {
    const { paced } = setUp({
      answers: [ACCEPTED, LOST, REFUSED, NOT_NOW],
      verification: { remaining: 10 },
    });
    expect(paced.remaining).toBe(FOREVER);
    await paced.verify();
    for (const left of [9, 8, 7]) {
      await paced.send(MAIL, ONCE);
      expect(paced.remaining).toBe(left);
    }
    await paced.send(MAIL, ONCE);
    expect(paced.remaining).toBe(7);
  });

  it('is not overdrawn by mails that are under way at the same time', async () => {
    const { paced, sentAtMs } = setUp({ verification: { remaining: 2 } });
    await paced.verify();
    const answers = await Promise.all([1, 2, 3].map(() => paced.send(MAIL, FOREVER)));
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'not-now']);
    expect(sentAtMs).toHaveLength(2);
  });

  it('stays spent, whatever is answered to mails that were under way', async () => {
    const { paced } = setUp({ answers: [QUOTA_SPENT, NOT_NOW], verification: { remaining: 9 } });
    await paced.verify();
    await Promise.all([paced.send(MAIL, ONCE), paced.send(MAIL, ONCE)]);
    expect(paced.remaining).toBe(0);
    expect(paced.stopped).toBe('the mail quota is spent');
  });
});

describe('the pace', () => {
  it("is the service's rate, for mails of all kinds", async () => {
    const { paced, sentAtMs } = setUp({ verification: { perSecond: 2 } });
    await paced.verify();
    await Promise.all([
      paced.send(MAIL, FOREVER),
      paced.inform(MAIL, 'a test'),
      paced.send(MAIL, FOREVER),
      paced.send(MAIL, FOREVER),
    ]);
    expect(sentAtMs).toEqual([0, 500, 1000, 1500]);
  });

  it('starts anew after a pause', async () => {
    const { paced, clock, sentAtMs } = setUp({ verification: { perSecond: 1 } });
    await paced.verify();
    await paced.send(MAIL, FOREVER);
    clock.advance(5 * SECOND_MS);
    await paced.send(MAIL, FOREVER);
    await paced.send(MAIL, FOREVER);
    expect(sentAtMs).toEqual([0, 5000, 6000]);
  });
});

describe('the verification', () => {
  it('is asked for once a run, by however many', async () => {
    const { paced, verifications } = setUp();
    await Promise.all([paced.verify(), paced.verify()]);
    await paced.verify();
    expect(verifications()).toBe(1);
  });

  it('passes on what the mailer says, and logs its warnings', async () => {
    const verification: Verification = {
      kind: 'refused',
      reason: 'paused',
      warnings: ['the identity belongs to another account'],
    };
    const { paced, lines } = setUp({ verification });
    expect(await paced.verify()).toEqual(verification);
    expect(lines).toEqual([['mailer', { warning: 'the identity belongs to another account' }]]);
  });

  it('that fails means that no mail can be sent', async () => {
    const { paced, mailer } = setUp();
    mailer.verify = async () => {
      throw new Error('no route to host');
    };
    expect(await paced.verify()).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no route to host'),
    });
  });
});

describe('a mail that only informs', () => {
  it('is tried once, and its fate is only logged', async () => {
    const { paced, sentAtMs, lines } = setUp({ answers: [NOT_NOW] });
    await paced.inform(MAIL, 'old key of alice deleted');
    expect(sentAtMs).toHaveLength(1);
    expect(lines).toEqual([
      [
        'a mail that informs was not accepted',
        { about: 'old key of alice deleted', kind: 'not-now', reason: 'throttled' },
      ],
    ]);
  });
});

describe('the count of mails', () => {
  it('tells each by its last answer', async () => {
    const { paced } = setUp({ answers: [NOT_NOW, ACCEPTED, LOST, REFUSED] });
    await paced.send(MAIL, FOREVER);
    await paced.inform(MAIL, 'a test');
    await paced.send(MAIL, FOREVER);
    expect(paced.counts).toEqual({ mailsSent: 1, mailsNotAccepted: 2 });
  });
});
