import type { CallName } from './calls.ts';

/** What a call left in the table. */
export interface Written {
  readonly state?: unknown;
  readonly vetoed?: unknown;
}

/** The calls that change something, and how they are told; what is written tells some of them apart. */
const EFFECTS: Partial<Record<CallName, (written: Written, before?: object) => string>> = {
  'journal.begin': () => 'write STARTED',
  'journal.add': () => 'remember keys',
  'journal.replace': (written, before) =>
    before && isOnlyRemembered(before, written) ? 'remember keys' : `write ${written.state}`,
  'journal.putTimer': ({ vetoed }) => (vetoed ? 'put vetoed timer' : 'put timer'),
  'journal.removeTimer': () => 'remove timer',
  'journal.addHistory': () => 'write history',
  'keys.create': () => 'create key',
  'keys.activate': () => 'activate key',
  'keys.deactivate': () => 'deactivate key',
  'keys.delete': () => 'delete key',
  'contentKeys.put': () => 'put content key',
  'contentKeys.remove': () => 'remove content key',
  'mailer.send': () => 'send mail',
};

/**
 * A change in words, such as `create key`; `undefined` for a call that changes nothing.
 * @param before what a record was
 */
export function tellEffect(
  call: CallName,
  written: Written = {},
  before?: object,
): string | undefined {
  return EFFECTS[call]?.(written, before);
}

/** Whether nothing changed in a record but what is remembered of the keys. */
function isOnlyRemembered(before: object, after: object): boolean {
  const rest = (record: object) => JSON.stringify({ ...record, version: 0, keySnapshot: 0 });
  return rest(before) === rest(after);
}
