/** Function and command line of different versions. */
import { VERSION } from '../runtime/version.ts';

/**
 * Which one is older and what to do about it; `undefined` when both are of one version.
 * @param name of the function
 */
export function versionAdvice(name: string, functionVersion: string): string | undefined {
  if (functionVersion === VERSION) return undefined;
  const order = compare(functionVersion, VERSION);
  if (order < 0) {
    return `The function ${name} is version ${functionVersion}, older than this ikr (${VERSION}): deploy version ${VERSION} of it, or use ikr ${functionVersion}.`;
  }
  if (order > 0) {
    return `This ikr is version ${VERSION}, older than the function ${name} (${functionVersion}): install version ${functionVersion}.`;
  }
  return `This ikr is version ${VERSION}, the function ${name} is version ${functionVersion}.`;
}

/** By the three numbers; 0 when they do not tell. */
function compare(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function numbersOf(version: string): number[] {
  const [, ...numbers] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return numbers.map(Number);
}
