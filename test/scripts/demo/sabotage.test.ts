/** A demo that could not fail would prove nothing: here the program does what it must not do. */
import { DeleteAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DemoRun } from '../../../scripts/demo/demo-run.ts';
import { type DemoDeployment, deployDemo } from '../../../scripts/demo/deployment.ts';
import { exitCodeOf, printSummary, resultOf } from '../../../scripts/demo/summary.ts';
import { Timeline } from '../../../scripts/demo/timeline.ts';

const OPTIONS = { users: 2, days: 2, mailClient: 'ses', seed: 1, json: true } as const;

let deployment: DemoDeployment;
let printed: string;
beforeEach(async () => {
  deployment = await deployDemo('ses');
  printed = '';
});
afterEach(() => deployment.close());

/** Runs the demo with something done before every run of the rotator. */
async function runWith(sabotage: (run: number) => Promise<void>): Promise<DemoRun> {
  const [first, second] = deployment.rotators;
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
      printed += text;
    },
    colours: false,
  });
  const demo = new DemoRun(OPTIONS, { ...deployment, rotators: [sabotaged, second] }, timeline);
  await demo.run();
  const result = resultOf(OPTIONS, demo, deployment.account.mails.length, undefined);
  printSummary(result, demo.checker, timeline);
  expect(exitCodeOf(result)).toBe(1);
  return demo;
}

describe('a demo in which something is wrong', () => {
  it('says which invariant is violated, when and for whom', async () => {
    const { endpoint, region, userActions } = deployment.account;
    const credentials = { accessKeyId: 'ASIAEXAMPLEEXAMPLE23', secretAccessKey: 'any' };
    const iam = new IAMClient({ endpoint, region, credentials });
    const demo = await runWith(async (run) => {
      if (run !== 5) return;
      const AccessKeyId = userActions.keys('bob')[0]?.accessKeyId;
      await iam.send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId }));
    });
    iam.destroy();

    expect(demo.checker.violations.map(({ invariant, userName }) => [invariant, userName])).toEqual(
      [
        [1, 'bob'],
        [4, 'bob'],
      ],
    );
    expect(printed).toContain('bob: INVARIANT 1 IS VIOLATED');
    expect(printed).toMatch(
      /✗ 1 .*\n {5}day 2 \(Tuesday 5 January 2027, 01:00\), bob: \w+ was deleted/,
    );
    // Two days show nothing of the third.
    expect(printed).toMatch(/· 3 +0 checks/);
    expect(printed).toMatch(/✓ 5 /);
  }, 60_000);

  it('says which owner could not use the mail', async () => {
    const { mails, userActions } = deployment.account;
    const demo = await runWith(async (run) => {
      if (run !== 2) return;
      for (const name of userActions.parameterNames()) userActions.deleteParameter(name);
    });

    expect(mails.length).toBeGreaterThan(0);
    expect(demo.problems).toEqual([
      'day 1: alice could not use the mail: the content key in SSM is gone or belongs to another rotation',
    ]);
    expect(printed).toContain('✗ day 1: alice');
  }, 60_000);
});
