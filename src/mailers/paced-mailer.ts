/**
 * The mailer of one run: paced to the service's rate, stopped by its quota, and patient when it
 * says *not now*.
 */

import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { describeError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import type { Mail, MailAnswer, Mailer, Verification } from '../ports/mailer.ts';

/** Waits between tries of one mail that was answered *not now*. */
const RETRY_AFTER_MS = [1, 2, 4, 8].map((seconds) => seconds * SECOND_MS);
/** After so many mails in a row that were not accepted, the run begins no more rotations. */
const FAILURES_UNTIL_STOPPED = 3;

export class PacedMailer {
  readonly #mailer: Mailer;
  readonly #clock: Clock;
  readonly #log: Log;
  #verification: Promise<Verification> | undefined;
  #remaining = Number.POSITIVE_INFINITY;
  #quotaSpent = false;
  #intervalMs = 0;
  #nextSlotAtMs = 0;
  #failuresInARow = 0;
  #lastFailure = '';
  #sent = 0;
  #notAccepted = 0;

  constructor(mailer: Mailer, clock: Clock, log: Log) {
    this.#mailer = mailer;
    this.#clock = clock;
    this.#log = log;
  }

  /** Asks the mailer once a run whether mails can be sent. */
  verify(): Promise<Verification> {
    this.#verification ??= this.#verify();
    return this.#verification;
  }

  async #verify(): Promise<Verification> {
    const verification = await this.#ask();
    for (const warning of verification.warnings) this.#log.warn('mailer', { warning });
    this.#remaining = verification.remaining ?? Number.POSITIVE_INFINITY;
    this.#intervalMs = verification.perSecond ? SECOND_MS / verification.perSecond : 0;
    return verification;
  }

  async #ask(): Promise<Verification> {
    try {
      return await this.#mailer.verify();
    } catch (error) {
      const reason = `the mailer could not be asked: ${describeError(error)}`;
      return { kind: 'unknown', reason, warnings: [] };
    }
  }

  /** How many mails the quota still allows, as far as is known. */
  get remaining(): number {
    return this.#quotaSpent ? 0 : this.#remaining;
  }

  /** Mails of this run so far, by whether the last answer was *accepted*. */
  get counts(): { readonly mailsSent: number; readonly mailsNotAccepted: number } {
    return { mailsSent: this.#sent, mailsNotAccepted: this.#notAccepted };
  }

  /** Why no new rotation should begin now: a key that cannot be mailed must not be created. */
  get stopped(): string | undefined {
    if (this.remaining <= 0) return 'the mail quota is spent';
    return this.#failuresInARow >= FAILURES_UNTIL_STOPPED
      ? `the last mails were not accepted (${this.#lastFailure})`
      : undefined;
  }

  /**
   * Lets one more mail tell whether the mailer works. Those that were tried again may each have failed
   * for a reason of its own, such as a full mailbox, and say little about the next.
   * @returns whether the last mails were not accepted, so that one should be tried alone
   */
  giveAnotherChance(): boolean {
    if (this.#failuresInARow < FAILURES_UNTIL_STOPPED) return false;
    this.#failuresInARow = FAILURES_UNTIL_STOPPED - 1;
    return true;
  }

  /**
   * Hands a mail over, and repeats it while the answer is *not now* and time is left.
   * @param untilMs the end of what allows it: no try begins in the minute before
   */
  async send(mail: Mail, untilMs: number): Promise<MailAnswer> {
    let answer = await this.#sendOnce(mail, untilMs);
    for (const waitMs of RETRY_AFTER_MS) {
      if (answer.kind !== 'not-now' || answer.quotaSpent) break;
      if (this.#clock.nowMs() + waitMs + MINUTE_MS > untilMs) break;
      await this.#clock.sleep(waitMs);
      answer = await this.#sendOnce(mail, untilMs);
    }
    this.#count(answer);
    this.#note(answer);
    return answer;
  }

  /** Sends a mail that only informs; whether it arrives decides nothing. */
  async inform(mail: Mail, about: string): Promise<void> {
    const answer = await this.#sendOnce(mail, Number.POSITIVE_INFINITY);
    this.#count(answer);
    if (answer.kind !== 'accepted') {
      this.#log.warn('a mail that informs was not accepted', { about, ...answer });
    }
  }

  async #sendOnce(mail: Mail, untilMs: number): Promise<MailAnswer> {
    if (this.remaining <= 0) {
      return { kind: 'not-now', reason: 'the mail quota is spent', quotaSpent: true };
    }
    // Counted before the answer: mails under way at the same time must not overdraw the quota.
    this.#remaining -= 1;
    await this.#waitForSlot();
    const answer = await this.#sendInTime(mail, untilMs);
    if (answer.kind === 'not-now') {
      this.#remaining += 1;
      this.#quotaSpent ||= answer.quotaSpent === true;
    }
    return answer;
  }

  /** The wait for this try may have been longer than was meant: a laptop may have slept. */
  async #sendInTime(mail: Mail, untilMs: number): Promise<MailAnswer> {
    if (this.#clock.nowMs() + MINUTE_MS > untilMs) {
      return { kind: 'not-now', reason: 'the time for it was over before it was sent' };
    }
    return this.#mailer.send(mail);
  }

  async #waitForSlot(): Promise<void> {
    if (this.#intervalMs === 0) return;
    const nowMs = this.#clock.nowMs();
    const slotAtMs = Math.max(nowMs, this.#nextSlotAtMs);
    this.#nextSlotAtMs = slotAtMs + this.#intervalMs;
    if (slotAtMs > nowMs) await this.#clock.sleep(slotAtMs - nowMs);
  }

  #count(answer: MailAnswer): void {
    if (answer.kind === 'accepted') this.#sent += 1;
    else this.#notAccepted += 1;
  }

  #note(answer: MailAnswer): void {
    // One refused address says nothing about the next mail.
    if (answer.kind === 'accepted' || answer.kind === 'refused') {
      this.#failuresInARow = 0;
    } else {
      this.#failuresInARow += 1;
      this.#lastFailure = answer.reason;
    }
  }
}
