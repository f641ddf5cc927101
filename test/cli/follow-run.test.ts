import { beforeEach, describe, expect, it } from '@jest/globals';
import { Failure } from '../../src/cli/failure.ts';
import { runAndFollow } from '../../src/cli/follow-run.ts';
import type { RotatorFunction } from '../../src/cli/rotator-function.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import type { ReportAnswer, RunAnswer } from '../../src/rotation/commands/answers.ts';
import type { Command } from '../../src/rotation/commands/requests.ts';

type Run = NonNullable<RunAnswer['run']>;

const START_MS = Date.UTC(2026, 10, 20);
let nowMs: number;
let waits: number[];
let queued: Command[];
let shown: (readonly [done: number, total: number])[];
let isQueued: boolean;
/** What each look finds; the last one is found again and again. */
let looks: (Run | undefined | Error)[];
let looked: Command[];

beforeEach(() => {
  nowMs = START_MS;
  waits = [];
  queued = [];
  looked = [];
  shown = [];
  isQueued = false;
});

const clock = {
  nowMs: () => nowMs,
  sleep: async (ms: number) => {
    waits.push(ms);
    nowMs += ms;
  },
};
const rotator: RotatorFunction = {
  name: 'ikr-rotator',
  async ask(command, schema) {
    looked.push(command);
    const found = looks.length > 1 ? looks.shift() : looks[0];
    if (found instanceof Error) throw found;
    return schema.parse({ ...(found && { run: found }), at: new Date(nowMs).toISOString() });
  },
  async queue(command) {
    queued.push(command);
  },
};
let total = 0;
const progress = {
  expect: (all: number) => {
    total = all;
  },
  reach: (done: number) => void shown.push([done, total]),
  step: () => {},
  stop: () => {},
};

const follow = (signal = new AbortController().signal) =>
  runAndFollow(
    { action: 'rotate', requestId: 'mine' },
    rotator,
    { clock },
    {
      progress,
      signal,
      onQueued: () => {
        isQueued = true;
      },
    },
  );

const report: ReportAnswer = {
  startedAt: new Date(START_MS).toISOString(),
  finishedAt: new Date(START_MS).toISOString(),
  dryRun: false,
  users: 1,
  rows: [],
  totals: {},
  figures: {},
  problems: [],
  notes: [],
};
const atWork = (facts: Partial<Run> = {}): Run => ({
  requestId: 'mine',
  askedBy: 'jane',
  startedAt: new Date(START_MS).toISOString(),
  done: 0,
  total: 40,
  ...facts,
});
const ended = (facts: Partial<Run> = {}): Run =>
  atWork({ done: 40, finishedAt: new Date(START_MS).toISOString(), report, ...facts });
const scheduledRun = atWork({
  requestId: undefined,
  finishedAt: new Date(START_MS - MINUTE_MS).toISOString(),
});

describe('a run that is followed', () => {
  it('is asked for once, with the time after which it is not to begin', async () => {
    looks = [undefined, undefined, ended()];

    expect(await follow()).toEqual(report);
    expect(queued).toEqual([
      {
        action: 'rotate',
        requestId: 'mine',
        notAfter: new Date(START_MS + 10 * MINUTE_MS).toISOString(),
      },
    ]);
    expect(looked).toEqual(Array(3).fill({ action: 'status', requestId: 'mine' }));
  });

  it('is looked at less and less often, and its progress is shown', async () => {
    looks = [
      scheduledRun,
      scheduledRun,
      atWork(),
      atWork({ done: 5 }),
      atWork({ done: 20 }),
      ended(),
    ];

    await follow();

    expect(shown).toEqual([
      [0, 40],
      [5, 40],
      [20, 40],
    ]);
    expect(waits[0]).toBe(SECOND_MS);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBeLessThanOrEqual(5 * SECOND_MS);
  });

  it('is not begun while a run that another person asked for is at work', async () => {
    looks = [atWork({ requestId: 'other', done: 12 })];

    await expect(follow()).rejects.toThrow(
      'A run that jane asked for at 2026-11-20T00:00:00.000Z is at work (12 of 40 users).',
    );
    expect(queued).toEqual([]);
    expect(isQueued).toBe(false);
  });

  it('is begun after a run of another person that was stopped', async () => {
    nowMs += 16 * MINUTE_MS;
    looks = [atWork({ requestId: 'other' }), ended()];

    expect(await follow()).toEqual(report);
  });

  it('is not begun when the first look fails: the function may be missing, or not allow it', async () => {
    looks = [new Failure('There is no function')];

    await expect(follow()).rejects.toThrow('There is no function');
    expect(queued).toEqual([]);
  });

  it('is given up when it did not begin in time, with what went first', async () => {
    looks = [scheduledRun];
    await expect(follow()).rejects.toThrow(
      'did not begin within 10 minutes, and will not any more. Lambda may be limiting',
    );
    expect(nowMs).toBeGreaterThan(START_MS + 10 * MINUTE_MS);

    looks = [undefined, atWork({ requestId: 'other' })];
    nowMs = START_MS;
    await expect(follow()).rejects.toThrow('A run that jane asked for at 2026');
  });

  it('is told as stopped when it neither goes on nor has ended', async () => {
    looks = [undefined, atWork({ done: 7 })];

    await expect(follow()).rejects.toThrow('was stopped before it ended (7 of 40 users)');
    expect(nowMs).toBeGreaterThanOrEqual(START_MS + 16 * MINUTE_MS);
  });

  it.each<[string, Run, string]>([
    ['an error', ended({ report: undefined, error: 'Error: IAM is down' }), 'failed: Error: IAM'],
    ['no report', ended({ report: undefined, totals: { rotated: 3 } }), '{"rotated":3}'],
  ])('is told with %s when that is all it left', async (_, run, told) => {
    looks = [undefined, run];
    await expect(follow()).rejects.toThrow(told);
  });

  it('is told as over when another one was begun in its place', async () => {
    looks = [undefined, atWork(), atWork({ requestId: 'other', askedBy: 'john' })];
    await expect(follow()).rejects.toThrow('john asked for another run since');
  });

  it('outlives looks that are lost, and is let go of after ten in a row', async () => {
    const lost = new Failure('The connection was lost. Try again.');
    looks = [undefined, ...Array(9).fill(lost), atWork(), ...Array(9).fill(lost), ended()];
    expect(await follow()).toEqual(report);

    looks = [undefined, atWork(), lost];
    await expect(follow()).rejects.toThrow(
      "can't be followed any more, and goes on by itself: look with ikr status. (The connection was lost",
    );
  });

  it('is not begun when a Ctrl-C comes before, and not looked at when it comes after', async () => {
    const controller = new AbortController();
    controller.abort();
    looks = [undefined];
    await expect(follow(controller.signal)).rejects.toThrow();
    expect(queued).toEqual([]);

    const later = new AbortController();
    const waiting = follow(later.signal);
    looks = [undefined, atWork()];
    const ends = expect(waiting).rejects.toThrow();
    while (shown.length < 2) await new Promise((resolve) => setImmediate(resolve));
    later.abort();
    await ends;
    expect(isQueued).toBe(true);
  });
});
