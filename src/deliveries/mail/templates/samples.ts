/**
 * One sample of every mail, for the preview and the tests. Account and user are invented, the keys
 * are the ones that AWS's own documentation shows.
 */
import { Secret } from '../../../domain/secret.ts';
import { DAY_MS } from '../../../domain/time.ts';
import type { MailFacts, MailText, NewKeyFacts, Payload } from './facts.ts';
import { deactivatedMail, deletedMail, newKeyMail, reminderMail } from './index.ts';

export interface SampleMail {
  /** A file name without its ending. */
  readonly name: string;
  /** What the sample shows, in a few words. */
  readonly about: string;
  readonly mail: MailText;
}

const DELIVERED_AT_MS = Date.UTC(2026, 10, 20, 14, 5);

const FACTS: MailFacts = {
  account: { accountId: '123456789012', alias: 'example-prod' },
  userName: 'alice',
  oldKeyId: 'AKIAIOSFODNN7EXAMPLE',
  newKeyId: 'AKIAI44QH8DHBEXAMPLE',
  instructions: '',
  requireNewKeyUsed: true,
  ageLimitAtMs: Date.UTC(2026, 10, 30, 14, 5),
  deleteOnMs: DELIVERED_AT_MS + 7 * DAY_MS,
};

const IN_STAGES: MailFacts = { ...FACTS, deactivateOnMs: DELIVERED_AT_MS + 4 * DAY_MS };

const INSTRUCTIONS =
  'The build server reads this key from the secret DEPLOY_KEY. Ask the platform team (room 4.12) ' +
  'if you are not sure where else it is used.';

/** Sealed under a content key that exists nowhere else but in the tests. */
const SEALED: Payload = {
  kind: 'sealed',
  token:
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiNGY2YzFmMGUtMmE3Ny00ZjBiLTlkMGUt' +
    'NWIxYTNjN2Q5ZTIxIiwidXNlciI6ImFybjphd3M6aWFtOjoxMjM0NTY3ODkwMTI6dXNlci9hbGljZSIs' +
    'InBhcmFtZXRlciI6Ii9pa3Ivc2VjcmV0L2lhbS9hbGljZSIsInJlZ2lvbiI6ImV1LWNlbnRyYWwtMSJ9' +
    '..6hjZdUmLrHng5O06.7xG1_trpXita7kMQ8SlpZy1bWQTUjEoFl0NntrEKWN4R5TsKWsw_wo55CsVrn' +
    'QIlCcrXbYwUWyXjDiTNGqmoH3VmpIQhniwUBtWAZcBmMkWmsaerTD9ERMe6n76yD4_4wCrN.PBuRj-yi' +
    'fRZ1RUXXphC-ag',
  parameterName: '/ikr/secret/iam/alice',
  region: 'eu-central-1',
};

const CLEAR: Payload = {
  kind: 'plaintext',
  pair: {
    accessKeyId: FACTS.newKeyId,
    secretAccessKey: new Secret('je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY'),
  },
};

const SEALED_FACTS: NewKeyFacts = { ...FACTS, payload: SEALED, repeated: false, oldKey: 'works' };

/** Every mail in every variant that reads differently. */
export function sampleMails(): SampleMail[] {
  return [
    {
      name: 'new-key-sealed',
      about: 'New key, sealed',
      mail: newKeyMail(SEALED_FACTS),
    },
    {
      name: 'new-key-sealed-in-stages',
      about: 'New key, sealed; instructions; the old key is deactivated before it is deleted',
      mail: newKeyMail({ ...SEALED_FACTS, ...IN_STAGES, instructions: INSTRUCTIONS }),
    },
    {
      name: 'new-key-sealed-repeated',
      about: 'New key, sealed, sent again; the old key goes whether or not the new one was used',
      mail: newKeyMail({
        ...SEALED_FACTS,
        repeated: true,
        oldKey: 'works',
        requireNewKeyUsed: false,
      }),
    },
    {
      name: 'new-key-sealed-late',
      about: 'New key, sealed, sent again when the time of the old key was over',
      mail: newKeyMail({ ...SEALED_FACTS, repeated: true, oldKey: 'kept' }),
    },
    {
      name: 'new-key-sealed-inactive',
      about: 'New key, sealed, sent again when the old key was deactivated',
      mail: newKeyMail({ ...SEALED_FACTS, ...IN_STAGES, repeated: true, oldKey: 'inactive' }),
    },
    {
      name: 'new-key-sealed-cancelled',
      about: 'New key, sealed, sent again after administrators took the timer back',
      mail: newKeyMail({ ...SEALED_FACTS, repeated: true, oldKey: 'stays' }),
    },
    {
      name: 'new-key-clear',
      about: 'New key, in clear; instructions',
      mail: newKeyMail({
        ...FACTS,
        payload: CLEAR,
        repeated: false,
        oldKey: 'works',
        instructions: INSTRUCTIONS,
      }),
    },
    {
      name: 'new-key-clear-in-stages-repeated',
      about: 'New key, in clear, sent again; an account without alias; deactivated, then deleted',
      mail: newKeyMail({
        ...IN_STAGES,
        account: { accountId: FACTS.account.accountId },
        requireNewKeyUsed: false,
        payload: CLEAR,
        repeated: true,
        oldKey: 'works',
      }),
    },
    {
      name: 'reminder',
      about: 'The new key is unused, the old one still works',
      mail: reminderMail({
        ...IN_STAGES,
        instructions: INSTRUCTIONS,
        deactivatedAtTheLatestMs: DELIVERED_AT_MS + 10 * DAY_MS,
      }),
    },
    {
      name: 'reminder-deactivated',
      about: 'The new key is unused, the old one is deactivated already',
      mail: reminderMail(FACTS),
    },
    {
      name: 'deactivated-stage',
      about: 'The old key is deactivated, as announced',
      mail: deactivatedMail({ ...IN_STAGES, instructions: INSTRUCTIONS, why: 'stage' }),
    },
    {
      name: 'deactivated-max-age',
      about: 'The old key is deactivated at the age limit, the new one is unused',
      mail: deactivatedMail({ ...FACTS, why: 'max-age' }),
    },
    {
      name: 'deleted',
      about: 'The old key is deleted',
      mail: deletedMail({ ...FACTS, instructions: INSTRUCTIONS }),
    },
    {
      name: 'deleted-unused',
      about: 'The old key is deleted; the new one need not have been used',
      mail: deletedMail({ ...FACTS, requireNewKeyUsed: false }),
    },
  ];
}
