/**
 * What holds for one user: the settings of the account, overridden by the user's tags.
 */
import { domainOf } from './address.ts';
import type { IamUser } from './identity.ts';
import type { Promised } from './record.ts';
import { readTags } from './tags.ts';
import { DAY_MS } from './time.ts';

/** The account's settings that tags can override or run into. */
export interface RotationDefaults {
  readonly rotateAfterDays: number;
  readonly deleteAfterDays: number;
  readonly deactivateAfterDays?: number;
  /** In lower case; any domain when missing. */
  readonly allowedMailDomains?: readonly string[];
}

/** The rules for one managed user. */
export interface UserPolicy {
  readonly address: string;
  readonly instructions: string;
  readonly rotateAfterDays: number;
  readonly deleteAfterDays: number;
  readonly deactivateAfterDays?: number;
}

export type PolicyReading =
  | { readonly kind: 'unmanaged' }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'managed'; readonly policy: UserPolicy };

/** Reads a user's tags against the account's settings. */
export function policyFor(user: Pick<IamUser, 'tags'>, defaults: RotationDefaults): PolicyReading {
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
    },
  };
}

/** What a mail that is delivered now promises about the old key. */
export function promise(policy: UserPolicy, deliveredAtMs: number): Promised {
  return {
    ...(policy.deactivateAfterDays !== undefined && {
      deactivateOnMs: deliveredAtMs + policy.deactivateAfterDays * DAY_MS,
    }),
    deleteOnMs: deliveredAtMs + policy.deleteAfterDays * DAY_MS,
  };
}
