/** The engines that `npm run test:engines` has started; what is missing there is skipped here. */
import { describe } from '@jest/globals';

export const engines = {
  moto: process.env.ENGINE_MOTO ?? '',
  motoContract: process.env.ENGINE_MOTO_CONTRACT ?? '',
  dynamodb: process.env.ENGINE_DYNAMODB ?? '',
};

/** `describe` for tests on these engines. */
export function needs(...urls: readonly string[]): typeof describe | typeof describe.skip {
  return urls.every((url) => url !== '') ? describe : describe.skip;
}
