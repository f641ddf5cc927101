/** What is done in a scenario besides the product's runs. */
export const SCENARIOS = {
  /** The owner changes keys before anything happens to the old one. */
  prompt: { keyAgeDays: 81, opensAfterHours: 12, ttlLateHours: 0 },
  /** The owner opens the mail after the date it names. */
  slow: { keyAgeDays: 81, opensAfterHours: 54, ttlLateHours: 0 },
  /** The TTL service is two days late, and the rotator has to see to it. */
  'late-ttl': { keyAgeDays: 81, opensAfterHours: 12, ttlLateHours: 48 },
  /** The owner opens the mail when the old key is already too old to be kept active. */
  overdue: { keyAgeDays: 89, opensAfterHours: 102, ttlLateHours: 0 },
} as const;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** How often the event source mapping delivers a batch again that failed. */
export const MAX_DELIVERIES = 11;
