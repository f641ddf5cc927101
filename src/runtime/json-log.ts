/**
 * One JSON object a line, the form that CloudWatch Logs Insights reads.
 */
import { LOG_LEVELS, type LogLevel } from '../config/core.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log, LogFields } from '../ports/log.ts';

/**
 * A log that writes lines.
 * @param fixed fields that every line carries, such as the function and the request
 * @param write where a line goes; standard output by default
 */
export function createLog(
  level: LogLevel,
  clock: Pick<Clock, 'nowMs'>,
  fixed: LogFields = {},
  write: (line: string) => void = console.log,
): Log {
  const at =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(lineLevel) < LOG_LEVELS.indexOf(level)) return;
      const timestamp = new Date(clock.nowMs()).toISOString();
      write(JSON.stringify({ timestamp, level: lineLevel, message, ...fixed, ...fields }));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
