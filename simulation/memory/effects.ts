import type { CallName } from './calls.ts';

/** What a call left in the table. */
export interface Written {
  readonly state?: unknown;
  readonly vetoed?: unknown;
}

/** The calls that change something, and how they are told; what is written tells some of them apart. */
const EFFECTS: Partial<Record<CallName, (written: Written) => string>> = {
  'journal.begin': () => 'write STARTED',
  'journal.add': () => 'remember keys',
  'journal.replace': ({ state }) => `write ${state}`,
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

/** A change in words, such as `create key`; `undefined` for a call that changes nothing. */
export function tellEffect(call: CallName, written: Written = {}): string | undefined {
  return EFFECTS[call]?.(written);
}
