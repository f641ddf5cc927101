/**
 * Shows the product at work, in an AWS account simulated in this process: `npm run demo`.
 *
 * Exits with 0 when all invariants held, 1 when one was violated or an owner could not use a mail,
 * and 2 when the options can't be used.
 */
import { mkdir } from 'node:fs/promises';
import { areBuilt } from '../simulation/scenario/functions.ts';
import { runProgram, UsageError } from './command-line.ts';
import { DemoRun } from './demo/demo-run.ts';
import { deployDemo } from './demo/deployment.ts';
import { writeMails } from './demo/mailbox.ts';
import { type DemoOptions, readOptions, USAGE } from './demo/options.ts';
import { exitCodeOf, printIntroduction, printSummary, resultOf } from './demo/summary.ts';
import { Timeline } from './demo/timeline.ts';

async function main(options: DemoOptions): Promise<number> {
  // Better now than when all is done and the mails can't be written.
  if (options.keep !== undefined) await makeDirectory(options.keep);
  if (!areBuilt())
    throw new UsageError('There is nothing to run yet: `npm run build` comes first.');
  return show(options);
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--keep can't be used: ${why}`, { cause: error });
  }
}

async function show(options: DemoOptions): Promise<number> {
  const { json } = options;
  const timeline = new Timeline({
    write: json ? () => {} : (text) => void process.stdout.write(text),
    colours: process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  });
  // The owners use the SDK in this process; what it says about this Node is not to be printed.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const deployment = await deployDemo(options.mailClient);
  try {
    const run = new DemoRun(options, deployment, timeline);
    let interrupted = false;
    process.once('SIGINT', () => {
      interrupted = true;
      run.stop();
    });
    printIntroduction(options, timeline);
    await run.run();
    if (interrupted) return 130;

    const { mails } = deployment.account;
    // A program that reads the object has no use for files that nobody asked for.
    const wanted = !json || options.keep !== undefined;
    const mailsIn = wanted ? await writeMails(mails, options.keep) : undefined;
    const result = resultOf(options, run, mails.length, mailsIn);
    printSummary(result, run.checker, timeline);
    if (json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return exitCodeOf(result);
  } finally {
    await deployment.close();
  }
}

// Whoever reads the output may stop reading: `npm run demo | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runProgram(USAGE, readOptions, main);
