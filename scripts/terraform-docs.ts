/**
 * Writes the tables of inputs and outputs into the module's README, from the module itself.
 *
 *     node --import tsx scripts/terraform-docs.ts          writes them
 *     node --import tsx scripts/terraform-docs.ts --check  fails when they are out of date
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Module, readModule, type Variable } from './terraform-module.ts';

const BEGIN = '<!-- begin: written by scripts/terraform-docs.ts, do not edit -->';
const END = '<!-- end -->';

/** The headings, by the file that the variables stand in. */
const GROUPS: Readonly<Record<string, string>> = {
  'variables.tf': 'In general',
  'variables-rotation.tf': 'Rotation',
  'variables-mail.tf': 'Mail',
  'variables-resources.tf': 'Resources',
};

/** The README with fresh tables. */
export function updated(readme: string, module: Module): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`The README has no ${BEGIN} … ${END}.`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${tables(module)}\n${readme.slice(end)}`;
}

function tables({ variables, outputs }: Module): string {
  const strange = variables.find(({ file }) => !(file in GROUPS));
  if (strange) throw new Error(`${strange.file} has no heading in scripts/terraform-docs.ts.`);
  const inputs = Object.entries(GROUPS).flatMap(([file, heading]) => [
    `### ${heading}`,
    '',
    ...table(
      ['Name', 'Description', 'Type', 'Default'],
      variables.filter((variable) => variable.file === file).map(inputRow),
    ),
    '',
  ]);
  return [
    '## Inputs',
    '',
    ...inputs,
    '## Outputs',
    '',
    ...table(
      ['Name', 'Description'],
      outputs.map(({ name, description }) => [code(name), description]),
    ),
    '',
  ].join('\n');
}

function inputRow(variable: Variable): string[] {
  const { name, description, type, ephemeral } = variable;
  const written = code(type.replace(/\s+/g, ' ').replace(/^object\(\{ (.*) \}\)$/, 'object($1)'));
  return [
    code(name),
    description,
    ephemeral ? `${written}, ephemeral` : written,
    fallbackOf(variable),
  ];
}

function fallbackOf(variable: Variable): string {
  if (!('fallback' in variable)) return '**required**';
  return variable.fallback === null ? 'not set' : code(JSON.stringify(variable.fallback));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function code(text: string): string {
  return `\`${text}\``;
}

async function main(): Promise<void> {
  const directory = join(import.meta.dirname, '..', 'terraform');
  const path = join(directory, 'README.md');
  const before = await readFile(path, 'utf8');
  const after = updated(before, await readModule(directory));
  if (after === before) return;
  if (process.argv.includes('--check')) {
    console.error(
      'terraform/README.md is out of date. Run: node --import tsx scripts/terraform-docs.ts',
    );
    process.exitCode = 1;
    return;
  }
  await writeFile(path, after);
}

if (process.argv[1] === import.meta.filename) await main();
