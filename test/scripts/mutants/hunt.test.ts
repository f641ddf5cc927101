import { describe, expect, it } from '@jest/globals';
import type { Bug } from '../../../scripts/proofs/mutants/bug.ts';
import { type Hunter, hunt, soundness } from '../../../scripts/proofs/mutants/hunt.ts';
import type { Net } from '../../../scripts/proofs/mutants/nets.ts';
import { renderSummary, renderVerdict } from '../../../scripts/proofs/mutants/render.ts';
import { ToolFailed } from '../../../scripts/proofs/mutants/tools.ts';

const SOURCE = 'work(true);\n';
const BUG: Bug = {
  name: 'does not work',
  breaks: 'it works',
  file: 'src/work.ts',
  edits: [{ find: 'true', replace: 'false' }],
};

/** A copy of one file, and nets that look into it. */
function setUp(options: Partial<Hunter> = {}) {
  let source = SOURCE;
  const cast: string[] = [];
  const net = (name: string, isCaught: (source: string) => boolean): Net => {
    const self: Net = {
      name,
      cast: async () => {
        cast.push(name);
        return isCaught(source) ? { by: `${name} fails`, again: self } : undefined;
      },
    };
    return self;
  };
  const nets = [
    net('wide', () => false),
    net('narrow', (now) => now.includes('false')),
    net('never', () => true),
  ];
  const hunter: Hunter = {
    copy: {
      read: async () => source,
      write: async (_, text) => {
        source = text;
      },
    },
    typeError: async () => undefined,
    netsFor: () => nets,
    isSound: soundness(),
    ...options,
  };
  return { hunter, cast, net, source: () => source };
}

describe('a bug', () => {
  it('is caught by the first net that holds it, and that holds nothing without it', async () => {
    const { hunter, cast, source } = setUp();
    expect(await hunt(BUG, hunter)).toMatchObject({ outcome: 'caught', by: 'narrow fails' });
    expect(cast).toEqual(['wide', 'narrow', 'narrow']);
    expect(source()).toBe(SOURCE);
  });

  it('that nothing catches has survived', async () => {
    const { net } = setUp();
    const { hunter, source } = setUp({ netsFor: () => [net('wide', () => false)] });
    const verdict = await hunt(BUG, hunter);
    expect(verdict).toMatchObject({ outcome: 'survived' });
    expect(renderVerdict(verdict)).toContain('it works');
    expect(source()).toBe(SOURCE);
  });

  it('is not caught by a test that fails without it as well', async () => {
    const { net } = setUp();
    const { hunter } = setUp({ netsFor: () => [net('broken', () => true)] });
    expect(await hunt(BUG, hunter)).toMatchObject({
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
          netsFor: () => {
            throw new ToolFailed('it does not end');
          },
        },
      },
      'it does not end',
    ],
  ])('says nothing when it %s, and leaves the source as it was', async (_, given, reason) => {
    const { bug = BUG, options = {} } = given as { bug?: Bug; options?: Partial<Hunter> };
    const { hunter, source } = setUp(options);
    const verdict = await hunt(bug, hunter);
    expect(verdict).toMatchObject({ outcome: 'unusable', by: expect.stringContaining(reason) });
    expect(source()).toBe(SOURCE);
  });
});

describe('a net', () => {
  it('is cast once over the sources as they are', async () => {
    const { hunter, cast, net } = setUp();
    const holds = net('holds', () => true);
    expect([await hunter.isSound(holds), await hunter.isSound(holds)]).toEqual([false, false]);
    expect(cast).toEqual(['holds']);
  });
});

describe('the last line', () => {
  it('counts what became of the bugs', async () => {
    const { hunter } = setUp();
    const caught = await hunt(BUG, hunter);
    const { net } = setUp();
    const survived = await hunt(BUG, setUp({ netsFor: () => [net('w', () => false)] }).hunter);
    expect(renderSummary([caught, survived])).toBe('2 bugs in 0 s: 1 caught, 1 survived');
  });
});
