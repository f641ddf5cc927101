import type { Clock } from '../../src/ports/clock.ts';
import type { Mail, MailAnswer, Mailer, Verification } from '../../src/ports/mailer.ts';
import { Killed, type Pass } from './calls.ts';

/** What the mail server does with a mail and what it says; an accepted mail arrives unless told. */
export type ScriptedAnswer = MailAnswer & { readonly arrives?: boolean };

/** A mail in a mailbox. */
export interface ArrivedMail extends Mail {
  readonly arrivedAtMs: number;
}

export const ACCEPTED: ScriptedAnswer = { kind: 'accepted' };
export const NOT_NOW: ScriptedAnswer = { kind: 'not-now', reason: 'throttled' };
export const QUOTA_SPENT: ScriptedAnswer = { ...NOT_NOW, reason: 'daily limit', quotaSpent: true };
export const REFUSED: ScriptedAnswer = { kind: 'refused', reason: 'no such mailbox' };
export const LOST: ScriptedAnswer = { kind: 'unknown', reason: 'time-out' };
/** The mail arrives, and the answer is lost on the way back. */
export const ARRIVED_UNKNOWN: ScriptedAnswer = { ...LOST, arrives: true };

/** The mail server and everybody's mailbox. */
export class MemoryMail {
  readonly #clock: Clock;
  readonly mailbox: ArrivedMail[] = [];
  /** Every mail that was handed over, and what was answered. */
  readonly sent: { readonly to: string; readonly subject: string; readonly kind: string }[] = [];
  /** What `verify` answers. */
  verification: Verification = { kind: 'accepted', reason: '', warnings: [] };
  /** What `send` answers: a mail's answer, or a rule that decides on each mail. */
  answer: ScriptedAnswer | ((mail: Mail) => ScriptedAnswer) = ACCEPTED;
  /** Answers that come first, one a mail. */
  readonly next: ScriptedAnswer[] = [];
  /** Sees every mail that arrives, at that very moment, and which run sent it. */
  onArrival: ((mail: ArrivedMail, run: string) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The mailer port of one run. As the port demands, `send` never throws: a fault is `unknown`. */
  port(pass: Pass, run = ''): Mailer {
    return {
      name: 'memory',
      verify: async () => {
        await pass('mailer.verify', 'before', []);
        const verification = this.verification;
        await pass('mailer.verify', 'after', []);
        return verification;
      },
      send: async (mail) => {
        try {
          await pass('mailer.send', 'before', [mail]);
          const answer = this.#receive(mail, run);
          await pass('mailer.send', 'after', [mail]);
          return answer;
        } catch (error) {
          if (error instanceof Killed) throw error;
          return { kind: 'unknown', reason: String(error) };
        }
      },
      close: async () => undefined,
    };
  }

  #receive(mail: Mail, run: string): MailAnswer {
    const rule = this.next.shift() ?? this.answer;
    const { arrives, ...answer } = typeof rule === 'function' ? rule(mail) : rule;
    if (arrives ?? answer.kind === 'accepted') {
      const arrived = { ...mail, arrivedAtMs: this.#clock.nowMs() };
      this.mailbox.push(arrived);
      this.onArrival?.(arrived, run);
    }
    this.sent.push({ to: mail.to, subject: mail.subject, kind: answer.kind });
    return answer;
  }

  snapshot(): unknown {
    return structuredClone({ mailbox: this.mailbox, sent: this.sent });
  }
}
