/**
 * The invariants.
 *
 * - `rules`: the rule book. It knows facts only, not where they come from.
 * - `checker`: applies the rules, and keeps what all observers know: keys, mails, who has access.
 * - `account`: the observer from outside, which looks at a local account after each step.
 * - `calls`: the observer from inside, which sees every effect of every call.
 */
export {
  AccountObserver,
  type AccountObserverOptions,
  type Step,
} from './account/account-observer.ts';
export { Checker, INVARIANTS, type InvariantNumber, type Violation } from './checker/checker.ts';
