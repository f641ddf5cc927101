/** Puts a bug into a copy of the checkout, and sees what catches it. */
import { applyBug, type Bug, StaleBug } from './bug.ts';
import type { Copy } from './copy.ts';
import type { Net } from './nets.ts';
import { ToolFailed } from './tools.ts';

export interface Verdict {
  readonly bug: string;
  readonly file: string;
  readonly breaks: string;
  /**
   * - `caught`: a test fails with the bug, and passes without it;
   * - `survived`: nothing fails;
   * - `unusable`: nothing can be said, for the reason in `by`.
   */
  readonly outcome: 'caught' | 'survived' | 'unusable';
  /** The first failing test, or what was violated. */
  readonly by: string;
  readonly seconds: number;
}

export interface Hunter {
  readonly copy: Pick<Copy, 'read' | 'write'>;
  /** What is wrong with the types of the copy. */
  typeError(): Promise<string | undefined>;
  /** What is to catch the bug, in this order. */
  netsFor(bug: Bug): readonly Net[];
  /** Whether the net catches nothing in the sources as they are. */
  isSound(net: Net): Promise<boolean>;
}

/** Puts a bug into the copy, casts the nets until one catches it, and takes it out again. */
export async function hunt(bug: Bug, hunter: Hunter): Promise<Verdict> {
  const { copy } = hunter;
  const fromMs = performance.now();
  const verdict = (outcome: Verdict['outcome'], by: string): Verdict => ({
    bug: bug.name,
    file: bug.file,
    breaks: bug.breaks,
    outcome,
    by,
    seconds: Math.round((performance.now() - fromMs) / 1000),
  });
  const source = await copy.read(bug.file);
  try {
    await copy.write(bug.file, applyBug(bug, source));
    const problem = await hunter.typeError();
    if (problem !== undefined) return verdict('unusable', `its types are wrong: ${problem}`);
    for (const net of hunter.netsFor(bug)) {
      const caught = await net.cast();
      if (!caught) continue;
      await copy.write(bug.file, source);
      return (await hunter.isSound(caught.again))
        ? verdict('caught', caught.by)
        : verdict('unusable', `this fails without the bug as well: ${caught.by}`);
    }
    return verdict('survived', '');
  } catch (error) {
    if (!(error instanceof StaleBug || error instanceof ToolFailed)) throw error;
    return verdict('unusable', error.message);
  } finally {
    await copy.write(bug.file, source);
  }
}

/** Casts each net once, when it is first asked for: the sources must be as they are. */
export function soundness(): (net: Net) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (net) => {
    const sound = known.get(net.name) ?? (await net.cast()) === undefined;
    known.set(net.name, sound);
    return sound;
  };
}
