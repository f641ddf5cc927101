/**
 * The facts that the rules judge. An observer supplies them; the rules know nothing of where they
 * come from.
 */
import type { RotationRecord } from '../../../src/domain/record.ts';

export type Actor = 'program' | 'person';

/** An access key. */
export interface KeyFacts {
  readonly id: string;
  readonly userId: string;
  readonly createdBy: Actor;
  readonly createdAtMs: number;
  /** The one other key that its user had when it was created: the key it replaces. */
  readonly replaces: string | undefined;
  readonly status: 'Active' | 'Inactive';
  /** When, by whom and how often the status was changed; the creation counts as the first time. */
  readonly statusSinceMs: number;
  readonly statusSetBy: Actor;
  readonly statusChanges: number;
  /** When its owner got the secret: by creating the key, or by the first mail that could be opened. */
  readonly handedOverAtMs?: number;
  /** The rotation that it was sealed for, once a mail told. */
  readonly rotationId?: string;
  /** Whether the owner has the secret in plaintext. */
  readonly isKnown: boolean;
  readonly firstUsedAtMs?: number;
  readonly lastUsedAtMs?: number;
}

type FieldOf<R> = R extends unknown ? keyof R : never;
type ValueOf<R, F extends PropertyKey> = R extends { readonly [K in F]?: infer V } ? V : never;

/** What a rotation record says. A person may have written anything: no field is certain. */
export type RecordFacts = {
  readonly [F in FieldOf<RotationRecord>]?: ValueOf<RotationRecord, F>;
};

/** The wish of a person to keep both keys of a rotation. */
export interface Veto {
  readonly keyIds: readonly (string | undefined)[];
  /** Completes a sentence that begins with “although”. */
  readonly how: string;
}

/** A user as the account stands. */
export interface UserFacts {
  readonly userId: string;
  readonly userName: string;
  /** The keys that exist, oldest first. */
  readonly keys: readonly KeyFacts[];
  readonly record: RecordFacts | undefined;
  /** Whether a person removed or broke the record, and no rotation was begun since. */
  readonly isRecordLost: boolean;
  /** Whether the owner has a mail with the secret that can be opened now. */
  readonly isReadable: (key: KeyFacts) => boolean;
  /** Whether a person took the content key of a rotation away. */
  readonly isSpoiled: (rotationId: string | undefined) => boolean;
}

/** What the product was told to do, and what its view of the account can't be blamed for. */
export interface Circumstances {
  readonly rotateAfterDays: number;
  /** Not judged where it is not known. */
  readonly deleteAfterDays?: number;
  readonly deactivateAfterDays?: number;
  readonly requireNewKeyUsed: boolean;
  readonly maxKeyAgeDays: number;
  /** The only domain that key pairs may be mailed to. */
  readonly mailDomain?: string;
  /** How late IAM tells of the use of a key. */
  readonly lastUsedLagMs: number;
  /** How late IAM lists a change. */
  readonly listLagMs: number;
  /** Whether there is a credential report. */
  readonly hasReport: boolean;
}

interface Observation {
  readonly userName: string;
  readonly atMs: number;
}

/** The program created, changed or deleted an access key. */
export interface KeyChange extends Observation {
  readonly kind: 'create' | 'activate' | 'deactivate' | 'delete';
  /** As it was just before; a new key as it is. */
  readonly key: KeyFacts;
  /** All keys of the user just before. */
  readonly keys: readonly KeyFacts[];
  /** What the record said just then; several where that is not certain. */
  readonly records: readonly RecordFacts[];
  /** A veto that the program had to know of. */
  readonly veto: Veto | undefined;
}

/** A mail with a key pair arrived. */
export interface MailedPair extends Observation {
  readonly key: KeyFacts;
  readonly to: string;
  /** The addresses that the user's tag had while the run was under way. */
  readonly addresses: readonly (string | undefined)[];
  /** What the record said just then, if this was the first mail with the key, and no person's dates. */
  readonly firstMailRecords: readonly RecordFacts[];
  /** The user's tag `IKR:DELETE_AFTER_DAYS`. */
  readonly deleteAfterTag: string | undefined;
}

/** The program changed something; this is a user who had a working key before, as of now. */
export interface AccountChange extends Observation {
  readonly user: UserFacts;
  /** What the program did, such as `keys.delete`. */
  readonly cause: string;
}

/** A run over everybody came to its end, with nothing to hinder it. `atMs` is the end. */
export interface CompletedRun extends Observation {
  readonly user: UserFacts;
  readonly sinceMs: number;
  /** What the record said when the run began. */
  readonly found: RecordFacts | undefined;
  readonly isVetoed: boolean;
}

/** Two runs at once; a count is missing where more than one is no violation. */
export interface SimultaneousRuns extends Observation {
  readonly createdKeys?: number;
  readonly mailedPairs?: number;
}

/** Something was written where others can read it. */
export interface WrittenText extends Observation {
  /** Such as `a log`. */
  readonly where: string;
  /** What the secrets in it are called. */
  readonly secrets: readonly string[];
}

/** Everything that is judged, by its name. */
export interface Observations {
  readonly keyChanged: KeyChange;
  readonly pairMailed: MailedPair;
  readonly accountChanged: AccountChange;
  readonly runCompleted: CompletedRun;
  readonly runsAtOnce: SimultaneousRuns;
  readonly textWritten: WrittenText;
}
