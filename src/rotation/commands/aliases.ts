/** Which commands are allowed through which alias of the rotator function. */

/** The function's aliases, each allowed what the ones before it are. */
export const ALIASES = ['read', 'support', 'admin'] as const;
export type Alias = (typeof ALIASES)[number];

export type Action = 'status' | 'history' | 'resend' | 'cancel' | 'rotate';

/** The lowest alias that an action is allowed through. */
export const LOWEST_ALIAS: Readonly<Record<Action, Alias>> = {
  status: 'read',
  history: 'read',
  resend: 'support',
  cancel: 'support',
  rotate: 'admin',
};

/** Whether an action is allowed through an alias. */
export function isAllowed(action: Action, alias: Alias): boolean {
  return ALIASES.indexOf(alias) >= ALIASES.indexOf(LOWEST_ALIAS[action]);
}
