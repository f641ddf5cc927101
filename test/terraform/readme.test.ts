import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { updated } from '../../scripts/terraform-docs.ts';
import { readModule } from '../../scripts/terraform-module.ts';

describe("The module's README", () => {
  it('has the inputs and outputs that the module has', async () => {
    const readme = await readFile('terraform/README.md', 'utf8');
    expect(updated(readme, await readModule('terraform'))).toBe(readme);
  });
});
