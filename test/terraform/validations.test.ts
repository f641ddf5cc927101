/** Every variable says what it is, and whatever it refuses is refused in a run of `terraform test`. */
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

/** How many runs expect the variable to refuse. */
function refusalsOf(name: string): number {
  return runs.filter((run) =>
    ((run.expect_failures ?? []) as unknown[]).map(expression).includes(`var.${name}`),
  ).length;
}

describe('The variables of the module', () => {
  it('each have a type and a description', () => {
    const bare = module.variables.filter(({ type, description }) => !type || !description);
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('each have a run for every validation', () => {
    const untried = module.variables.filter(
      ({ name, refusals }) => refusalsOf(name) < refusals.length,
    );
    expect(untried.map(({ name }) => name)).toEqual([]);
  });

  it('are validated unless any value of their type is right', () => {
    const unchecked = module.variables.filter(
      ({ type, refusals }) => type !== 'bool' && refusals.length === 0,
    );
    expect(unchecked.map(({ name }) => name)).toEqual(['archive_directory']);
  });

  it('say in every refusal which variable it is about', () => {
    const vague = module.variables.filter(({ name, refusals }) =>
      refusals.some((refusal) => !refusal.includes(name)),
    );
    expect(vague.map(({ name }) => name)).toEqual([]);
  });
});
