import { expect, it } from '@jest/globals';
import { search } from './search.ts';

it('breaks no promise in histories drawn at random', async () => {
  const { found, histories } = await search(300, 1);
  expect(found?.story.join('\n')).toBeUndefined();
  expect(histories).toBe(300);
});
