/**
 * A Lambda function in a process of its own: loads the bundle, calls the handler with each event
 * it is sent, and answers with what that took. Plain JavaScript, so that nothing but the bundle is
 * loaded and measured.
 */
import { pathToFileURL } from 'node:url';

const [, , entry, functionName] = process.argv;
const { handler } = await import(pathToFileURL(entry).href);

process.on('message', async (event) => {
  const context = {
    functionName,
    awsRequestId: 'bench',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:111122223333:function:${functionName}`,
    getRemainingTimeInMillis: () => 900_000,
  };
  const startedMs = performance.now();
  let answer;
  try {
    answer = { result: await handler(event, context) };
  } catch (error) {
    answer = { error: error.message };
  }
  const wallMs = performance.now() - startedMs;
  // The operating system's own count of the largest resident set, in kilobytes.
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  process.send({ ...answer, wallMs, peakRssMb });
});
process.send('ready');
