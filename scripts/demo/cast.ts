/**
 * Who is in the account, and what each of them does. The first are there to show something; the
 * others make it a company.
 */
import { ageToBeDueOn } from './calendar.ts';
import { chance } from './chance.ts';

/** Something a person does, once. */
export type Deed =
  | 'removes the timer'
  | 'deletes the old key'
  | 'deletes the older key'
  | 'has the old key activated again'
  | { readonly retag: Readonly<Record<string, string>> }
  | { readonly untag: string }
  | { readonly rename: string }
  | 'leaves the company';

export interface Act {
  /** On a day, or so many days after the first mail with a key, or after a deactivation. */
  readonly when:
    | { readonly day: number }
    | { readonly afterMail: number }
    | { readonly afterDeactivation: number };
  readonly deed: Deed;
  /** What is told of it. */
  readonly tell: string;
}

export interface Part {
  readonly name: string;
  readonly keys: readonly { readonly ageDays: number; readonly status?: 'Inactive' }[];
  /** `IKR:EMAIL` is added unless it is here, or the user is untagged. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly untagged?: boolean;
  /** Days until a mail is opened; missing when nobody ever does. */
  readonly opensAfterDays?: number;
  readonly acts?: readonly Act[];
  /** The mail server refuses this address. */
  readonly refused?: string;
}

/** Whose rotation is hit by what. Each is the only one who is due at that hour. */
export const CRASH_BEFORE_MAIL = { name: 'dan', day: 5, hour: 13 };
export const CRASH_AFTER_MAIL = { name: 'trent', day: 25, hour: 13 };
export const ANSWER_LOST = { name: 'olga', day: 10, hour: 13 };
export const MAIL_LOST = { name: 'pavel', day: 10, hour: 19 };
/** From the first run of this day until the first run of that: no mail at all. */
export const OUTAGE = { fromDay: 11, toDay: 14 };
export const THROTTLED = { name: 'rupert', day: 18, hour: 13 };

const one = (ageDays: number) => ({ keys: [{ ageDays }] });
const dueOn = ({ day, hour }: { day: number; hour: number }) => one(ageToBeDueOn(day, hour));

const STORIES: readonly Part[] = [
  { name: 'alice', ...one(84), opensAfterDays: 0 },
  { name: 'bob', ...one(82), opensAfterDays: 5 },
  { name: 'carol', ...one(86) },
  { name: CRASH_BEFORE_MAIL.name, ...dueOn(CRASH_BEFORE_MAIL), opensAfterDays: 0 },
  { name: 'alice+ci@example.com', ...one(81), opensAfterDays: 0 },
  {
    name: 'mia',
    ...one(83),
    opensAfterDays: 1,
    acts: [
      {
        when: { afterMail: 3 },
        deed: 'removes the timer',
        tell: 'deletes the timer in the DynamoDB console: the old key must stay',
      },
      {
        when: { afterMail: 26 },
        deed: 'deletes the old key',
        tell: 'deletes the old key after all',
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
    acts: [
      {
        when: { afterDeactivation: 1 },
        deed: 'has the old key activated again',
        tell: 'can work no more, and has the old key activated again',
      },
      { when: { afterMail: 16 }, deed: 'deletes the old key', tell: 'deletes the old key by hand' },
    ],
  },
  {
    name: 'dave',
    keys: [{ ageDays: 300 }, { ageDays: 120 }],
    opensAfterDays: 2,
    acts: [
      {
        when: { day: 15 },
        deed: 'deletes the older key',
        tell: 'deletes the older key, which nothing used',
      },
    ],
  },
  {
    name: 'heidi',
    ...one(90),
    tags: { 'IKR:EMAIL': 'heidi at example.com' },
    opensAfterDays: 0,
    acts: [
      {
        when: { day: 15 },
        deed: { retag: { 'IKR:EMAIL': 'heidi@example.com' } },
        tell: 'has the address in the tag corrected',
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
    acts: [
      {
        when: { afterMail: 2 },
        deed: { rename: 'nina.kowalski' },
        tell: 'is called nina.kowalski from now on',
      },
    ],
  },
  {
    name: 'oscar',
    ...one(82),
    opensAfterDays: 1,
    acts: [
      {
        when: { afterMail: 4 },
        deed: 'leaves the company',
        tell: 'leaves, and the IAM user is deleted',
      },
    ],
  },
  {
    name: 'peggy',
    ...one(83),
    opensAfterDays: 2,
    acts: [
      {
        when: { afterMail: 3 },
        deed: { untag: 'IKR:EMAIL' },
        tell: 'loses the tag IKR:EMAIL; what was begun is still finished',
      },
    ],
  },
  {
    name: 'quinn',
    ...one(84),
    opensAfterDays: 0,
    tags: { 'IKR:EMAIL': 'quinn@exmaple.com' },
    refused: 'quinn@exmaple.com',
    acts: [
      {
        when: { day: 6 },
        deed: { retag: { 'IKR:EMAIL': 'quinn@example.com' } },
        tell: 'has the spelling of the address corrected',
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
    acts: [
      {
        when: { afterMail: 3 },
        deed: 'deletes the old key',
        tell: 'does not wait, and deletes the old key by hand',
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

/** The users of the account: the stories first, then as many others as it takes. */
export function castOf(users: number, seed: number): Part[] {
  const others = Array.from({ length: Math.max(0, users - STORIES.length) }, (_, index) => {
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
  return [...STORIES.slice(0, users), ...others];
}
