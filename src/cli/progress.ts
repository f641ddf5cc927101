/** A progress bar on standard error, where somebody may be watching it. */
import cliProgress from 'cli-progress';
import type { Io } from './io.ts';

export interface Progress {
  /** Sets how much there is to do, as soon as that is known. */
  expect(total: number): void;
  step(): void;
  /** Sets how much is done. */
  reach(done: number): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

const SILENT: Progress = { expect: () => {}, step: () => {}, reach: () => {}, stop: () => {} };
/** Below this there is nothing to watch. */
const WORTH_SHOWING = 5;

/**
 * @param doing what is under way, as `Reading keys`
 */
export function createProgress(
  { stderr, env }: Pick<Io, 'stderr' | 'env'>,
  doing: string,
): Progress {
  if (!stderr.isTTY || env.TERM === 'dumb') return SILENT;
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: `${doing} {bar} {value}/{total}  {eta_formatted} left`,
    formatBar: cliProgress.Format.BarFormat,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    // A Ctrl-C is the program's to handle; it shows the cursor again.
    gracefulExit: false,
    etaBuffer: 50,
  });
  let running = false;
  return {
    expect(total) {
      if (total < WORTH_SHOWING || running) return;
      running = true;
      bar.start(total, 0);
    },
    step: () => {
      if (running) bar.increment();
    },
    reach: (done) => {
      if (running) bar.update(done);
    },
    stop() {
      if (running) bar.stop();
      running = false;
    },
  };
}
