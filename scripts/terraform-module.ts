/**
 * Reads the Terraform module as data: for its README, and for tests that compare it with the code.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';

/** The arguments of a block; an expression is the text `${…}`. */
export type Block = Readonly<Record<string, unknown>>;

export interface Variable {
  readonly name: string;
  /** The file that declares it. */
  readonly file: string;
  readonly description: string;
  /** As in the source, e.g. `list(string)`. */
  readonly type: string;
  /** Absent when the variable is required. */
  readonly fallback?: unknown;
  readonly ephemeral: boolean;
  /** The error messages of its validations. */
  readonly errorMessages: readonly string[];
}

export interface Module {
  readonly variables: readonly Variable[];
  readonly outputs: readonly { readonly name: string; readonly description: string }[];
  readonly locals: Block;
}

/** Reads the files of a module, in the order of their names. */
export async function readModule(directory: string): Promise<Module> {
  const files = await readHcl(directory, '.tf');
  return {
    variables: files.flatMap((file) =>
      labelled(file, 'variable').map(([name, block]) => variable(name, file.name, block)),
    ),
    outputs: files.flatMap((file) =>
      labelled(file, 'output').map(([name, { description }]) => ({
        name,
        description: text(description),
      })),
    ),
    locals: Object.assign({}, ...files.flatMap(({ blocks }) => (blocks.locals ?? []) as Block[])),
  };
}

/** A file of HCL. */
export interface HclFile {
  readonly name: string;
  /** By kind, e.g. `{ variable: { name: [{ … }] }, locals: [{ … }] }`. */
  readonly blocks: Block;
}

/** Reads the files of a directory whose names have this ending. */
export async function readHcl(directory: string, ending: string): Promise<HclFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(ending)).sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      blocks: (await parse(name, await readFile(join(directory, name), 'utf8'))) as Block,
    })),
  );
}

/** The blocks of a kind with one label, by name. */
export function labelled({ blocks }: HclFile, kind: string): [string, Block][] {
  const found = (blocks[kind] ?? {}) as Readonly<Record<string, readonly Block[]>>;
  return Object.entries(found).flatMap(([name, all]) =>
    all.map((block): [string, Block] => [name, block]),
  );
}

/** `${expression}` → `expression`. */
export function expression(value: unknown): string {
  return text(value).replace(/^\$\{([\s\S]*)\}$/, '$1');
}

function variable(name: string, file: string, block: Block): Variable {
  return {
    name,
    file,
    description: text(block.description),
    type: expression(block.type),
    ...('default' in block && { fallback: block.default }),
    ephemeral: block.ephemeral === true,
    errorMessages: ((block.validation ?? []) as Block[]).map(({ error_message }) =>
      text(error_message),
    ),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
