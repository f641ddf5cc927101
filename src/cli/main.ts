/** The process of the `ikr` command. */
import { EXIT } from './io.ts';
import { runCommandLine } from './program.ts';

/** Handlers that a Ctrl-C goes to, the last one first. */
const interruptHandlers: (() => void)[] = [];

process.on('SIGINT', () => {
  const handler = interruptHandlers.pop();
  if (handler) {
    handler();
    return;
  }
  // A progress bar hides the cursor.
  if (process.stderr.isTTY) process.stderr.write('\u001b[?25h\n');
  process.exit(EXIT.interrupted);
});

// Whoever reads the output may stop early: `ikr history | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const code = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onInterrupt(handler) {
    interruptHandlers.push(handler);
    return () => {
      const at = interruptHandlers.indexOf(handler);
      if (at >= 0) interruptHandlers.splice(at, 1);
    };
  },
});

process.exitCode = code;
// Whoever let go does not wait for what is still on its way.
if (code === EXIT.interrupted) process.exit();
