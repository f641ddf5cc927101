/** The invariants: one rule book, and two observers that feed it with facts. */
export {
  AccountObserver,
  type AccountObserverOptions,
  type Step,
} from './account/account-observer.ts';
export { Checker, INVARIANTS, type InvariantNumber, type Violation } from './checker/checker.ts';
