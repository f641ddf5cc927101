/** An engine at work: a process that serves on a port of 127.0.0.1. */
import type { ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, cache } from './install.ts';
import { start, stop } from './processes.ts';

export interface Engine {
  readonly url: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;

/**
 * Starts an engine and waits until it answers.
 * @param log name of the file in the cache that takes what the engine says
 * @throws Error when it ends or stays silent
 */
export async function startEngine({ name, command, args }: Command, log: string): Promise<Engine> {
  await mkdir(cache, { recursive: true });
  const file = join(cache, `${log}.log`);
  const child = start(command, args, { stdio: ['pipe', 'pipe', openSync(file, 'w')] });
  const deadline = AbortSignal.timeout(READY_WITHIN_MS);
  try {
    const url = `http://127.0.0.1:${await announcedPort(child, deadline)}`;
    while (!(await answers(url))) {
      deadline.throwIfAborted();
      await sleep(50);
    }
    return { url, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw new Error(`${name} does not start (see ${file})`, { cause: error });
  }
}

function announcedPort(child: ChildProcess, deadline: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    // Read on to the end, or else the engine comes to a stop when the pipe is full.
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /^listening on (\d+)$/m.exec(said)?.[1];
      if (port) resolve(port);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said.trim()}`)));
    deadline.addEventListener('abort', () => reject(new Error('it announced no port')));
  });
}

/** Any answer will do: whoever can refuse a request is up. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(1_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
