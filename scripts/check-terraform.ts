/**
 * Checks the Terraform module: format, validity, its tests, its examples, and a security scan.
 *
 *     node --import tsx scripts/check-terraform.ts [--apply]
 *
 * The examples are planned in a copy of the module, which leaves nothing behind. Planning asks AWS
 * who the caller is. With --apply they are applied as well, twice, and the second plan must be
 * empty: only for an account or a stand-in that is there for it. The environment names the tools:
 * TERRAFORM (a command, `terraform` by default) and CHECKOV (`checkov`).
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const [terraform = '', ...terraformWords] = (process.env.TERRAFORM || 'terraform').split(/\s+/);
const checkov = process.env.CHECKOV || 'checkov';
const applies = process.argv.includes('--apply');

/** Given for every secret, and to be found in no plan and no state. */
const CANARY = 'canary-of-the-terraform-check';
const SECRETS = { TF_VAR_smtp_password: CANARY, TF_VAR_mailgun_api_key: CANARY };
const environment = {
  // Variables of whoever runs this would come before those of the tests.
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('TF_VAR_')),
  ),
  NO_COLOR: '1',
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
};

class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** Runs a command and gives its standard output; other exit codes than these are failures. */
function run(
  command: string,
  args: readonly string[],
  { cwd, allowed = [0], extra }: { cwd: string; allowed?: number[]; extra?: typeof SECRETS },
): string {
  const done = spawnSync(command, args, {
    cwd,
    env: { ...environment, ...extra },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.error) throw new CheckFailed(`${command} can't be run: ${done.error.message}`);
  if (!allowed.includes(done.status ?? -1)) {
    throw new CheckFailed(`${command} ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

function tf(cwd: string, args: readonly string[], extra?: typeof SECRETS): string {
  return run(terraform, [...terraformWords, ...args], { cwd, ...(extra && { extra }) });
}

function prepare(directory: string): void {
  tf(directory, ['init', '-backend=false', '-no-color']);
  tf(directory, ['validate', '-no-color']);
}

/** Formats, validates and tests the module. @returns how many tests passed */
function checkModule(directory: string): number {
  tf(directory, ['fmt', '-check', '-recursive', '-diff']);
  prepare(directory);
  const [, passed] =
    /(\d+) passed, 0 failed\.?\s*$/.exec(tf(directory, ['test', '-no-color'])) ?? [];
  if (passed === undefined) throw new CheckFailed('terraform test does not say what passed.');
  return Number(passed);
}

interface Resource {
  readonly mode: string;
}
interface PlannedModule {
  readonly resources?: readonly Resource[];
  readonly child_modules?: readonly PlannedModule[];
}
interface Plan {
  readonly planned_values: { readonly root_module: PlannedModule };
  readonly resource_changes?: readonly {
    readonly change: { readonly actions: readonly string[] };
  }[];
}

/** Plans an example, and applies it twice where that is wanted; leaves the plan in `plan.json`. */
async function checkExample(directory: string): Promise<number> {
  prepare(directory);
  if (applies) {
    tf(directory, ['apply', '-auto-approve', '-no-color'], SECRETS);
    await assertNoSecret(join(directory, 'terraform.tfstate'));
  }
  tf(directory, ['plan', '-no-color', '-out=plan.bin'], SECRETS);
  const json = tf(directory, ['show', '-json', 'plan.bin']);
  await writeFile(join(directory, 'plan.json'), json);
  await assertNoSecret(join(directory, 'plan.json'));
  const plan = JSON.parse(json) as Plan;
  const changes = (plan.resource_changes ?? []).filter(({ change }) =>
    change.actions.some((action) => action !== 'no-op' && action !== 'read'),
  ).length;
  if (applies && changes > 0) {
    throw new CheckFailed(`The second plan of ${directory} changes ${changes} resources.`);
  }
  return managed(plan.planned_values.root_module);
}

function managed({ resources = [], child_modules = [] }: PlannedModule): number {
  const own = resources.filter(({ mode }) => mode === 'managed').length;
  return child_modules.reduce((sum, child) => sum + managed(child), own);
}

async function assertNoSecret(path: string): Promise<void> {
  if ((await readFile(path, 'utf8')).includes(CANARY)) {
    throw new CheckFailed(`${path} holds a secret.`);
  }
}

interface Scan {
  readonly results: Readonly<Record<string, readonly { readonly check_id: string }[]>>;
}

/** Scans sources or a plan; every rule that is skipped says why where it is skipped. */
function scan(cwd: string, ...args: string[]): { rules: string[]; told: string } {
  const options = { cwd, allowed: [0, 1] };
  const output = run(checkov, [...args, '--output', 'json', '--skip-download'], options);
  const { results } = JSON.parse(output) as Scan;
  const of = (kind: string) => results[`${kind}_checks`] ?? [];
  if (of('failed').length > 0) {
    // Once more, for people to read.
    console.error(run(checkov, [...args, '--quiet', '--compact', '--skip-download'], options));
    throw new CheckFailed(`checkov found ${of('failed').length} problems.`);
  }
  const ids = [...of('passed'), ...of('skipped')].map(({ check_id }) => check_id);
  const rules = [...new Set(ids)];
  if (rules.length === 0) throw new CheckFailed('checkov checked nothing.');
  const told = `${rules.length} rules, ${of('passed').length} checks passed, ${of('skipped').length} skipped with a reason`;
  return { rules, told };
}

async function main(): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'ikr-terraform-'));
  try {
    const built = await readdir(join(root, 'dist')).catch((): string[] => []);
    if (!built.includes('rotator.zip')) throw new CheckFailed('Build first: npm run build');
    const left = /[/\\](\.terraform(\.lock\.hcl)?|terraform\.tfstate.*)$/;
    const options = { recursive: true, filter: (path: string) => !left.test(path) };
    await cp(join(root, 'terraform'), join(copy, 'terraform'), options);
    await cp(join(root, 'dist'), join(copy, 'dist'), options);
    const module = join(copy, 'terraform');

    const tests = checkModule(module);
    console.log(`module: ${tests} tests passed`);
    // Before plans stand beside them.
    const sources = scan(copy, '-d', 'terraform', '--framework', 'terraform');
    console.log(`  scan of the sources: ${sources.told}`);

    const rules = new Set(sources.rules);
    let resources = 0;
    for (const example of (await readdir(join(module, 'examples'))).sort()) {
      const directory = join(module, 'examples', example);
      const planned = await checkExample(directory);
      resources += planned;
      const plan = ['-f', join(directory, 'plan.json'), '--framework', 'terraform_plan'];
      const found = scan(copy, ...plan, '--repo-root-for-plan-enrichment', 'terraform');
      for (const rule of found.rules) rules.add(rule);
      console.log(
        `example ${example}: ${planned} resources${applies ? ', second plan empty' : ''}\n  scan of the plan: ${found.told}`,
      );
    }
    console.log(`terraform: ${tests} tests, ${resources} resources, ${rules.size} rules`);
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

await main();
