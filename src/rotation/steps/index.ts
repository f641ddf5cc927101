/**
 * The steps of a rotation. `plan` (domain/plan) says which comes next; each can be entered on its
 * own, by whatever run finds the record in that state.
 *
 *     begin                                  → STARTED
 *     prepare      content key, target, standing of the user
 *     create       CreateAccessKey, seal     → DELIVERING
 *     deliver      one attempt
 *     schedule     timer                     → SCHEDULED
 *     deactivate   the old key               → DEACTIVATED
 *     delete       the old key
 *     close        content key, history      → CLOSED
 *
 * An interruption before `create` has written leaves a key whose secret nobody has: the next run
 * finds and deletes it. From then on nothing is lost: the pair is delivered again from the journal.
 */
import type { ActionName } from '../../domain/plan/types.ts';
import { createKeySteps } from './create-key.ts';
import { endSteps } from './end.ts';
import { handOverSteps } from './hand-over.ts';
import { oldKeySteps } from './old-key.ts';
import { prepareStep } from './prepare.ts';
import { createSecretsInHand } from './secrets-in-hand.ts';
import type { Step, StepPorts } from './types.ts';

export type Steps = { readonly [Name in ActionName]: Step<Name> };

export function createSteps(ports: StepPorts): Steps {
  const secrets = createSecretsInHand();
  const creating = createKeySteps(ports, secrets);
  const handOver = handOverSteps(ports, secrets);
  const oldKey = oldKeySteps(ports);
  const end = endSteps(ports);
  return {
    remember: end.remember,

    begin: creating.begin,
    prepare: prepareStep(ports, secrets),
    create: creating.create,
    'delete-orphan': creating.deleteOrphan,
    restart: creating.restart,

    'begin-attempt': handOver.beginAttempt,
    deliver: handOver.deliver,
    'record-failed-attempt': handOver.recordFailedAttempt,
    'back-off': handOver.backOff,
    'reactivate-new-key': handOver.reactivateNewKey,
    schedule: handOver.schedule,
    'deactivate-new-key': handOver.deactivateNewKey,
    withdraw: handOver.withdraw,
    'delete-new-key': handOver.deleteNewKey,

    'update-target': oldKey.updateTarget,
    'set-timer': oldKey.setTimer,
    'remove-timer': oldKey.removeTimer,
    remind: oldKey.remind,
    deactivate: oldKey.deactivate,
    delete: oldKey.deleteOldKey,
    'await-first-use': oldKey.awaitFirstUse,

    cancel: end.cancel,
    close: end.close,
  };
}
