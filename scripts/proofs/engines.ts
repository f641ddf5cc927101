/**
 * Runs the product and the contract of its stand-ins on engines that other people wrote: moto for
 * IAM, STS, SSM, SES and Lambda, Amazon's own DynamoDB Local for DynamoDB.
 *
 *     npm run test:engines [-- --require] [-- jest options]
 *
 * It installs the engines where they are missing, starts them on 127.0.0.1, runs
 * test/scripts/engines/*.engine.ts, and stops them by their process IDs. What can't be installed, for want
 * of Python, Java, Maven or the network, is told and left out; with --require that is a failure.
 */
import { resolve } from 'node:path';
import { type Engine, startEngine } from './engines/engine.ts';
import { type Command, installDynamoDbLocal, installMoto, Missing } from './engines/install.ts';
import { endChildrenWithThisProcess, ended, start } from './engines/processes.ts';

const root = resolve(import.meta.dirname, '../..');
const isRequired = process.argv.includes('--require');
const jestArgs = process.argv.slice(2).filter((arg) => arg !== '--require');

endChildrenWithThisProcess();
process.exitCode = await main();

async function main(): Promise<number> {
  const startedMs = performance.now();
  const [moto, dynamodb] = await Promise.all([
    orMissing('moto', installMoto()),
    orMissing('DynamoDB Local', installDynamoDbLocal()),
  ]);
  if (isRequired && !(moto && dynamodb)) return 1;
  if (!moto && !dynamodb) return 0;

  const engines: Engine[] = [];
  const begin = async (variable: string, command: Command | undefined, log: string) => {
    if (!command) return {};
    const engine = await startEngine(command, log);
    engines.push(engine);
    console.log(`${command.name} on ${engine.url} (${variable})`);
    return { [variable]: engine.url };
  };
  try {
    const urls = await Promise.all([
      begin('ENGINE_MOTO', moto, 'moto'),
      // The contract counts mails and expects an account without a credential report.
      begin('ENGINE_MOTO_CONTRACT', moto, 'moto-contract'),
      begin('ENGINE_DYNAMODB', dynamodb, 'dynamodb'),
    ]);
    console.log(`ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    return await jest(Object.assign({}, ...urls));
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
}

async function orMissing(name: string, installing: Promise<Command>): Promise<Command | undefined> {
  try {
    return await installing;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`SKIPPED: what needs ${name}, because this is missing: ${error.message}`);
    return undefined;
  }
}

async function jest(urls: Readonly<Record<string, string>>): Promise<number> {
  const args = [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...['--config', 'test/scripts/engines/jest.config.js'],
    ...jestArgs,
  ];
  const env = { ...process.env, ...urls };
  return ended(start(process.execPath, args, { cwd: root, env, stdio: 'inherit' }));
}
