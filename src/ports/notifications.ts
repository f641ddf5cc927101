import type { RunEvent } from '../domain/events.ts';

/** Hears of everything that happens. It may fail; that never changes an outcome. */
export interface Subscriber {
  readonly name: string;
  notify(event: RunEvent): void | Promise<void>;
}

/** Where what happens is told. Never throws. */
export interface EventStream {
  /** Resolves once every subscriber has heard of it. */
  emit(event: RunEvent): Promise<void>;
  /** From now on the subscriber hears of everything. */
  subscribe(subscriber: Subscriber): void;
}
