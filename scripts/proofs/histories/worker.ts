/** A process that runs histories, so that several run at the same time. */
import { inspect } from 'node:util';
import type { Open } from './run/run-history.ts';
import type { Searched } from './search.ts';
import { search } from './search.ts';

/** So many histories, beginning with that seed. */
export interface Order {
  readonly histories: number;
  readonly seed: number;
  /** Whether the built functions are run, instead of the core in memory. */
  readonly onBundles: boolean;
}

export type Answer = { readonly searched: Searched } | { readonly failed: string };

// Errors that are thrown by the thousand are looked at by their message only.
Error.stackTraceLimit = 0;

async function work({ histories, seed, onBundles }: Order): Promise<Answer> {
  try {
    // What the bundles need is loaded only where it is asked for.
    const open: Open | undefined = onBundles
      ? (await import('./bundles/bundle-system.ts')).BundleSystem.open
      : undefined;
    return { searched: await search(histories, seed, open) };
  } catch (error) {
    return { failed: inspect(error) };
  }
}

process.on('message', (order: Order) => {
  void work(order).then((answer) => process.send?.(answer));
});
