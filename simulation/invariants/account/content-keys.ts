/** Tells content keys that a person took away from those that the program removed. */
import type { Call } from '../../aws/index.ts';
import type { Environment } from '../../scenario/environment.ts';
import type { PairMails } from '../checker/pair-mails.ts';
import type { KeyFacts } from '../rules/facts.ts';

export class ContentKeys {
  readonly #parameters: Environment['parameters'];
  readonly #mails: PairMails;
  /** When the program last wrote or removed each parameter. */
  readonly #changedAtMs = new Map<string, number>();
  readonly #spoiled = new Set<string>();

  constructor(parameters: Environment['parameters'], mails: PairMails) {
    this.#parameters = parameters;
    this.#mails = mails;
  }

  /** Takes in what the program did to parameters. */
  note(calls: readonly Call[]): void {
    for (const { service, action, outcome, resource, atMs } of calls) {
      const isChange = service === 'ssm' && ['PutParameter', 'DeleteParameter'].includes(action);
      if (!isChange || !/^ok$|-after$/.test(outcome)) continue;
      this.#changedAtMs.set(resource.Name ?? '', atMs);
    }
  }

  /** Keys whose mail a person has made useless since the last call. */
  findSpoiled(keys: readonly KeyFacts[]): readonly KeyFacts[] {
    return keys.filter((key) => {
      const { rotationId, handedOverAtMs } = key;
      if (rotationId === undefined || handedOverAtMs === undefined || key.isKnown) return false;
      if (this.#spoiled.has(rotationId)) return false;
      const names = this.#mails.of(key.id).flatMap(({ seal }) => seal?.parameterName ?? []);
      const isByPerson = names.every(
        (name) =>
          this.#parameters.rotationIn(name) !== rotationId &&
          (this.#changedAtMs.get(name) ?? 0) <= handedOverAtMs,
      );
      if (isByPerson) this.#spoiled.add(rotationId);
      return isByPerson;
    });
  }

  isSpoiled(rotationId: string | undefined): boolean {
    return rotationId !== undefined && this.#spoiled.has(rotationId);
  }
}
