/** What people do that the rules have to allow for. */
import type { Environment } from '../../scenario/environment.ts';
import { recordKey, timerKey } from '../../scenario/table-items.ts';
import type { UserAction } from '../../scenario/user-actions.ts';
import type { RecordFacts } from '../rules/facts.ts';
import {
  ACTIVATED_AGAIN,
  isDeactivatedOldKey,
  isVetoByRemoval,
  TIMER_REMOVED,
} from '../rules/vetoes.ts';
import type { Knowledge } from './knowledge.ts';

export class Interventions {
  readonly #environment: Environment;
  readonly #knowledge: Knowledge;
  /** Users whose record a person removed or broke, until another rotation begins. */
  readonly #lostRecords = new Set<string>();
  /** Rotations whose content key a person took away. */
  readonly #spoiled = new Set<string>();

  constructor(environment: Environment, knowledge: Knowledge) {
    this.#environment = environment;
    this.#knowledge = knowledge;
  }

  hasLostRecord(userId: string): boolean {
    return this.#lostRecords.has(userId);
  }

  /** A new record says where the user's rotation stands. */
  findRecord(userId: string): void {
    this.#lostRecords.delete(userId);
  }

  isSpoiled(rotationId: string | undefined): boolean {
    return rotationId !== undefined && this.#spoiled.has(rotationId);
  }

  /** Notes what a user action means, once it was done. */
  async note(
    action: UserAction,
    userId: string,
    act: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const { table, parameters } = this.#environment;
    const record = this.#record(userId);
    const timer = table.get(timerKey(this.#environment.accountId, userId, record?.oldKeyId ?? ''));
    const contentKeyOf = parameters.rotationIn(record?.parameterName ?? '');
    const result = await act();
    if (result === undefined) return undefined;

    switch (action.do) {
      case 'activate key':
        if (!isDeactivatedOldKey(record, result)) break;
        this.#knowledge.veto(userId, record, ACTIVATED_AGAIN, true);
        break;
      case 'deactivate key':
        if (isDeactivatedOldKey(record, result)) this.#knowledge.takeBackVeto(userId);
        break;
      case 'remove timer':
        if (!isVetoByRemoval(record, timer?.rotationId)) break;
        this.#knowledge.veto(userId, record, TIMER_REMOVED, false);
        break;
      case 'forge timer':
        // Who sets the timer again takes back its removal, and nothing else.
        this.streamRecordLost(userId);
        break;
      case 'remove record':
      case 'break record':
        // A closed record says nothing of the keys that are there.
        if (record?.state !== 'CLOSED') this.#lostRecords.add(userId);
        break;
      case 'delete parameter':
      case 'overwrite parameter':
        if (contentKeyOf !== undefined) this.#spoiled.add(contentKeyOf);
        break;
      case 'set tags':
        this.#knowledge.noteAddress(userId);
        break;
      default:
    }
    return result;
  }

  /** A stream record was lost, and with it the veto that it told of, unless the record has it. */
  streamRecordLost(userId: string): void {
    if (this.#record(userId)?.state !== 'CANCELLED') this.#knowledge.takeBackRemoval(userId);
  }

  #record(userId: string): RecordFacts | undefined {
    return this.#environment.table.get(recordKey(this.#environment.accountId, userId)) as
      | RecordFacts
      | undefined;
  }
}
