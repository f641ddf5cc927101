/** A process that plays histories, so that several can be played at the same time. */
import { inspect } from 'node:util';
import type { Open } from './play.ts';
import type { Searched } from './search.ts';
import { search } from './search.ts';

/** So many histories, beginning with that seed. */
export interface Order {
  readonly histories: number;
  readonly seed: number;
  /** Whether the built functions are played with, instead of the core in memory. */
  readonly onBundles: boolean;
}

export type Answer = { readonly searched: Searched } | { readonly failed: string };

// Errors that are thrown by the thousand are looked at by their message only.
Error.stackTraceLimit = 0;

async function obey({ histories, seed, onBundles }: Order): Promise<Answer> {
  try {
    // What the bundles need is loaded only where it is asked for.
    const open: Open | undefined = onBundles
      ? (await import('./bundles/wire-theatre.ts')).WireTheatre.open
      : undefined;
    return { searched: await search(histories, seed, open) };
  } catch (error) {
    return { failed: inspect(error) };
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
