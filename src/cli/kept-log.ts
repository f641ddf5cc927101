/** A log that keeps what deserves a person's eye until the result is on the screen. */
import type { Log, LogFields } from '../ports/log.ts';
import { shown, type Terminal } from './terminal.ts';

export interface KeptLog extends Log {
  /** Prints what was kept. */
  tell(): void;
}

/** What the rows of a report say as well. */
const TOLD_ELSEWHERE = ['a rotation failed'];

/** @param debug keep everything, and what reports tell as well */
export function createKeptLog(terminal: Terminal, debug: boolean): KeptLog {
  const kept: string[] = [];
  const keep = (message: string, fields: LogFields = {}) => {
    const words = Object.entries(fields).map(([name, value]) =>
      name === 'warning' ? `: ${String(value)}` : `, ${name} ${text(value)}`,
    );
    kept.push(`${message}${words.join('')}`);
  };
  const inDebug = debug ? keep : () => {};
  const always = (message: string, fields?: LogFields) => {
    if (debug || !TOLD_ELSEWHERE.includes(message)) keep(message, fields);
  };
  return {
    debug: inDebug,
    info: inDebug,
    warn: always,
    error: always,
    tell() {
      for (const line of kept.splice(0)) {
        terminal.noteProse(`${terminal.paintNote('yellow', 'Note:')} ${shown(line)}`);
      }
    },
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
