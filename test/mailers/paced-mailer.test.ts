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
  const mailer = new PacedMailer(mailer, clock, log);
  return { mailer, mailer, clock, sentAtMs, lines, verifications: () => verifications };
}

describe('a mail that is sent', () => {
  it.each([
    ['accepted', ACCEPTED],
    ['refused', REFUSED],
    ['unknown', LOST],
  ])('is not repeated when the answer is %s', async (_, answer) => {
    const { mailer, sentAtMs } = setUp({ answers: [answer] });
    expect(await mailer.send(MAIL, FOREVER)).toEqual(answer);
    expect(sentAtMs).toEqual([0]);
  });

  it('is repeated after 1, 2, 4 and 8 seconds while the answer is not now', async () => {
    const { mailer, sentAtMs } = setUp({ answers: Array(9).fill(NOT_NOW) });
    expect(await mailer.send(MAIL, FOREVER)).toEqual(NOT_NOW);
    expect(sentAtMs).toEqual([0, 1, 3, 7, 15].map((seconds) => seconds * SECOND_MS));
  });

  it('is repeated until another answer comes, which counts', async () => {
    const { mailer, sentAtMs } = setUp({ answers: [NOT_NOW, NOT_NOW, LOST] });
    expect(await mailer.send(MAIL, FOREVER)).toEqual(LOST);
    expect(sentAtMs).toHaveLength(3);
  });

  it('is not repeated when a try could end after the time that is left', async () => {
    const { mailer, sentAtMs } = setUp({ answers: Array(9).fill(NOT_NOW) });
    await mailer.send(MAIL, MINUTE_MS + 3 * SECOND_MS);
    expect(sentAtMs).toEqual([0, SECOND_MS, 3 * SECOND_MS]);
  });

  it('is not sent again when the wait was longer than meant, and then its time is over', async () => {
    const { mailer, mailer, clock, sentAtMs } = setUp({ answers: [NOT_NOW] });
    const { send } = mailer;
    mailer.send = (mail) => {
      setImmediate(() => clock.advance(60 * MINUTE_MS));
      return send(mail);
    };
    expect(await mailer.send(MAIL, 20 * MINUTE_MS)).toMatchObject({
      kind: 'not-now',
      reason: expect.stringContaining('time'),
    });
    expect(sentAtMs).toEqual([0]);
  });

  it('is not sent in the last minute, when the pace has eaten up the time', async () => {
    const { mailer, sentAtMs } = setUp({ verification: { remaining: 9, perSecond: 1 } });
    await mailer.verify();
    const answers = await Promise.all(
      [1, 2, 3].map(() => mailer.send(MAIL, MINUTE_MS + SECOND_MS)),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'not-now']);
    expect(sentAtMs).toEqual([0, SECOND_MS]);
    expect(mailer.remaining).toBe(7);
  });

  it('is not repeated when the quota is spent', async () => {
    const { mailer, sentAtMs } = setUp({ answers: [QUOTA_SPENT] });
    expect(await mailer.send(MAIL, FOREVER)).toEqual(QUOTA_SPENT);
    expect(sentAtMs).toHaveLength(1);
  });
});

describe('a run stops beginning rotations', () => {
  it.each([
    ['not now', NOT_NOW],
    ['unknown', LOST],
  ])('after three mails in a row whose answer was %s', async (_, answer) => {
    const { mailer } = setUp({ answers: Array(15).fill(answer) });
    for (let mail = 0; mail < 2; mail++) await mailer.send(MAIL, ONCE);
    expect(mailer.stopped).toBeUndefined();
    await mailer.send(MAIL, ONCE);
    const reason = 'reason' in answer && answer.reason;
    expect(mailer.stopped).toBe(`the last mails were not accepted (${reason})`);
  });

  it.each([
    ['an accepted', ACCEPTED],
    ['a refused', REFUSED],
  ])('but not when there was %s mail between them', async (_, answer) => {
    const { mailer } = setUp({ answers: [LOST, LOST, answer, LOST, LOST] });
    for (let mail = 0; mail < 5; mail++) await mailer.send(MAIL, ONCE);
    expect(mailer.stopped).toBeUndefined();
  });

  it('not on account of mails that only inform', async () => {
    const { mailer } = setUp({ answers: [LOST, LOST, LOST] });
    for (let mail = 0; mail < 3; mail++) await mailer.inform(MAIL, 'a test');
    expect(mailer.stopped).toBeUndefined();
  });

  it('when the quota is spent', async () => {
    const { mailer } = setUp({ answers: [QUOTA_SPENT] });
    await mailer.send(MAIL, FOREVER);
    expect(mailer.stopped).toBe('the mail quota is spent');
    expect(mailer.remaining).toBe(0);
  });
});

describe('the quota', () => {
  it('is what the verification tells, less the mails that may have gone out', async () => {
    const { mailer } = setUp({
      answers: [ACCEPTED, LOST, REFUSED, NOT_NOW],
      verification: { remaining: 10 },
    });
    expect(mailer.remaining).toBe(FOREVER);
    await mailer.verify();
    for (const left of [9, 8, 7]) {
      await mailer.send(MAIL, ONCE);
      expect(mailer.remaining).toBe(left);
    }
    await mailer.send(MAIL, ONCE);
    expect(mailer.remaining).toBe(7);
  });

  it('is not overdrawn by mails that are under way at the same time', async () => {
    const { mailer, sentAtMs } = setUp({ verification: { remaining: 2 } });
    await mailer.verify();
    const answers = await Promise.all([1, 2, 3].map(() => mailer.send(MAIL, FOREVER)));
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'not-now']);
    expect(sentAtMs).toHaveLength(2);
  });

  it('stays spent, whatever is answered to mails that were under way', async () => {
    const { mailer } = setUp({ answers: [QUOTA_SPENT, NOT_NOW], verification: { remaining: 9 } });
    await mailer.verify();
    await Promise.all([mailer.send(MAIL, ONCE), mailer.send(MAIL, ONCE)]);
    expect(mailer.remaining).toBe(0);
    expect(mailer.stopped).toBe('the mail quota is spent');
  });
});

describe('the pace', () => {
  it("is the service's rate, for mails of all kinds", async () => {
    const { mailer, sentAtMs } = setUp({ verification: { perSecond: 2 } });
    await mailer.verify();
    await Promise.all([
      mailer.send(MAIL, FOREVER),
      mailer.inform(MAIL, 'a test'),
      mailer.send(MAIL, FOREVER),
      mailer.send(MAIL, FOREVER),
    ]);
    expect(sentAtMs).toEqual([0, 500, 1000, 1500]);
  });

  it('starts anew after a pause', async () => {
    const { mailer, clock, sentAtMs } = setUp({ verification: { perSecond: 1 } });
    await mailer.verify();
    await mailer.send(MAIL, FOREVER);
    clock.advance(5 * SECOND_MS);
    await mailer.send(MAIL, FOREVER);
    await mailer.send(MAIL, FOREVER);
    expect(sentAtMs).toEqual([0, 5000, 6000]);
  });
});

describe('the verification', () => {
  it('is asked for once a run, by however many', async () => {
    const { mailer, verifications } = setUp();
    await Promise.all([mailer.verify(), mailer.verify()]);
    await mailer.verify();
    expect(verifications()).toBe(1);
  });

  it('passes on what the mailer says, and logs its warnings', async () => {
    const verification: Verification = {
      kind: 'refused',
      reason: 'paused',
      warnings: ['the identity belongs to another account'],
    };
    const { mailer, lines } = setUp({ verification });
    expect(await mailer.verify()).toEqual(verification);
    expect(lines).toEqual([['mailer', { warning: 'the identity belongs to another account' }]]);
  });

  it('that fails means that no mail can be sent', async () => {
    const { mailer, mailer } = setUp();
    mailer.verify = async () => {
      throw new Error('no route to host');
    };
    expect(await mailer.verify()).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no route to host'),
    });
  });
});

describe('a mail that only informs', () => {
  it('is tried once, and its fate is only logged', async () => {
    const { mailer, sentAtMs, lines } = setUp({ answers: [NOT_NOW] });
    await mailer.inform(MAIL, 'old key of alice deleted');
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
    const { mailer } = setUp({ answers: [NOT_NOW, ACCEPTED, LOST, REFUSED] });
    await mailer.send(MAIL, FOREVER);
    await mailer.inform(MAIL, 'a test');
    await mailer.send(MAIL, FOREVER);
    expect(mailer.counts).toEqual({ mailsSent: 1, mailsNotAccepted: 2 });
  });
});
