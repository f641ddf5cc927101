/**
 * What holds for one user: the settings of the account, overridden by the user's tags.
 */
import { domainOf } from './address.ts';
import type { IamUser } from './identity.ts';
import type { Promised } from './record.ts';
import { readTags } from './tags.ts';
import { DAY_MS } from './time.ts';

/** What holds for every user of an account who has no tag that says otherwise. */
export interface AccountPolicy {
  readonly rotateAfterDays: number;
  readonly deleteAfterDays: number;
  readonly deactivateAfterDays?: number;
  /** In lower case; any domain when missing. */
  readonly allowedMailDomains?: readonly string[];
  /** Whether an old key stays until the new one was used. */
  readonly requireNewKeyUsed: boolean;
  /** Age at which an old key is deactivated even if the new one was never used. */
  readonly maxKeyAgeDays: number;
}

/** The rules for one managed user. */
export interface UserPolicy {
  readonly address: string;
  readonly instructions: string;
  readonly rotateAfterDays: number;
  readonly deleteAfterDays: number;
  readonly deactivateAfterDays?: number;
  readonly requireNewKeyUsed: boolean;
  readonly maxKeyAgeDays: number;
}

export type PolicyReading =
  | { readonly kind: 'unmanaged' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'managed'; readonly policy: UserPolicy };

/** Reads a user's tags against the account's settings. */
export function policyFor(user: Pick<IamUser, 'tags'>, defaults: AccountPolicy): PolicyReading {
  const reading = readTags(user.tags);
  if (reading.kind !== 'managed') return reading;
  const { tags } = reading;

  const deleteAfterDays = tags.deleteAfterDays ?? defaults.deleteAfterDays;
  const deactivateAfterDays = tags.deactivateAfterDays ?? defaults.deactivateAfterDays;
  const problems: string[] = [];
  if (deactivateAfterDays !== undefined && deactivateAfterDays >= deleteAfterDays) {
    problems.push(
      `the old key would be deactivated after ${deactivateAfterDays} days, which must be less than the ${deleteAfterDays} days after which it is deleted`,
    );
  }
  const domain = domainOf(tags.address);
  if (defaults.allowedMailDomains && !defaults.allowedMailDomains.includes(domain)) {
    problems.push(`the mail domain ${domain} is not among ALLOWED_MAIL_DOMAINS`);
  }
  if (problems.length > 0) return { kind: 'invalid', problems };

  return {
    kind: 'managed',
    policy: {
      address: tags.address,
      instructions: tags.instructions,
      rotateAfterDays: tags.rotateAfterDays ?? defaults.rotateAfterDays,
      deleteAfterDays,
      ...(deactivateAfterDays !== undefined && { deactivateAfterDays }),
      requireNewKeyUsed: defaults.requireNewKeyUsed,
      maxKeyAgeDays: defaults.maxKeyAgeDays,
    },
  };
}

/** What a delivery promises now about the old key. */
export function promise(policy: UserPolicy, deliveredAtMs: number): Promised {
  return {
    ...(policy.deactivateAfterDays !== undefined && {
      deactivateOnMs: deliveredAtMs + policy.deactivateAfterDays * DAY_MS,
    }),
    deleteOnMs: deliveredAtMs + policy.deleteAfterDays * DAY_MS,
    requireNewKeyUsed: policy.requireNewKeyUsed,
    maxKeyAgeDays: policy.maxKeyAgeDays,
  };
}
