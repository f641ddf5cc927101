/**
 * Writes the tables of inputs and outputs into the module's README, from the module itself:
 * `npm run terraform-docs`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './command-line.ts';
import { type DocsOptions, readDocsOptions, usageOfDocs } from './docs-options.ts';
import { type Module, readModule, type Variable } from './terraform-module.ts';

const BEGIN = '<!-- begin: written by scripts/terraform-docs.ts, do not edit -->';
const END = '<!-- end -->';

/** The headings, by the file that declares the variables. */
const GROUPS: Readonly<Record<string, string>> = {
  'variables.tf': 'General',
  'variables-rotation.tf': 'Rotation',
  'variables-mail.tf': 'Mail',
  'variables-resources.tf': 'Resources',
};

/** The README with tables that match the module. */
export function updated(readme: string, module: Module): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`The README has no ${BEGIN} … ${END}.`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${tables(module)}\n${readme.slice(end)}`;
}

function tables({ variables, outputs }: Module): string {
  const ungrouped = variables.find(({ file }) => !(file in GROUPS));
  if (ungrouped) throw new Error(`${ungrouped.file} has no heading in scripts/terraform-docs.ts.`);
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
  const onOneLine = code(type.replace(/\s+/g, ' ').replace(/^object\(\{ (.*) \}\)$/, 'object($1)'));
  return [
    code(name),
    description,
    ephemeral ? `${onOneLine}, ephemeral` : onOneLine,
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

async function main({ isCheck }: DocsOptions): Promise<number> {
  const directory = join(import.meta.dirname, '..', 'terraform');
  const path = join(directory, 'README.md');
  const before = await readFile(path, 'utf8');
  const after = updated(before, await readModule(directory));
  if (after === before) return 0;
  if (isCheck) {
    console.error('terraform/README.md is out of date: run `npm run terraform-docs` and commit.');
    return 1;
  }
  await writeFile(path, after);
  return 0;
}

if (process.argv[1] === import.meta.filename) {
  const usage = usageOfDocs('npm run terraform-docs', 'terraform/README.md');
  process.exitCode = await runProgram(usage, readDocsOptions, main);
}
