/** `npm run test:engines` where something is missing: it says what, and runs what can be run. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let bin: string;
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'ikr-engines-'));
});
afterAll(() => rmSync(bin, { recursive: true }));

/** The program on a machine that has this Java, or none, and nothing else. */
function testEngines(java: string, ...args: string[]): Promise<{ code: unknown; stdout: string }> {
  writeFileSync(join(bin, 'java'), `#!/bin/sh\n${java}\n`, { mode: 0o755 });
  const argv = ['--import', 'tsx', 'scripts/proofs/engines.ts', ...args];
  const env = { PATH: bin, TMPDIR: bin, PYTHON: join(bin, 'python-that-is-not-there') };
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

const saying = (version: string) => `echo 'openjdk version "${version}" 2020-01-01' >&2`;

describe('the tests on engines', () => {
  it.each([
    ['1.8.0_402', 'Java 17 or later (java -version says 8)'],
    ['11.0.22', 'Java 17 or later (java -version says 11)'],
    ['16.0.2', 'Java 17 or later (java -version says 16)'],
    // New enough, but the stand-in lists no modules: the compiler is what is missing then.
    ['17', 'a JDK (this Java has no compiler)'],
    ['21.0.2', 'a JDK (this Java has no compiler)'],
  ])('leave out what needs Java where it is %s', async (version, missing) => {
    const { code, stdout } = await testEngines(saying(version));
    expect(stdout).toContain(
      `SKIPPED: what needs DynamoDB Local, because this is missing: ${missing}`,
    );
    expect(stdout).toContain(
      'SKIPPED: what needs moto, because this is missing: Python 3 with venv',
    );
    expect(code).toBe(0);
  });

  it('leave out what needs Java where there is none', async () => {
    const { code, stdout } = await testEngines('exit 127');
    expect(stdout).toContain('missing: Java 17 or later\n');
    expect(code).toBe(0);
  });

  it('fail where an engine is missing that is required', async () => {
    const { code, stdout } = await testEngines(saying('11.0.22'), '--require');
    expect(stdout).toContain('missing: Java 17 or later');
    expect(code).toBe(1);
  });
});
