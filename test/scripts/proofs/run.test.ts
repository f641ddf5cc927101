import { describe, expect, it } from '@jest/globals';
import {
  bugCounts,
  caseCounts,
  historyCounts,
  sum,
  testCounts,
} from '../../../scripts/proofs/all/counts.ts';
import type { Command } from '../../../scripts/proofs/all/proofs.ts';
import { renderOutcome, renderSummary } from '../../../scripts/proofs/all/render.ts';
import { judge, type Outcome, runProofs } from '../../../scripts/proofs/all/run.ts';

describe('the numbers of a report', () => {
  it('are tests of Jest, and a file that can not be run has failed', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 2,
      numPendingTests: 1,
      numRuntimeErrorTestSuites: 1,
    };
    expect(testCounts(report)).toEqual({ passed: 7, failed: 3, skipped: 1 });
  });

  it('are cases and histories, of which those that violate something have failed', () => {
    expect(caseCounts({ cases: 180, violations: 2 })).toEqual({
      passed: 178,
      failed: 2,
      skipped: 0,
    });
    expect(historyCounts({ histories: 50, violations: 0 })).toEqual({
      passed: 50,
      failed: 0,
      skipped: 0,
    });
  });

  it('are bugs, of which only those that are caught are well', () => {
    const bugs = ['caught', 'survived', 'unusable', 'caught'].map((outcome) => ({ outcome }));
    expect(bugCounts({ bugs })).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });
});

describe('a proof', () => {
  const counts = caseCounts;

  it('has failed when it says so', () => {
    expect(judge({ counts }, 1, '{"cases": 3, "violations": 1}')).toEqual({
      counts: { passed: 2, failed: 1, skipped: 0 },
    });
  });

  it('has failed when it ends badly, whatever its report says', () => {
    expect(judge({ counts }, 3, '{"cases": 3, "violations": 0}')).toEqual({
      counts: { passed: 3, failed: 1, skipped: 0 },
      problem: 'it ended with 3',
    });
  });

  it.each(['', 'no JSON', '{}', 'null'])('has failed when its report is %j', (report) => {
    expect(judge({ counts }, 0, report)).toEqual({
      counts: { passed: 0, failed: 1, skipped: 0 },
      problem: expect.stringContaining('left no report'),
    });
  });

  it('is skipped only when it ends well without a report, and may', () => {
    const skipped = { passed: 0, failed: 0, skipped: 1 };
    expect(judge({ counts, canBeSkipped: true }, 0, '')).toEqual({ counts: skipped });
    expect(judge({ counts, canBeSkipped: true }, 1, '').counts.failed).toBe(1);
  });
});

describe('proofs', () => {
  const code = (text: string): Pick<Command, 'args' | 'counts'> => ({
    args: ['-e', text, '--'],
    counts: caseCounts,
  });
  const root = process.cwd();

  it('are run beside one another, each with its output and report apart', async () => {
    const ended: string[] = [];
    const outcomes = await runProofs(
      [
        {
          name: 'printing',
          command: {
            ...code('console.error("a table"); console.log(`{"cases": 2, "violations": 0}`)'),
            report: 'printed',
          },
        },
        {
          name: 'writing',
          command: {
            ...code(`
              console.log('PASS');
              const file = process.argv.at(-1).replace('--outputFile=', '');
              fs.writeFileSync(file, '{"cases": 5, "violations": 1}');
              process.exit(1);`),
            report: 'written',
          },
        },
        { name: 'broken', command: { ...code('throw new Error("oh")'), report: 'printed' } },
      ],
      { root, jobs: 2 },
      ({ name }) => ended.push(name),
    );
    expect(ended.sort()).toEqual(['broken', 'printing', 'writing']);
    expect(outcomes).toMatchObject([
      { name: 'printing', passed: 2, failed: 0, output: 'a table\n' },
      { name: 'writing', passed: 4, failed: 1, output: 'PASS\n' },
      { name: 'broken', passed: 0, failed: 1, output: expect.stringContaining('Error: oh') },
    ]);
    expect(sum(outcomes)).toEqual({ passed: 6, failed: 2, skipped: 0 });
  });

  it('are told with what they printed, and added up in the last line', () => {
    const pairs: Outcome = {
      name: 'pairs',
      ...{ passed: 9, failed: 1, skipped: 0 },
      seconds: 34,
      output: '✗ one\n\n',
    };
    const load: Outcome = {
      name: 'load',
      ...{ passed: 4, failed: 0, skipped: 2 },
      seconds: 1,
      output: '',
    };
    expect(renderOutcome(pairs)).toBe(
      '\n== pairs\n✗ one\n   9 passed, 1 failed, 0 skipped (34 s)\n',
    );
    expect(renderSummary([pairs, load], sum([pairs, load]))).toBe(
      [
        '\n✗ pairs  9 passed, 1 failed, 0 skipped',
        '✓ load   4 passed, 0 failed, 2 skipped',
        '\n13 passed, 1 failed, 2 skipped\n',
      ].join('\n'),
    );
  });
});
