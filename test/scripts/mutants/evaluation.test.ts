import { describe, expect, it } from '@jest/globals';
import type { Bug } from '../../../scripts/proofs/mutants/bug.ts';
import { evaluate, type Setup, soundness } from '../../../scripts/proofs/mutants/evaluation.ts';
import { renderSummary, renderVerdict } from '../../../scripts/proofs/mutants/render.ts';
import type { Suite } from '../../../scripts/proofs/mutants/suites.ts';
import { ToolFailed } from '../../../scripts/proofs/mutants/tools.ts';

const SOURCE = 'work(true);\n';
const BUG: Bug = {
  name: 'does not work',
  breaks: 'it works',
  file: 'src/work.ts',
  edits: [{ find: 'true', replace: 'false' }],
};

/** A copy of one file, and suites that look into it. */
function setUp(options: Partial<Setup> = {}) {
  let source = SOURCE;
  const ran: string[] = [];
  const suite = (name: string, isCaught: (source: string) => boolean): Suite => {
    const self: Suite = {
      name,
      run: async () => {
        ran.push(name);
        return isCaught(source) ? { by: `${name} fails`, again: self } : undefined;
      },
    };
    return self;
  };
  const suites = [
    suite('passes', () => false),
    suite('fails', (now) => now.includes('false')),
    suite('never reached', () => true),
  ];
  const setup: Setup = {
    copy: {
      read: async () => source,
      write: async (_, text) => {
        source = text;
      },
    },
    typeError: async () => undefined,
    suitesFor: () => suites,
    isSound: soundness(),
    ...options,
  };
  return { setup, ran, suite, source: () => source };
}

describe('a bug', () => {
  it('is caught by the first suite that fails with it, and passes without it', async () => {
    const { setup, ran, source } = setUp();
    expect(await evaluate(BUG, setup)).toMatchObject({ outcome: 'caught', by: 'fails fails' });
    expect(ran).toEqual(['passes', 'fails', 'fails']);
    expect(source()).toBe(SOURCE);
  });

  it('that nothing catches has survived', async () => {
    const { suite } = setUp();
    const { setup, source } = setUp({ suitesFor: () => [suite('passes', () => false)] });
    const verdict = await evaluate(BUG, setup);
    expect(verdict).toMatchObject({ outcome: 'survived' });
    expect(renderVerdict(verdict)).toContain('it works');
    expect(source()).toBe(SOURCE);
  });

  it('is not caught by a test that fails without it as well', async () => {
    const { suite } = setUp();
    const { setup } = setUp({ suitesFor: () => [suite('broken', () => true)] });
    expect(await evaluate(BUG, setup)).toMatchObject({
      outcome: 'unusable',
      by: 'this fails without the bug as well: broken fails',
    });
  });

  it.each([
    ['does not fit', { bug: { ...BUG, edits: [{ find: 'maybe', replace: '' }] } }, 'found 0 times'],
    [
      'has wrong types',
      { options: { typeError: async () => 'TS2322' } },
      'its types are wrong: TS2322',
    ],
    [
      'ends no test',
      {
        options: {
          suitesFor: () => {
            throw new ToolFailed('it does not end');
          },
        },
      },
      'it does not end',
    ],
  ])('says nothing when it %s, and leaves the source as it was', async (_, given, reason) => {
    const { bug = BUG, options = {} } = given as { bug?: Bug; options?: Partial<Setup> };
    const { setup, source } = setUp(options);
    const verdict = await evaluate(bug, setup);
    expect(verdict).toMatchObject({ outcome: 'unusable', by: expect.stringContaining(reason) });
    expect(source()).toBe(SOURCE);
  });
});

describe('a suite', () => {
  it('is run once over the sources as they are', async () => {
    const { setup, ran, suite } = setUp();
    const broken = suite('broken', () => true);
    expect([await setup.isSound(broken), await setup.isSound(broken)]).toEqual([false, false]);
    expect(ran).toEqual(['broken']);
  });
});

describe('the last line', () => {
  it('counts what became of the bugs', async () => {
    const { setup } = setUp();
    const caught = await evaluate(BUG, setup);
    const { suite } = setUp();
    const survived = await evaluate(
      BUG,
      setUp({ suitesFor: () => [suite('passes', () => false)] }).setup,
    );
    expect(renderSummary([caught, survived])).toBe('2 bugs in 0 s: 1 caught, 1 survived');
  });
});
