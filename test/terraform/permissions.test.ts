/** The roles have the permissions for the calls of the functions: none is missing and none unused. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readModule } from '../../scripts/terraform-module.ts';
import { CONTENT_KEY_PREFIX } from '../../src/domain/content-key-name.ts';
import { EMAIL_TAG } from '../../src/domain/tags.ts';

/** The calls of runs against the simulated account, as `service:Action`. */
interface RecordedCalls {
  readonly rotator: readonly string[];
  /** Calls of a run in which `GetAccountAuthorizationDetails` is denied. */
  readonly rotatorWithFallbackInventory: readonly string[];
  readonly destructor: readonly string[];
}

/** Permissions by kind of resource, e.g. `{ table: ["dynamodb:GetItem"] }`. */
type Purposes = Readonly<Record<string, readonly string[]>>;

interface Beyond {
  readonly reason: string;
  readonly functions: readonly string[];
  readonly actions: readonly string[];
}

const FUNCTIONS = ['rotator', 'destructor'] as const;
/** Calls to servers outside of AWS. */
const OUTSIDE_AWS = /^(smtp|mailgun):/;

let recorded: RecordedCalls;
let calls: Readonly<Record<string, Purposes>>;
let mailCalls: Readonly<Record<string, Purposes>>;
let beyond: Readonly<Record<string, Beyond>>;
let constants: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  recorded = JSON.parse(await readFile('test/terraform/recorded-calls.json', 'utf8'));
  const { locals } = await readModule('terraform');
  calls = locals.calls as typeof calls;
  mailCalls = locals.mail_calls as typeof mailCalls;
  beyond = locals.beyond_calls as typeof beyond;
  constants = locals;
});

function granted(name: string): Set<string> {
  return new Set([
    ...Object.values(calls[name] ?? {}).flat(),
    ...Object.values(mailCalls[name] ?? {}).flat(),
  ]);
}

function made(name: (typeof FUNCTIONS)[number]): Set<string> {
  const all = [
    ...recorded[name],
    ...(name === 'rotator' ? recorded.rotatorWithFallbackInventory : []),
  ];
  return new Set(all.filter((call) => !OUTSIDE_AWS.test(call)));
}

describe.each(FUNCTIONS)('The role of the %s', (name) => {
  it('allows every call that the function makes', () => {
    const missing = [...made(name)].filter((call) => !granted(name).has(call));
    expect(missing).toEqual([]);
  });

  it('allows no other call', () => {
    const unused = [...granted(name)].filter((call) => !made(name).has(call));
    expect(unused).toEqual([]);
  });

  it('names every permission in full', () => {
    for (const action of granted(name)) expect(action).toMatch(/^[a-z]+:[A-Z][A-Za-z]+$/);
  });
});

describe('Permissions that no recorded call shows', () => {
  it('each have a reason and a function', () => {
    for (const { reason, functions } of Object.values(beyond)) {
      expect(reason).toMatch(/^[A-Z].{20,}\.$/);
      expect(FUNCTIONS).toEqual(expect.arrayContaining([...functions]));
      expect(functions).not.toEqual([]);
    }
  });

  it('include none that a recorded call shows', () => {
    const shown = new Set(FUNCTIONS.flatMap((name) => [...made(name)]));
    const actions = Object.values(beyond).flatMap((entry) => entry.actions);
    expect(actions.filter((action) => shown.has(action))).toEqual([]);
  });
});

describe('Constants of the functions in the module', () => {
  it('have the prefix of the content keys', () => {
    expect(constants.content_key_prefix).toBe(CONTENT_KEY_PREFIX);
  });

  it('have the tag that makes a user a managed user', () => {
    expect(constants.managed_user_tag).toBe(EMAIL_TAG);
  });
});
