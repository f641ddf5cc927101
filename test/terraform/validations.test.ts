/** Every variable is described, and every validation has a run of `terraform test` that it rejects. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Block,
  expression,
  labelled,
  type Module,
  readHcl,
  readModule,
} from '../../scripts/terraform-module.ts';

let module: Module;
let runs: Block[];

beforeAll(async () => {
  module = await readModule('terraform');
  const files = await readHcl('terraform/tests', '.tftest.hcl');
  runs = files.flatMap((file) => labelled(file, 'run').map(([, run]) => run));
});

/** The number of runs in which a validation of the variable must fail. */
function expectedFailuresOf(name: string): number {
  return runs.filter((run) =>
    ((run.expect_failures ?? []) as unknown[]).map(expression).includes(`var.${name}`),
  ).length;
}

describe('The variables of the module', () => {
  it('each have a type and a description', () => {
    const undescribed = module.variables.filter(({ type, description }) => !type || !description);
    expect(undescribed.map(({ name }) => name)).toEqual([]);
  });

  it('each have a run for every validation', () => {
    const untested = module.variables.filter(
      ({ name, errorMessages }) => expectedFailuresOf(name) < errorMessages.length,
    );
    expect(untested.map(({ name }) => name)).toEqual([]);
  });

  it('are validated unless every value of their type is valid', () => {
    const unvalidated = module.variables.filter(
      ({ type, errorMessages }) => type !== 'bool' && errorMessages.length === 0,
    );
    expect(unvalidated.map(({ name }) => name)).toEqual(['archive_directory']);
  });

  it('are named in each of their error messages', () => {
    const unnamed = module.variables.filter(({ name, errorMessages }) =>
      errorMessages.some((message) => !message.includes(name)),
    );
    expect(unnamed.map(({ name }) => name)).toEqual([]);
  });
});
