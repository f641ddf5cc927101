/**
 * The product as a history runs it: in memory (`memory-system.ts`), or as built functions over HTTP
 * (`bundles/`).
 */
import type { CallObserver } from '../../../../simulation/invariants/calls/call-observer.ts';
import type { ArrivedMail } from '../../../../simulation/memory/mail.ts';
import type { StreamRecord } from '../../../../simulation/memory/table.ts';
import type { Environment } from '../../../../simulation/scenario/environment.ts';
import type { Opener } from '../../../../simulation/scenario/opener.ts';
import type { Report, ReportRow } from '../../../../src/domain/report.ts';
import type { RunRequest } from '../../../../src/rotation/run-request.ts';
import type { Command, Conditions, InvocationPlan } from './history.ts';
import type { Tally } from './tally.ts';

/** Who watches, and what a system tells them. */
export interface Hooks {
  readonly observer: CallObserver;
  readonly seen: Tally;
  /** Something is wrong that needs no invariant. */
  readonly fail: (what: string) => void;
  /** What others do while a run hears nothing. */
  readonly act: (command: Command) => Promise<unknown>;
  /** A mail arrives. */
  readonly receive: (mail: ArrivedMail, run: string) => void;
}

/** How an invocation ended: with an answer, an error, or because it was stopped from outside. */
export type Ended<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** The program itself ended the run so, as when all due work failed. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'killed' };

export interface Batch {
  readonly rows: readonly ReportRow[];
  /** Sequence numbers of the records that go back to the stream. */
  readonly failures: readonly string[];
}

export interface SystemUnderTest {
  readonly environment: Environment;
  readonly opener: Opener;
  /** Those of the history, as far as they can be carried over. */
  readonly conditions: Conditions;
  /** How many invocations there were, and how many are under way. */
  readonly invoked: number;
  readonly underWay: number;
  /** Called once, before anything happens. */
  watch(hooks: Hooks): void;
  /** How far the clock of an invocation is ahead of AWS's. */
  skewMs(plan: InvocationPlan): number;
  rotate(plan: InvocationPlan, request: RunRequest): Promise<Ended<Report>>;
  destruct(plan: InvocationPlan, batch: readonly StreamRecord[]): Promise<Ended<Batch>>;
  /** `ikr cancel` and `ikr resend`. @returns what came of it; `undefined` if it was not possible */
  cancel(plan: InvocationPlan, userId: string): Promise<string | undefined>;
  resend(plan: InvocationPlan, userId: string): Promise<string | undefined>;
  /** Makes IAM's answers leave a user out, or hide the use of keys. @returns takes it back */
  blind(how: 'unlisted' | 'hidden', userId: string): () => void;
  readonly isBlind: boolean;
  /** Interleaves the calls of runs at the same time, until told otherwise. */
  interleave(seed: number | undefined): void;
  /** The TTL service removes what is due for so long, at least. */
  expire(lateMs: number): void | Promise<void>;
  /** The mail server works from now on. */
  repairMail(): void;
  /** Everything that was logged, answered and written since the last call. */
  takeTexts(): readonly string[];
  /** The names of secrets that are in a text. */
  secretsIn(text: string): readonly string[];
  close(): Promise<void>;
}
