/** Runs of the functions in a history, and what is expected of their answers. */
import type { CallObserver } from '../../../../simulation/invariants/calls/call-observer.ts';
import type { ArrivedMail } from '../../../../simulation/memory/mail.ts';
import type { StreamRecord } from '../../../../simulation/memory/table.ts';
import { oldKeyIdOf, userIdOf, wireKeyOf } from '../../../../simulation/scenario/table-items.ts';
import type { RunRequest } from '../../../../src/rotation/run-request.ts';
import { type InvocationPlan, isDisturbed } from '../model/history.ts';
import type { Ended, SystemUnderTest } from '../model/system.ts';
import type { Tally } from '../model/tally.ts';

export class FunctionRuns {
  readonly #system: SystemUnderTest;
  readonly #observer: CallObserver;
  readonly #seen: Tally;
  /** Whether a run of two at once lets time pass for the other. */
  isPausing = false;

  constructor(system: SystemUnderTest, observer: CallObserver, seen: Tally) {
    this.#system = system;
    this.#observer = observer;
    this.#seen = seen;
  }

  /** @param isWhole whether the run sees everybody, and nothing is to go wrong in it */
  async rotate(
    plan: InvocationPlan,
    request: Partial<RunRequest>,
    isWhole: boolean,
  ): Promise<string> {
    // What a run must have done is only known where no other one was at work.
    const isAlone = this.#system.underWay === 0;
    const found = this.#observer.find();
    const sinceMs = this.#observer.nowMs + Math.min(0, this.#system.skewMs(plan));
    const ended = await this.#system.rotate(plan, { force: false, dryRun: false, ...request });
    this.#searchTexts();
    if (isWhole && isAlone && (ended.kind === 'answered' || ended.kind === 'refused')) {
      this.#observer.runCompleted(found, sinceMs);
    }
    if (ended.kind !== 'answered') return this.#end('the rotator', ended, isAlone, plan);
    const { rows } = ended.answer;
    for (const { userName, outcome, code, reason } of rows) {
      this.#seen.add(`rotator: ${outcome}: ${code}`);
      if (!reason) this.fail(`${outcome} of ${userName} has no reason`);
    }
    this.#search(JSON.stringify(ended.answer), 'a report');
    return rows
      .filter(({ outcome }) => outcome !== 'skipped')
      .map(({ userName, outcome, reason }) => `${userName} ${outcome} (${reason})`)
      .join('; ');
  }

  /** As Lambda does, takes the records up to the first failed one off the stream. */
  async destruct(plan: InvocationPlan, batch: readonly StreamRecord[]): Promise<string> {
    if (batch.length === 0) return '';
    const isAlone = this.#system.underWay === 0;
    const ended = await this.#system.destruct(plan, batch);
    this.#searchTexts();
    if (ended.kind !== 'answered') return this.#end('the destructor', ended, isAlone, plan);
    const { rows, failures } = ended.answer;
    for (const { outcome, code } of rows) {
      this.#seen.add(`destructor: ${outcome}: ${code}`);
    }
    if (failures.length > 0) this.#seen.add('destructor: a record goes back to the stream');
    const isFailed = ({ dynamodb }: StreamRecord) => failures.includes(dynamodb.SequenceNumber);
    const failed = batch.findIndex(isFailed);
    this.#takeOff(failed < 0 ? batch : batch.slice(0, failed));
    // A record that can't be read goes back until a person corrects it.
    const wronged = batch.filter(
      (record) => isFailed(record) && this.#observer.isRecordReadable(userOf(record)),
    );
    if (wronged.length > 0 && this.#isHealthy(isAlone, plan)) {
      const numbers = wronged.map(({ dynamodb }) => dynamodb.SequenceNumber);
      this.fail(`the destructor gave records back: ${numbers.join(', ')}`);
    }
    return rows.map(({ outcome, reason }) => `${outcome} (${reason})`).join('; ');
  }

  /** The stream loses records, and with them what they tell. */
  lose(batch: readonly StreamRecord[]): string {
    this.#system.environment.table.shift(batch.length);
    for (const record of batch) this.#observer.interventions.streamRecordLost(userOf(record));
    return `${batch.length} records lost`;
  }

  receive(mail: ArrivedMail, run: string): void {
    if (this.#system.conditions.encryptKeyPair) {
      this.#search(`${mail.subject}${mail.text}${mail.html}`, 'a mail');
    }
    this.#observer.onMail(mail, run);
  }

  /** What needs no invariant is wrong. */
  fail(what: string): void {
    const { checker, nowMs } = this.#observer;
    checker.add({ invariant: 0, atMs: nowMs, userName: '', what });
  }

  failed(error: string): string {
    this.#search(error, 'an error');
    return error;
  }

  #takeOff(handled: readonly StreamRecord[]): void {
    const { table } = this.#system.environment;
    // Another invocation may have taken some off before.
    const [last] = handled.slice(-1);
    const index = last ? table.stream.indexOf(last) : -1;
    if (index >= 0) table.shift(index + 1);
    for (const record of handled) {
      const oldKeyId = oldKeyIdOf(wireKeyOf(record.dynamodb.Keys));
      if (!record.userIdentity) this.#observer.knowledge.learn(userOf(record), oldKeyId);
    }
  }

  /** Without a fault a function only ends early when its time is over. */
  #end(
    what: string,
    ended: Exclude<Ended<unknown>, { kind: 'answered' }>,
    isAlone: boolean,
    plan: InvocationPlan,
  ): string {
    if (ended.kind === 'killed') return 'killed';
    if (ended.kind === 'failed' && this.#isHealthy(isAlone, plan)) {
      this.fail(`${what} failed: ${ended.error}`);
    }
    return this.failed(ended.error);
  }

  /** Another run that is under way may let so much time pass that a call times out. */
  #isHealthy(isAlone: boolean, plan: InvocationPlan): boolean {
    return isAlone && !isDisturbed(plan) && !this.isPausing;
  }

  #searchTexts(): void {
    for (const text of this.#system.takeTexts()) this.#search(text, 'a log or the table');
  }

  #search(text: string, where: string): void {
    const { checker, nowMs: atMs } = this.#observer;
    const secrets = this.#system.secretsIn(text);
    checker.judge('textWritten', { userName: '', atMs, where, secrets });
    const crash = /(?:Type|Range|Reference|Syntax)Error: [^"]*/.exec(text)?.[0];
    if (crash) this.fail(`a crash: ${crash}`);
  }
}

function userOf({ dynamodb }: StreamRecord): string {
  return userIdOf(wireKeyOf(dynamodb.Keys));
}
