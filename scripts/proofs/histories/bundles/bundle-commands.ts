/** What people do with the command line, through the adapters that it uses itself. */
import type { LocalAccount } from '../../../../simulation/aws/index.ts';
import { createServices } from '../../../../src/cli/services.ts';
import { loadSettings } from '../../../../src/config/settings.ts';
import type { Run } from '../../../../src/rotation/run-context.ts';

export const COMMAND_LINE = 'ASIACOMMANDLINE00000';

/**
 * Runs a command with the settings of an environment.
 * @param skewMs how far the command line's clock is ahead of AWS's
 */
export async function runCommand<T>(
  account: LocalAccount,
  env: Readonly<Record<string, string>>,
  skewMs: number,
  command: (run: Run) => Promise<T>,
): Promise<T> {
  const own = { ...env, AWS_ACCESS_KEY_ID: COMMAND_LINE };
  Object.assign(process.env, own);
  const log = { debug: none, info: none, warn: none, error: none };
  const clock = {
    nowMs: () => account.clock.nowMs() + skewMs,
    sleep: async (ms: number) => account.clock.advance(ms),
  };
  const { run, close } = await createServices(clock).run(await loadSettings(own), log);
  try {
    return await command({ ...run, clock });
  } finally {
    await close();
  }
}

function none(): void {}
