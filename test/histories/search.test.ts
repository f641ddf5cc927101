import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BATCH } from '../../scripts/histories/lanes.ts';
import { renderFound } from '../../scripts/histories/render.ts';
import type { Report } from '../../src/domain/report.ts';
import { history } from './arbitraries.ts';
import { MemoryTheatre } from './memory-theatre.ts';
import type { Ended } from './scenery.ts';
import { search } from './search.ts';
import { type Sketch, toHistory, toSketch } from './sketch.ts';

/** A rotator that takes everybody's oldest key. */
class Thief extends MemoryTheatre {
  override async rotate(): Promise<Ended<Report>> {
    const { scenery } = this;
    const run = scenery.run({ label: 'thief' });
    for (const userId of scenery.iam.userIds()) {
      const [key] = scenery.iam.keysOf(userId);
      const { userName } = scenery.iam.user(userId) ?? {};
      if (key && userName !== undefined) await run.keys.delete(userName, key.accessKeyId);
    }
    return { kind: 'killed' };
  }
}

describe('a search', () => {
  it('finds a program that takes keys, and tells how to see it again', async () => {
    const { found } = await search(50, 1, async (conditions) => new Thief(conditions));
    if (!found) throw new Error('the thief got away');
    expect(found.story.join('\n')).toMatch(/!! invariant 4: K\d+ was deleted/);
    expect(renderFound(found)).toContain(`npm run histories -- --seed 1 --runs ${BATCH}`);
    expect(renderFound(found)).toContain('As a regression: {"conditions":');
  });

  it('plays the same histories for the same seed, and others for another', async () => {
    const [first, again, other] = [await search(20, 1), await search(20, 1), await search(20, 2)];
    expect(again).toEqual(first);
    expect(other.seen).not.toEqual(first.seen);
  });
});

describe('a sketch', () => {
  it('tells the whole history', () => {
    fc.assert(
      fc.property(history, (one) => {
        const kept = JSON.parse(JSON.stringify(toSketch(one))) as Sketch;
        expect(JSON.parse(JSON.stringify(toHistory(kept)))).toEqual(
          JSON.parse(JSON.stringify(one)),
        );
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
