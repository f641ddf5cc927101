/**
 * The inside of a Lambda host: runs in a worker thread, loads the bundle, and calls its handler.
 * Plain JavaScript, because a worker is loaded by Node itself.
 */

import { readFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { hurry } from './lambda-timers.mjs';

const { entry, functionName, functionArn, memoryMb } = workerData;
const { offsetMs, speed, madeAtMs, skewMs } = workerData;
const offset = new BigInt64Array(offsetMs);
const skew = skewMs ? new BigInt64Array(skewMs) : new BigInt64Array(1);

turnDate();
if (speed > 1) hurry(speed, Date.now, (ms) => Atomics.add(offset, 0, BigInt(ms)));
collectOutput();
trustExtraCertificates(process.env.NODE_EXTRA_CA_CERTS);

const loading = import(pathToFileURL(entry).href);
// The first invocation reports a bundle that cannot be loaded.
loading.catch(() => {});

parentPort.on('message', async ({ id, event, deadlineMs, qualifier }) => {
  const context = {
    functionName,
    functionVersion: qualifier === undefined ? '$LATEST' : '1',
    invokedFunctionArn: qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: id,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
  try {
    const { handler } = await loading;
    const result = await handler(event, context);
    // The service carries a result as JSON.
    const json = JSON.stringify(result);
    parentPort.postMessage({ id, result: json === undefined ? null : JSON.parse(json) });
  } catch (error) {
    parentPort.postMessage({ id, error: describe(error) });
  }
});

function describe(error) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  return { name: error.name, message: error.message, stack: error.stack ?? '' };
}

/** `Date` follows the account's clock; timers do too if it is a fast one, and else stay real. */
function turnDate() {
  const RealDate = Date;
  const realNow = RealDate.now;
  RealDate.now = () =>
    Math.round(madeAtMs + (realNow() - madeAtMs) * speed) +
    Number(Atomics.load(offset, 0)) +
    Number(skew[0]);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [RealDate.now()], newTarget),
    apply: () => new RealDate(RealDate.now()).toString(),
  });
  RealDate.prototype.constructor = globalThis.Date;
}

/** Output takes the same way as results, so that none of an invocation's lines comes after it. */
function collectOutput() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk, encoding, callback) => {
      parentPort.postMessage({ text: typeof chunk === 'string' ? chunk : chunk.toString() });
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') queueMicrotask(done);
      return true;
    };
  }
}

/** Node reads this variable when a process starts, which is too early for a worker thread. */
function trustExtraCertificates(file) {
  if (!file) return;
  const pem = readFileSync(file, 'utf8');
  const tls = createRequire(import.meta.url)('node:tls');
  const createSecureContext = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const secureContext = createSecureContext(options);
    if (!options?.ca) secureContext.context.addCACert(pem);
    return secureContext;
  };
  syncBuiltinESMExports();
}
