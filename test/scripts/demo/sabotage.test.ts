/** A demo that could not fail would prove nothing: here the program does what it must not. */
import { DeleteAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Play } from '../../../scripts/demo/play.ts';
import { exitCodeOf, printSummary, resultOf } from '../../../scripts/demo/summary.ts';
import { Timeline } from '../../../scripts/demo/timeline.ts';
import { createWorld, type World } from '../../../scripts/demo/world.ts';

const OPTIONS = { users: 2, days: 2, mailClient: 'ses', seed: 1, json: true } as const;

let world: World;
let story: string;
beforeEach(async () => {
  world = await createWorld('ses');
  story = '';
});
afterEach(() => world.close());

/** Runs the demo with something done before every run of the rotator. */
async function playWith(sabotage: (run: number) => Promise<void>): Promise<Play> {
  const [first, second] = world.rotators;
  let run = 0;
  const sabotaged = {
    ...first,
    invoke: async <T>(event: unknown) => {
      run += 1;
      await sabotage(run);
      return first.invoke<T>(event);
    },
  };
  const timeline = new Timeline({
    write: (text) => {
      story += text;
    },
    colours: false,
  });
  const play = new Play(OPTIONS, { ...world, rotators: [sabotaged, second] }, timeline);
  await play.run();
  const result = resultOf(OPTIONS, play, world.account.mails.length, undefined);
  printSummary(result, play.invariants, timeline);
  expect(exitCodeOf(result)).toBe(1);
  return play;
}

describe('a demo in which something is wrong', () => {
  it('says which invariant is violated, when and for whom', async () => {
    const { endpoint, region, hands } = world.account;
    const credentials = { accessKeyId: 'ASIAEXAMPLEEXAMPLE23', secretAccessKey: 'any' };
    const iam = new IAMClient({ endpoint, region, credentials });
    const play = await playWith(async (run) => {
      if (run !== 5) return;
      const AccessKeyId = hands.keys('bob')[0]?.accessKeyId;
      await iam.send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId }));
    });
    iam.destroy();

    expect(
      play.invariants.violations.map(({ invariant, userName }) => [invariant, userName]),
    ).toEqual([
      [4, 'bob'],
      [1, 'bob'],
    ]);
    expect(story).toContain('bob: INVARIANT 1 IS VIOLATED');
    expect(story).toMatch(
      /✗ 1 .*\n {5}day 2 \(Tuesday 5 January 2027, 01:00\), bob: \w+ was deleted/,
    );
    // Two days show nothing of the second.
    expect(story).toMatch(/· 2 +0 checks/);
    expect(story).toMatch(/✓ 5 /);
  }, 60_000);

  it('says which owner could not use the mail', async () => {
    const { mails, hands } = world.account;
    const play = await playWith(async (run) => {
      if (run !== 2) return;
      for (const name of hands.parameterNames()) hands.deleteParameter(name);
    });

    expect(mails.length).toBeGreaterThan(0);
    expect(play.problems).toEqual([
      'day 1: alice could not use the mail: the content key in SSM is gone or belongs to another rotation',
    ]);
    expect(story).toContain('✗ day 1: alice');
  }, 60_000);
});
