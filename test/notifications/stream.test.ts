import { describe, expect, it } from '@jest/globals';
import { createWorld } from '../../simulation/memory/world.ts';
import type { RunEvent } from '../../src/domain/events.ts';
import { reason } from '../../src/domain/reasons.ts';
import { createEventStream } from '../../src/notifications/stream.ts';
import type { Subscriber } from '../../src/ports/notifications.ts';

const EVENT: RunEvent = {
  type: 'created',
  user: { userName: 'alice', userId: 'AIDAALICE' },
  reason: reason('due'),
};

/** A subscriber that notes what it hears. */
function listener(): Subscriber & { readonly heard: RunEvent[] } {
  const heard: RunEvent[] = [];
  return { name: 'listener', heard, notify: (event) => void heard.push(event) };
}

const FAILING: readonly Subscriber[] = [
  {
    name: 'throwing',
    notify() {
      throw new Error('no disk');
    },
  },
  { name: 'rejecting', notify: () => Promise.reject(new Error('no network')) },
];

describe('the stream of events', () => {
  it('tells every subscriber of every event, in the order in which they happen', async () => {
    const [first, second] = [listener(), listener()];
    const { log } = createWorld().run();
    const stream = createEventStream([first], log);
    stream.subscribe(second);
    const progress: RunEvent = { type: 'progress', done: 1, total: 2 };
    await stream.emit(EVENT);
    await stream.emit(progress);
    expect(first.heard).toEqual([EVENT, progress]);
    expect(second.heard).toEqual([EVENT, progress]);
  });

  it.each(FAILING)('goes on, and logs it, when a subscriber fails ($name)', async (failing) => {
    const world = createWorld();
    const [before, behind] = [listener(), listener()];
    const stream = createEventStream([before, failing, behind], world.run().log);
    await expect(stream.emit(EVENT)).resolves.toBeUndefined();
    expect([before.heard, behind.heard]).toEqual([[EVENT], [EVENT]]);
    expect(world.logs).toEqual([
      {
        level: 'warn',
        message: 'a subscriber failed',
        fields: {
          subscriber: failing.name,
          event: 'created',
          error: expect.stringMatching(/^Error: no (disk|network)$/),
        },
      },
    ]);
  });

  it('waits until every subscriber has heard of an event', async () => {
    let isHeard = false;
    const slow: Subscriber = {
      name: 'slow',
      async notify() {
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        isHeard = true;
      },
    };
    await createEventStream([slow], createWorld().run().log).emit(EVENT);
    expect(isHeard).toBe(true);
  });
});
