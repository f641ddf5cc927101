import { describe, expect, it } from '@jest/globals';
import { coreConfigurationsOf } from '../../../scripts/proofs/crash-matrix/run-pairs.ts';
import {
  type CoreConfiguration,
  type CoreFault,
  type CorePoint,
  type CoreScenario,
  runCore,
} from '../../../scripts/proofs/pairs/core-scenario.ts';
import { firstFaults, pairsWith } from '../../../scripts/proofs/pairs/pairs.ts';

const CREATION: CorePoint = {
  scenario: 'prompt',
  functionName: 'rotator',
  ordinal: 1,
  call: 'keys.create',
  nth: 0,
};
const MAIL: CorePoint = {
  scenario: 'prompt',
  functionName: 'rotator',
  ordinal: 1,
  call: 'mailer.send',
  nth: 0,
};
const dies = (point: CorePoint): CoreFault => ({ point, fault: { kind: 'die', phase: 'after' } });

const callsOf = async (...faults: readonly CoreFault[]) => {
  const { invoked, problems } = await runCore('direct,used', 'prompt', faults);
  expect(problems).toEqual([]);
  return invoked.map(({ functionName, ordinal, stateBefore, stateAfter, calls }) => ({
    which: `${functionName} ${ordinal}`,
    change: `${stateBefore} ${stateAfter}`,
    calls,
  }));
};

describe('a scenario in memory', () => {
  it('is a whole rotation, with the runs and the expiry in it', async () => {
    const changes = (await callsOf()).map(({ change }) => change);
    expect(changes).toContain('none SCHEDULED');
    expect(changes).toContain('SCHEDULED CLOSED');
    expect(changes.at(-1)).toBe('CLOSED CLOSED');
  });

  it('goes wrong where it is told to, and only there', async () => {
    const [first, second] = await callsOf(dies(CREATION));
    expect(first?.calls.at(-1)).toBe('keys.create');
    expect(first?.change).toBe('none STARTED');
    expect(second?.calls).toContain('keys.delete');
    expect(second?.change).toBe('STARTED SCHEDULED');
  });

  it('can go wrong twice', async () => {
    const again = dies({ ...MAIL, ordinal: 2 });
    const [first, second, third] = await callsOf(dies(CREATION), again);
    expect(first?.change).toBe('none STARTED');
    expect(second?.change).toBe('STARTED DELIVERING');
    expect(third?.change).toBe('DELIVERING SCHEDULED');
  });

  it('tells what became of a mail that the server refuses', async () => {
    const refused: CoreFault = { point: MAIL, fault: { mail: 'refused' } };
    const [first] = await callsOf(refused);
    expect(first?.change).toBe('none CLOSED');
    expect(first?.calls).toContain('keys.delete');
  });
});

it('has scenarios in which it matters whether the new key must be used, and who deletes', async () => {
  const deletion = async (configuration: CoreConfiguration, scenario: CoreScenario) => {
    const { invoked, problems } = await runCore(configuration, scenario);
    expect(problems).toEqual([]);
    const at = invoked.findIndex(({ calls }) => calls.includes('keys.delete'));
    return { at, by: invoked[at]?.functionName };
  };
  const [used, unused] = [
    await deletion('direct,used', 'slow'),
    await deletion('direct,unused', 'slow'),
  ];
  expect(unused.at).toBeLessThan(used.at);
  expect(await deletion('direct,used', 'prompt')).toMatchObject({ by: 'destructor' });
  expect(await deletion('direct,used', 'late-ttl')).toMatchObject({ by: 'rotator' });
});

describe('the pairs', () => {
  it('begin with every fault of a scenario in good health', async () => {
    const [direct, staged] = [await firstFaults('direct,used'), await firstFaults('staged,used')];
    expect(direct.length).toBeGreaterThan(100);
    expect(staged.length).toBeGreaterThan(direct.length);
    expect(direct).toContainEqual(dies(CREATION));
  });

  it.each(['direct,used', 'staged,unused'] as const)(
    'of a crash at the creation of the key end well, whatever comes after it: %s',
    async (configuration) => {
      const { cases, violations } = await pairsWith(configuration, dies(CREATION));
      expect(violations).toEqual([]);
      expect(cases).toBeGreaterThan(100);
    },
  );

  it('are the same for every mailer', () => {
    const of = { encrypted: true, staged: true, used: false } as const;
    expect(
      coreConfigurationsOf([
        { mailer: 'ses', ...of },
        { mailer: 'smtp', ...of, encrypted: false },
        { mailer: 'ses', ...of, staged: false },
      ]),
    ).toEqual(['staged,unused', 'direct,unused']);
  });
});
