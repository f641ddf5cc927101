/** The settings of the built functions under the conditions of a history. */
import type { Conditions } from '../model/history.ts';

export function settingsOf(conditions: Conditions): Record<string, string> {
  const { deactivateAfterDays, maxRotationsPerRun } = conditions;
  return {
    ROTATE_AFTER_DAYS: String(conditions.rotateAfterDays),
    DELETE_AFTER_DAYS: String(conditions.deleteAfterDays),
    REQUIRE_NEW_KEY_USED: String(conditions.requireNewKeyUsed),
    MAX_KEY_AGE_DAYS: String(conditions.maxKeyAgeDays),
    ENCRYPT_KEY_PAIR: String(conditions.encryptKeyPair),
    RETRY_AFTER_MINS: '5',
    ...(deactivateAfterDays !== undefined && {
      DEACTIVATE_AFTER_DAYS: String(deactivateAfterDays),
    }),
    ...(maxRotationsPerRun !== undefined && {
      MAX_ROTATIONS_PER_RUN: String(maxRotationsPerRun),
    }),
    ...(conditions.oneMailDomain && { ALLOWED_MAIL_DOMAINS: 'example.com' }),
  };
}
