/** Watches over the users who have a working key. */

import { accessOf, hasWorkingKey } from '../rules/access.ts';
import type { UserFacts } from '../rules/facts.ts';
import type { Checker } from './checker.ts';

export class AccessWatch {
  readonly #checker: Checker;
  readonly #working = new Set<string>();
  /** Users who wait for a new key, as the mail with the last one can't be opened any more. */
  readonly owed = new Set<string>();

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  /** A person did something: what that takes from anybody, the program is not to blame for. */
  afterPerson(user: UserFacts): void {
    this.#note(user);
    this.owed.delete(user.userId);
  }

  /** The program did something. */
  afterProgram(user: UserFacts, cause: string, atMs: number): void {
    const { userId, userName } = user;
    const hadWorkingKey = this.#working.has(userId);
    const works = this.#note(user);
    if (!hadWorkingKey) return;
    this.#checker.judge('accountChanged', { userName, atMs, user, cause });
    if (!works && accessOf(user, atMs, this.#checker.circumstances) === 'owed') {
      this.owed.add(userId);
    }
  }

  /** The program did something that it could not have known better. */
  afterBlindProgram(user: UserFacts): void {
    this.#note(user);
  }

  #note(user: UserFacts): boolean {
    const works = hasWorkingKey(user);
    if (works) {
      this.#working.add(user.userId);
      // A new key that was mailed makes a user whole again.
      this.owed.delete(user.userId);
    } else {
      this.#working.delete(user.userId);
    }
    return works;
  }
}
