/**
 * Checks the Terraform module: format, validity, its tests, its examples, and a security scan.
 *
 *     node --import tsx scripts/check-terraform.ts [--apply]
 *
 * The examples are planned in a temporary copy of the module. Planning calls AWS to identify the
 * caller. With --apply the examples are applied as well, and the plan after that must be empty: use
 * it only with a test account or a stand-in for AWS. The environment variables TERRAFORM and CHECKOV
 * set the commands of the tools (`terraform` and `checkov` by default).
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const [terraform = '', ...terraformWords] = (process.env.TERRAFORM || 'terraform').split(/\s+/);
const checkov = process.env.CHECKOV || 'checkov';
const applies = process.argv.includes('--apply');

/** The value of every secret; no plan and no state may contain it. */
const CANARY = 'canary-of-the-terraform-check';
const SECRETS = { TF_VAR_smtp_password: CANARY, TF_VAR_mailgun_api_key: CANARY };
const environment = {
  // TF_VAR_ variables of the shell would take precedence over those of the tests.
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

/** Runs a command and returns its standard output; exit codes that are not allowed are failures. */
function run(
  command: string,
  args: readonly string[],
  { cwd, allowed = [0], extra }: { cwd: string; allowed?: number[]; extra?: typeof SECRETS },
): string {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...environment, ...extra },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.error) throw new CheckFailed(`${command} cannot be run: ${result.error.message}`);
  if (!allowed.includes(result.status ?? -1)) {
    throw new CheckFailed(`${command} ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
  }
  return result.stdout;
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
  if (passed === undefined)
    throw new CheckFailed('The output of terraform test has no number of passed tests.');
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

/** Applies an example with --apply, then plans it; writes the plan to `plan.json`. */
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
    throw new CheckFailed(`The plan of ${directory} after its apply changes ${changes} resources.`);
  }
  return managed(plan.planned_values.root_module);
}

function managed({ resources = [], child_modules = [] }: PlannedModule): number {
  const own = resources.filter(({ mode }) => mode === 'managed').length;
  return child_modules.reduce((sum, child) => sum + managed(child), own);
}

async function assertNoSecret(path: string): Promise<void> {
  if ((await readFile(path, 'utf8')).includes(CANARY)) {
    throw new CheckFailed(`${path} contains a secret.`);
  }
}

interface Scan {
  readonly results: Readonly<Record<string, readonly { readonly check_id: string }[]>>;
}

/** Scans sources or a plan. Every skipped rule has its reason in a comment in the sources. */
function scan(cwd: string, ...args: string[]): { rules: string[]; summary: string } {
  const options = { cwd, allowed: [0, 1] };
  const output = run(checkov, [...args, '--output', 'json', '--skip-download'], options);
  const { results } = JSON.parse(output) as Scan;
  const of = (kind: string) => results[`${kind}_checks`] ?? [];
  if (of('failed').length > 0) {
    // Again, in a readable format.
    console.error(run(checkov, [...args, '--quiet', '--compact', '--skip-download'], options));
    throw new CheckFailed(`checkov found ${of('failed').length} problems.`);
  }
  const ids = [...of('passed'), ...of('skipped')].map(({ check_id }) => check_id);
  const rules = [...new Set(ids)];
  if (rules.length === 0) throw new CheckFailed('checkov checked nothing.');
  const summary = `${rules.length} rules, ${of('passed').length} checks passed, ${of('skipped').length} skipped with a reason`;
  return { rules, summary };
}

async function main(): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'ikr-terraform-'));
  try {
    const built = await readdir(join(root, 'dist')).catch((): string[] => []);
    if (!built.includes('rotator.zip'))
      throw new CheckFailed('The archives do not exist. Run npm run build first.');
    const leftovers = /[/\\](\.terraform(\.lock\.hcl)?|terraform\.tfstate.*)$/;
    const options = { recursive: true, filter: (path: string) => !leftovers.test(path) };
    await cp(join(root, 'terraform'), join(copy, 'terraform'), options);
    await cp(join(root, 'dist'), join(copy, 'dist'), options);
    const module = join(copy, 'terraform');

    const tests = checkModule(module);
    console.log(`module: ${tests} tests passed`);
    // Before there are plans in the same directories.
    const sources = scan(copy, '-d', 'terraform', '--framework', 'terraform');
    console.log(`  scan of the sources: ${sources.summary}`);

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
        `example ${example}: ${planned} resources${applies ? ', plan after apply empty' : ''}\n  scan of the plan: ${found.summary}`,
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
