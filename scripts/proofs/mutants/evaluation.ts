/** Puts a bug into a copy of the checkout, and sees which suite catches it. */
import { applyBug, type Bug, StaleBug } from './bug.ts';
import type { Copy } from './copy.ts';
import type { Suite } from './suites.ts';
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

export interface Setup {
  readonly copy: Pick<Copy, 'read' | 'write'>;
  /** What is wrong with the types of the copy. */
  typeError(): Promise<string | undefined>;
  /** What is to catch the bug, in this order. */
  suitesFor(bug: Bug): readonly Suite[];
  /** Whether the suite catches nothing in the sources as they are. */
  isSound(suite: Suite): Promise<boolean>;
}

/** Puts a bug into the copy, runs the suites until one catches it, and takes it out again. */
export async function evaluate(bug: Bug, setup: Setup): Promise<Verdict> {
  const { copy } = setup;
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
    const problem = await setup.typeError();
    if (problem !== undefined) return verdict('unusable', `its types are wrong: ${problem}`);
    for (const suite of setup.suitesFor(bug)) {
      const caught = await suite.run();
      if (!caught) continue;
      await copy.write(bug.file, source);
      return (await setup.isSound(caught.again))
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

/** Runs each suite once, when it is first asked for: the sources must be as they are. */
export function soundness(): (suite: Suite) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (suite) => {
    const sound = known.get(suite.name) ?? (await suite.run()) === undefined;
    known.set(suite.name, sound);
    return sound;
  };
}
