/**
 * The users of the account, and what each of them does. The first ones show one thing each; the
 * others make the account as large as it is to be.
 */
import type { UserAction } from '../../simulation/scenario/user-actions.ts';
import { ageToBeDueOn } from './calendar.ts';
import { chance } from './chance.ts';

/** Something that is done once, for a user or by one. */
export interface PlannedAction {
  /** On a day, or so many days after the first mail with a key, or after a deactivation. */
  readonly when:
    | { readonly day: number }
    | { readonly afterMail: number }
    | { readonly afterDeactivation: number };
  readonly action: UserAction;
  /** How it is printed. */
  readonly text: string;
}

export interface DemoUser {
  readonly name: string;
  readonly keys: readonly { readonly ageDays: number; readonly status?: 'Inactive' }[];
  /** `IKR:EMAIL` is added unless it is here, or the user is untagged. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly untagged?: boolean;
  /** Days until a mail is opened; missing when nobody ever does. */
  readonly opensAfterDays?: number;
  readonly actions?: readonly PlannedAction[];
  /** The mail server refuses this address. */
  readonly refused?: string;
}

/** What goes wrong for whom. Each is the only one who is due at that hour. */
export const CRASH_BEFORE_MAIL = { name: 'dan', day: 5, hour: 13 };
export const CRASH_AFTER_MAIL = { name: 'trent', day: 25, hour: 13 };
export const ANSWER_LOST = { name: 'olga', day: 10, hour: 13 };
export const MAIL_LOST = { name: 'pavel', day: 10, hour: 19 };
/** From the first run of this day until the first run of that: no mail at all. */
export const OUTAGE = { fromDay: 11, toDay: 14 };
export const THROTTLED = { name: 'rupert', day: 18, hour: 13 };

const one = (ageDays: number) => ({ keys: [{ ageDays }] });
const dueOn = ({ day, hour }: { day: number; hour: number }) => one(ageToBeDueOn(day, hour));

const EXAMPLES: readonly DemoUser[] = [
  { name: 'alice', ...one(84), opensAfterDays: 0 },
  { name: 'bob', ...one(82), opensAfterDays: 5 },
  { name: 'carol', ...one(86) },
  { name: CRASH_BEFORE_MAIL.name, ...dueOn(CRASH_BEFORE_MAIL), opensAfterDays: 0 },
  { name: 'alice+ci@example.com', ...one(81), opensAfterDays: 0 },
  {
    name: 'mia',
    ...one(83),
    opensAfterDays: 1,
    actions: [
      {
        when: { afterMail: 3 },
        action: { do: 'remove timer' },
        text: 'deletes the timer in the DynamoDB console: the old key must stay',
      },
      {
        when: { afterMail: 26 },
        action: { do: 'delete key', which: 'oldest' },
        text: 'deletes the old key after all',
      },
    ],
  },
  {
    name: 'kim',
    ...one(80),
    tags: { 'IKR:DEACTIVATE_AFTER_DAYS': '4' },
    opensAfterDays: 0,
  },
  { name: ANSWER_LOST.name, ...dueOn(ANSWER_LOST), opensAfterDays: 0 },
  { name: MAIL_LOST.name, ...dueOn(MAIL_LOST), opensAfterDays: 0 },
  {
    name: 'walter',
    ...one(87),
    opensAfterDays: 9,
    actions: [
      {
        when: { afterDeactivation: 1 },
        action: { do: 'activate key', which: 'oldest' },
        text: 'can not work any more, and has the old key activated again',
      },
      {
        when: { afterMail: 16 },
        action: { do: 'delete key', which: 'oldest' },
        text: 'deletes the old key by hand',
      },
    ],
  },
  {
    name: 'dave',
    keys: [{ ageDays: 300 }, { ageDays: 120 }],
    opensAfterDays: 2,
    actions: [
      {
        when: { day: 15 },
        action: { do: 'delete key', which: 'oldest' },
        text: 'deletes the older key, which nothing used',
      },
    ],
  },
  {
    name: 'heidi',
    ...one(90),
    tags: { 'IKR:EMAIL': 'heidi at example.com' },
    opensAfterDays: 0,
    actions: [
      {
        when: { day: 15 },
        action: { do: 'set tags', tags: { 'IKR:EMAIL': 'heidi@example.com' } },
        text: 'has the address in the tag corrected',
      },
    ],
  },
  { name: 'reports-export', ...one(500), untagged: true },
  { name: 'erin', keys: [{ ageDays: 200, status: 'Inactive' }] },
  { name: 'frank', keys: [] },
  { name: 'ivan', ...one(100), tags: { 'IKR:ROTATE_AFTER_DAYS': 'ninety' } },
  { name: '=weird,name@x', ...one(85), opensAfterDays: 0 },
  {
    name: 'nina',
    ...one(84),
    opensAfterDays: 5,
    actions: [
      {
        when: { afterMail: 2 },
        action: { do: 'rename user', to: 'nina.kowalski' },
        text: 'is called nina.kowalski from now on',
      },
    ],
  },
  {
    name: 'oscar',
    ...one(82),
    opensAfterDays: 1,
    actions: [
      {
        when: { afterMail: 4 },
        action: { do: 'delete user' },
        text: 'leaves, and the IAM user is deleted',
      },
    ],
  },
  {
    name: 'peggy',
    ...one(83),
    opensAfterDays: 2,
    actions: [
      {
        when: { afterMail: 3 },
        action: { do: 'set tags', tags: {} },
        text: 'loses the tag IKR:EMAIL; the rotation that is open is still completed',
      },
    ],
  },
  {
    name: 'quinn',
    ...one(84),
    opensAfterDays: 0,
    tags: { 'IKR:EMAIL': 'quinn@exmaple.com' },
    refused: 'quinn@exmaple.com',
    actions: [
      {
        when: { day: 6 },
        action: { do: 'set tags', tags: { 'IKR:EMAIL': 'quinn@example.com' } },
        text: 'has the spelling of the address corrected',
      },
    ],
  },
  {
    name: 'leo',
    ...one(29),
    tags: { 'IKR:ROTATE_AFTER_DAYS': '30', 'IKR:DELETE_AFTER_DAYS': '3' },
    opensAfterDays: 0,
  },
  {
    name: 'judy',
    ...one(85),
    opensAfterDays: 1,
    tags: {
      'IKR:INSTRUCTION_0': 'The backup server in Büro 7 and the job',
      'IKR:INSTRUCTION_1': 'backup/nightly use this key.',
      'IKR:INSTRUCTION_10': 'Questions: platform@example.com',
    },
  },
  {
    name: 'sybil',
    ...one(82),
    opensAfterDays: 1,
    actions: [
      {
        when: { afterMail: 3 },
        action: { do: 'delete key', which: 'oldest' },
        text: 'does not wait, and deletes the old key by hand',
      },
    ],
  },
  { name: THROTTLED.name, ...dueOn(THROTTLED), opensAfterDays: 0 },
  { name: CRASH_AFTER_MAIL.name, ...dueOn(CRASH_AFTER_MAIL), opensAfterDays: 0 },
];

const NAMES = [
  'build-agent',
  'victor',
  'backup-nightly',
  'wendy',
  'etl-loader',
  'xavier',
  'metrics',
  'yuki',
  'deploy-bot',
  'zoe',
  'billing-export',
  'amir',
  'log-shipper',
  'beatriz',
  'image-resizer',
  'chen',
];

/** The users of the account: the examples first, then as many others as it takes. */
export function usersOf(users: number, seed: number): DemoUser[] {
  const others = Array.from({ length: Math.max(0, users - EXAMPLES.length) }, (_, index) => {
    const name = NAMES[index] ?? `service-${String(index + 1).padStart(3, '0')}`;
    const patience = chance(seed, name, 'opens');
    return {
      name,
      // Whole days, so that none of them is due in the same run as a crash.
      ...one(Math.floor(chance(seed, name, 'age') * 80)),
      ...(patience < 0.95 && {
        opensAfterDays: patience < 0.6 ? 0 : Math.floor(patience * 10) - 4,
      }),
    };
  });
  return [...EXAMPLES.slice(0, users), ...others];
}
