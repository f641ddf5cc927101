/**
 * Installs the engines into a folder that git ignores. What is there already is used as it is: the
 * folder's name holds the version, and a file in it tells that the installation came to its end.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { capture } from './processes.ts';

const root = resolve(import.meta.dirname, '../../..');
export const cache = join(root, '.cache/engines');

const MOTO = '5.2.5';
const MAVEN_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const POM = join(import.meta.dirname, 'pom.xml');
/** What DynamoDB Local is compiled for. */
export const OLDEST_JAVA = 17;

/** How to start an engine; its script announces the port. */
export interface Command {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Why an engine is not there: a tool or a download is missing, which says nothing about the product. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/** @throws Missing */
export async function installMoto(): Promise<Command> {
  const python = process.env.PYTHON ?? 'python3';
  await demand(python, ['-c', 'import venv, ensurepip'], 'Python 3 with venv');
  const home = join(cache, `moto-${MOTO}`);
  const bin = join(home, 'bin/python');
  await once(home, async () => {
    await done(python, ['-m', 'venv', home]);
    // Most of what comes along is never loaded: the rest is compiled when it is.
    const quietly = ['--quiet', '--no-compile', '--disable-pip-version-check', '--no-input'];
    await done(bin, ['-m', 'pip', 'install', ...quietly, `moto[server]==${MOTO}`]);
  });
  return {
    name: `moto ${MOTO}`,
    command: bin,
    args: [join(import.meta.dirname, 'serve_moto.py')],
  };
}

/** @throws Missing */
export async function installDynamoDbLocal(): Promise<Command> {
  const said = await demand('java', ['-version'], `Java ${OLDEST_JAVA} or later`);
  const major = Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1]);
  if (!(major >= OLDEST_JAVA)) {
    throw new Missing(`Java ${OLDEST_JAVA} or later (java -version says ${major})`);
  }
  const modules = await demand('java', ['--list-modules'], 'Java');
  if (!modules.includes('jdk.compiler@')) throw new Missing('a JDK (this Java has no compiler)');

  const { version: wanted, home } = await dynamoDbLocal();
  await once(home, async () => {
    await demand('mvn', ['--version'], 'Maven (mvn)');
    await done('mvn', [
      ...['--batch-mode', '--quiet', '--file', POM],
      `-Dmaven.repo.local=${join(cache, 'maven')}`,
      `${MAVEN_PLUGIN}:copy-dependencies`,
      `-DoutputDirectory=${home}`,
    ]);
  });
  return {
    name: `DynamoDB Local ${wanted}`,
    command: 'java',
    args: [
      // The native library of SQLite is among the copied files.
      `-Djava.library.path=${home}`,
      ...['-cp', join(home, '*')],
      join(import.meta.dirname, 'LoopbackDynamoDb.java'),
    ],
  };
}

/** The version that the POM asks for, and the folder with its archives. */
export async function dynamoDbLocal(): Promise<{ version: string | undefined; home: string }> {
  const asked = /<artifactId>DynamoDBLocal<\/artifactId>\s*<version>([\w.-]+)</;
  const version = asked.exec(await readFile(POM, 'utf8'))?.[1];
  return { version, home: join(cache, `dynamodb-local-${version}`) };
}

/** Does the work unless it was done before, to its end. */
async function once(home: string, work: () => Promise<void>): Promise<void> {
  const complete = join(home, '.complete');
  if (existsSync(complete)) return;
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await work();
  await writeFile(complete, '');
}

/** Output of a command that must work, or else `what` is missing. */
async function demand(command: string, args: readonly string[], what: string): Promise<string> {
  const { code, output } = await capture(command, args);
  if (code !== 0) throw new Missing(what);
  return output;
}

async function done(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await capture(command, args);
  if (code === 0) return;
  throw new Missing(`what \`${command} ${args.join(' ')}\` brings; it said:\n${output.trim()}`);
}
