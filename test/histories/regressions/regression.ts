import { expect, it } from '@jest/globals';
import { play } from '../play.ts';
import { type Sketch, toHistory } from '../sketch.ts';

/** A history that went wrong once, as short as it gets. */
export function regression(name: string, sketch: Sketch): void {
  it(name, async () => {
    const { violations, story } = await play(toHistory(sketch), true);
    expect(violations.length > 0 ? story.join('\n') : '').toBe('');
  });
}
