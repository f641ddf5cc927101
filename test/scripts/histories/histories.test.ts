import { expect, it } from '@jest/globals';
import { renderFound } from '../../../scripts/proofs/histories/render.ts';
import { search } from '../../../scripts/proofs/histories/search.ts';

/** A first look, which takes seconds; `npm run proofs` runs ten thousand and more. */
const HISTORIES = 200;

it(`no promise is broken in ${HISTORIES} histories`, async () => {
  const { found } = await search(HISTORIES, 1);
  expect(found && renderFound(found)).toBeUndefined();
});
