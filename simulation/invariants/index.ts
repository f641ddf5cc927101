/**
 * Checks the invariants from outside: not by what the program says, but by what becomes of keys,
 * mails, the table and everything that is written.
 *
 * ```ts
 * const invariants = new Invariants({ account, table });
 * const sinceMs = account.clock.nowMs();
 * const { result, logs } = await rotator.invoke({});
 * await invariants.observe({
 *   completedRunSinceMs: sinceMs,
 *   output: [...logs, JSON.stringify(result)],
 * });
 * invariants.violations;                          // in words: which, when, for whom
 * invariants.checked[1];                          // how often the first was looked at
 * ```
 *
 * Look after every step, and keep people's hands and the program's calls in steps of their own: a
 * change to a key that no call over the wire explains is a person's.
 */
import type { LocalAccount } from '../aws/index.ts';
import { JournalWatch } from './journal.ts';
import { LeakSearch } from './leaks.ts';
import type { Effect, InvariantNumber, UserView, Violation } from './model.ts';
import { Post, readJwk } from './post.ts';
import { checkEffect, checkRun, checkTwice, Lockouts, type Policy, type Scene } from './rules.ts';
import { Witness } from './witness.ts';

export { INVARIANTS, type InvariantNumber, type Violation } from './model.ts';

export interface InvariantsOptions extends Partial<Policy> {
  readonly account: LocalAccount;
  readonly table: string;
  /** Whether mails hold the pair sealed; with `false` they may hold it in clear. */
  readonly encryptKeyPair?: boolean;
}

/** What was done since the last look. */
export interface Step {
  /**
   * When a rotator run over everybody began that came to its end in this step: it was neither
   * killed nor out of time. What such a run must have done is checked.
   */
  readonly completedRunSinceMs?: number;
  /** Two runs were made at once. */
  readonly twice?: boolean;
  /** What was logged, answered or thrown. */
  readonly output?: readonly string[];
}

export class Invariants {
  /** How often each invariant was looked at. */
  readonly checked: Record<InvariantNumber, number> = { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0 };
  /** Each once, in the order in which they were seen. */
  readonly violations: Violation[] = [];
  readonly #account: LocalAccount;
  readonly #policy: Policy;
  readonly #encrypted: boolean;
  readonly #witness: Witness;
  readonly #journal: JournalWatch;
  readonly #post: Post;
  readonly #lockouts = new Lockouts();
  readonly #leaks = new LeakSearch();
  readonly #mailLeaks = new LeakSearch();
  /** When the program last wrote or removed each parameter. */
  readonly #removals = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(options: InvariantsOptions) {
    const { account, table, requireNewKeyUsed = true, maxKeyAgeDays = 90 } = options;
    this.#account = account;
    this.#policy = { requireNewKeyUsed, maxKeyAgeDays };
    this.#encrypted = options.encryptKeyPair ?? true;
    this.#witness = new Witness(account);
    this.#journal = new JournalWatch(account, table);
    this.#post = new Post(account);
  }

  /** Looks at the account after a step. @returns the violations that are new */
  async observe(step: Step = {}): Promise<readonly Violation[]> {
    const told = this.violations.length;
    await this.#journal.prime();
    const { effects, calls } = this.#witness.look();
    const { users } = this.#witness;
    const { mails, handedOver } = await this.#post.take(users, (id) => this.#witness.key(id));
    for (const { key, atMs } of handedOver) key.ownedSinceMs ??= atMs;
    for (const { service, action, outcome, resource, atMs } of calls) {
      const writes = service === 'ssm' && ['PutParameter', 'DeleteParameter'].includes(action);
      if (writes && /^ok$|-after$/.test(outcome)) this.#removals.set(resource.Name ?? '', atMs);
    }

    const scene = this.#scene();
    for (const effect of effects) {
      this.#journal.notice(effect);
      checkEffect(effect, scene);
    }
    this.#lockouts.check(scene, touchedByPeople(effects), this.#removals);
    if (step.completedRunSinceMs !== undefined) checkRun(step.completedRunSinceMs, calls, scene);
    if (step.twice) checkTwice(effects, handedOver, scene);
    this.#searchLeaks(
      step.output ?? [],
      mails.map(({ subject, text, html, raw = '' }) => [subject, text, html, raw].join('\n')),
    );
    for (const { keys } of users.values()) {
      for (const key of keys) key.usedBefore = key.usedAtMs !== undefined;
    }
    return this.violations.slice(told);
  }

  #scene(): Scene {
    const nowMs = this.#account.clock.nowMs();
    return {
      account: this.#account,
      policy: this.#policy,
      users: this.#witness.users,
      journal: this.#journal,
      nowMs,
      check: (invariant, user, holds, what, atMs = nowMs) => {
        this.checked[invariant] += 1;
        if (!holds) this.#tell({ invariant, atMs, userName: user.userName, what: what() }, user);
      },
    };
  }

  /** What stays wrong is told once. */
  #tell(violation: Violation, user?: UserView): void {
    const id = [violation.invariant, user?.userId, violation.what].join(' ');
    if (this.#told.has(id)) return;
    this.#told.add(id);
    this.violations.push(violation);
  }

  #searchLeaks(output: readonly string[], mails: readonly string[]): void {
    for (const { userName, keys } of this.#witness.users.values()) {
      for (const { id, secret } of keys) {
        const name = `the secret access key of ${id} (${userName})`;
        this.#leaks.add(secret, name);
        if (this.#encrypted) this.#mailLeaks.add(secret, name);
      }
    }
    for (const value of this.#account.secureValues) {
      const jwk = readJwk(value);
      const name = jwk ? `the content key of rotation ${jwk.kid}` : 'a SecureString';
      this.#leaks.add(jwk?.k ?? value, name);
      this.#mailLeaks.add(jwk?.k ?? value, name);
    }
    const search = (leaks: LeakSearch, text: string, where: string) => {
      this.checked[5] += 1;
      for (const secret of leaks.find(text)) {
        const atMs = this.#account.clock.nowMs();
        this.#tell({ invariant: 5, atMs, userName: '', what: `${secret} is in ${where}` });
      }
    };
    for (const text of output) search(this.#leaks, text, 'a log, an error or a report');
    for (const text of this.#journal.takeWritten()) search(this.#leaks, text, 'the table');
    for (const text of mails) search(this.#mailLeaks, text, 'a mail');
  }
}

function touchedByPeople(effects: readonly Effect[]): Set<string> {
  return new Set(effects.filter(({ by }) => by === 'person').map(({ key }) => key.userId));
}
