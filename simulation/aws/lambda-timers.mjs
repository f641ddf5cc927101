/**
 * Makes waiting short inside a Lambda host whose clock runs faster than real time.
 *
 * A time-out fires at its moment on that clock, so it takes real time, but less: there has to be
 * some, because an answer that is on its way takes real time as well. A sleep waits for nothing but
 * the clock: if all that the function does is sleep, the clock is turned to the end of the shortest
 * sleep, and nobody waits at all.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);

/** How often (in real milliseconds) it is looked whether the function only sleeps. */
const LOOK_EVERY_MS = 2;
/** So many looks in a row must find it asleep: in between, a thread may be at work for it. */
const LOOKS = 2;
/** Resources that are there while a function sleeps. */
const ASLEEP = new Set(['Timeout', 'Immediate', 'MessagePort']);

/**
 * @param speed of the clock
 * @param nowMs what the clock shows
 * @param turn turns the clock forward
 */
export function hurry(speed, nowMs, turn) {
  const timers = require('node:timers');
  const real = { setTimeout, setInterval, clearTimeout, abortAfter: AbortSignal.timeout };
  /** Time-outs and sleeps under way, and when each is over by the clock. */
  const waiting = new Map();
  let looksAsleep = 0;
  let looking = false;

  const look = () => {
    looking = false;
    for (const timer of waiting.keys()) if (timer._destroyed) waiting.delete(timer);
    if (waiting.size === 0) return;
    const asleep = process.getActiveResourcesInfo().every((name) => ASLEEP.has(name));
    looksAsleep = asleep ? looksAsleep + 1 : 0;
    if (looksAsleep >= LOOKS) skip();
    lookSoon();
  };
  const lookSoon = () => {
    if (looking) return;
    looking = true;
    real.setTimeout(look, LOOK_EVERY_MS).unref();
  };
  const skip = () => {
    looksAsleep = 0;
    const sleeps = [...waiting].filter(([timer]) => timer.hasRef());
    const [first] = sleeps.sort(([, a], [, b]) => a.untilMs - b.untilMs);
    if (!first) return;
    const [timer, { untilMs, fire }] = first;
    real.clearTimeout(timer);
    turn(Math.max(0, Math.ceil(untilMs - nowMs())));
    fire();
  };

  const quickTimeout = (callback, ms = 0, ...args) => {
    const fire = () => {
      waiting.delete(timer);
      callback(...args);
    };
    const timer = real.setTimeout(fire, ms / speed);
    waiting.set(timer, { untilMs: nowMs() + Number(ms), fire });
    const refresh = timer.refresh.bind(timer);
    timer.refresh = () => {
      waiting.set(timer, { untilMs: nowMs() + Number(ms), fire });
      return refresh();
    };
    lookSoon();
    return timer;
  };
  quickTimeout[promisify.custom] = (ms, value) =>
    new Promise((resolve) => quickTimeout(resolve, ms, value));
  const quickInterval = (callback, ms = 0, ...args) =>
    real.setInterval(callback, ms / speed, ...args);

  for (const target of [globalThis, timers]) {
    target.setTimeout = quickTimeout;
    target.setInterval = quickInterval;
  }
  AbortSignal.timeout = (ms) => real.abortAfter.call(AbortSignal, Math.ceil(ms / speed));
  hurrySockets(speed);
  syncBuiltinESMExports();
}

/** A socket's own time-out, which HTTP and SMTP clients use too. */
function hurrySockets(speed) {
  const { Socket } = require('node:net');
  const setTimeoutOfSocket = Socket.prototype.setTimeout;
  Socket.prototype.setTimeout = function (ms, callback) {
    return setTimeoutOfSocket.call(this, Math.ceil(ms / speed), callback);
  };
}
