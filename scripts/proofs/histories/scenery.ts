/**
 * Where a history is played: what those who act in it and those who judge it need of a world, and
 * how the program is run in it. In memory (`memory-theatre.ts`), or as built functions over HTTP
 * (`bundles/`).
 */

import type { ArrivedMail } from '../../../simulation/memory/mail.ts';
import type { ItemKey, StreamRecord } from '../../../simulation/memory/table.ts';
import type { Item } from '../../../src/aws/items.ts';
import type { IamUser } from '../../../src/domain/identity.ts';
import type { RotationRecord } from '../../../src/domain/record.ts';
import type { Report, ReportRow } from '../../../src/domain/report.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import type { Run } from '../../../src/rotation/run-context.ts';
import type { RunRequest } from '../../../src/rotation/run-request.ts';
import type { Command, Conditions, Invocation } from './history.ts';
import type { Ledger } from './ledger.ts';
import type { Rules, Tell } from './rules.ts';
import type { Tally } from './tally.ts';

/** What really is there, and people's hands on it. */
export interface Scenery {
  readonly clock: { nowMs(): number; advance(ms: number): void };
  readonly iam: {
    userIds(): string[];
    user(userId: string): IamUser | undefined;
    keysOf(userId: string): readonly {
      readonly accessKeyId: string;
      readonly status: 'Active' | 'Inactive';
      readonly createdAtMs: number;
    }[];
    setStatus(accessKeyId: string, status: 'Active' | 'Inactive'): void;
    useKey(accessKeyId: string): void;
    deleteKey(accessKeyId: string): void;
    deleteUser(userId: string): void;
    renameUser(userId: string, userName: string): void;
    retag(userId: string, tags: Readonly<Record<string, string>>): void;
  };
  readonly table: {
    get(key: ItemKey): Item | undefined;
    items(): Item[];
    put(item: Item): void | Promise<void>;
    remove(key: ItemKey): void | Promise<void>;
    /** Removals that wait for the destructor. */
    readonly stream: readonly StreamRecord[];
    shift(count: number): void;
  };
  readonly parameters: {
    /** What a user reads whose policy allows their own parameters only. */
    readAs(userId: string, name: string): { readonly key: Secret } | undefined;
    /** The rotation whose content key is there. */
    rotationIn(name: string): string | undefined;
    names(): string[];
    delete(name: string): void;
    overwrite(name: string): void;
  };
  /** Every change that a run made, in order, such as `create key` or `write SCHEDULED`. */
  readonly effects: readonly string[];
  record(userId: string): RotationRecord | undefined;
  /** A managed user with one key, known to its owner. */
  hire(
    userName: string,
    details: { readonly email: string; readonly keyAgeDays: number },
  ): { readonly userId: string };
  /** A key of the user's own. */
  createKey(userId: string): string;
}

/** What is in a token, and which content key opens it. */
export interface Opener {
  look(token: string): { readonly accessKeyId: string; readonly contentKey: string } | undefined;
}

/** Who watches, and what a theatre tells them. */
export interface Hooks {
  readonly ledger: Ledger;
  readonly rules: Rules;
  readonly seen: Tally;
  readonly tell: Tell;
  /** What others do while a run hears nothing. */
  readonly act: (command: Command) => Promise<unknown>;
  /** A mail arrives. */
  readonly receive: (mail: ArrivedMail, run: string) => void;
}

/** How an invocation ended: with an answer, an error, or because it was stopped from outside. */
export type Ended<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** The program itself ended the run so, as when nothing of what was due could be done. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'killed' };

export interface Theatre {
  readonly scenery: Scenery;
  readonly opener: Opener;
  /** Those of the history, as far as they can be carried over. */
  readonly conditions: Conditions;
  /** How many invocations there were, and how many are under way. */
  readonly invoked: number;
  readonly underWay: number;
  /** Called once, before anything happens. */
  watch(hooks: Hooks): void;
  /** How far the clock of an invocation is ahead of AWS's. */
  skewMs(invocation: Invocation): number;
  rotate(invocation: Invocation, request: RunRequest): Promise<Ended<Report>>;
  destruct(
    invocation: Invocation,
    batch: readonly StreamRecord[],
  ): Promise<Ended<{ readonly rows: readonly ReportRow[]; readonly failures: readonly string[] }>>;
  /** Something that a person does with the command line. */
  byHand<T>(invocation: Invocation, deed: (run: Run) => Promise<T>): Promise<T>;
  /** Makes IAM's answers leave a user out, or hide the use of keys. @returns takes it back */
  blind(how: 'unlisted' | 'hidden', userId: string): () => void;
  readonly isBlind: boolean;
  /** Lets the calls of runs at the same time mingle, until told otherwise. */
  mingle(seed: number | undefined): void;
  /** The TTL service removes what is due for so long, at least. */
  expire(lateMs: number): void | Promise<void>;
  /** The mail server works from now on. */
  repair(): void;
  /** Everything that was said and written since the last call. */
  takeSaid(): readonly string[];
  /** The names of secrets that are in a text. */
  leaksIn(text: string): readonly string[];
  close(): Promise<void>;
}
