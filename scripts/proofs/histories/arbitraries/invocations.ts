/** Draws invocations, and what goes wrong in them. */
import fc from 'fast-check';
import type { CallName } from '../../../../simulation/memory/calls.ts';
import type { CallFaultKind, MailOutcome } from '../../../../simulation/scenario/faults.ts';
import type { Command, InvocationPlan, PlannedFault } from '../model/history.ts';
import { oneOf } from './draw.ts';

const minutes = fc.constantFrom(0, 1, 3, 5, 9, 13, 19, 22, 45);

/** The calls of both functions, those with effects more often. */
const calls = oneOf<CallName>(
  ['keys.create', 4],
  ['journal.begin', 3],
  ['journal.replace', 8],
  ['mailer.send', 4],
  ['contentKeys.put', 3],
  ['contentKeys.get', 1],
  ['contentKeys.remove', 3],
  ['keys.delete', 4],
  ['keys.deactivate', 3],
  ['keys.activate', 1],
  ['keys.list', 4],
  ['keys.owner', 3],
  ['keys.userId', 1],
  ['journal.putTimer', 4],
  ['journal.removeTimer', 2],
  ['journal.addHistory', 2],
  ['journal.read', 2],
  ['journal.readAll', 1],
  ['journal.readAccount', 1],
  ['inventory.users', 1],
  ['inventory.reportRows', 1],
  ['account.describe', 1],
  ['mailer.verify', 1],
);

const mailOutcomes = fc.array(
  oneOf<MailOutcome>(
    ['accepted', 2],
    ['refused', 3],
    ['lost', 3],
    ['arrived-unknown', 2],
    ['not-now', 2],
    ['quota-spent', 1],
  ),
  { minLength: 1, maxLength: 3 },
);

function faults(
  meanwhile: fc.Arbitrary<readonly Command[]>,
): fc.Arbitrary<readonly PlannedFault[]> {
  return fc.array(
    fc.record({
      at: calls,
      nth: oneOf([0, 8], [1, 4], [2, 2], [3, 1]),
      phase: fc.constantFrom('before', 'after'),
      kind: oneOf<CallFaultKind>(
        ['error', 4],
        ['die', 4],
        ['throttle', 1],
        ['deny', 1],
        ['pause', 3],
      ),
      minutes,
      meanwhile,
    }),
    { minLength: 1, maxLength: 2 },
  );
}

/** A run of the program; the smaller the weight, the fewer things go wrong in it. */
export function invocation(
  faultWeight: number,
  meanwhile: fc.Arbitrary<readonly Command[]>,
): fc.Arbitrary<InvocationPlan> {
  const often = <T>(usual: T, arbitrary: fc.Arbitrary<T>, weight: number) =>
    fc.oneof(
      { weight: 20, arbitrary: fc.constant(usual) },
      { weight: weight * faultWeight, arbitrary },
    );
  return fc.record({
    timeout: often<InvocationPlan['timeout']>('usual', fc.constantFrom('none', 'short'), 5),
    skewSeconds: fc.constantFrom(0, 0, 30, 60),
    dryRun: often(false, fc.constant(true), 1),
    faults: often<readonly PlannedFault[]>([], faults(meanwhile), 20),
    mails: often<readonly MailOutcome[]>([], mailOutcomes, 6),
    mailerDown: often(false, fc.constant(true), 1),
  });
}
