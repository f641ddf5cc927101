/** The product's functions. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export const FUNCTIONS = ['rotator', 'destructor'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The built bundle of a function; the current directory is the project's. */
export function bundleOf(name: FunctionName): string {
  return path.resolve('dist', name, 'index.mjs');
}

/** Whether all functions are built. */
export function areBuilt(): boolean {
  return FUNCTIONS.every((name) => existsSync(bundleOf(name)));
}
