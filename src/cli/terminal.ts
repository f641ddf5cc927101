/**
 * Writing to a terminal. Names and tags come from AWS and files: whatever they hold, a terminal
 * gets no control character but line ends and the colours set here.
 */
import { styleText } from 'node:util';
import { plain } from '../deliveries/mail/templates/plain.ts';
import { breakText } from './break-text.ts';
import type { Io, Output } from './io.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Terminal {
  /** A line of the result, to standard output. */
  print(line: string): void;
  /** A line about the work, to standard error, so that it never mixes with the result. */
  note(line: string): void;
  /** Sentences of the result, broken at blanks where the terminal ends. */
  printProse(text: string): void;
  /** Sentences about the work, broken at blanks where the terminal ends. */
  noteProse(text: string): void;
  /** What is wrong with a part of it, on standard error. */
  noteProblem(problem: string, style?: Style): void;
  /** A machine-readable result. */
  json(value: unknown): void;
  /** A result in a format of its own, byte by byte. */
  raw(text: string): void;
  /** Columns of standard output; infinite where it is no terminal. */
  readonly width: number;
  /** Colours for standard output. */
  readonly paint: Paint;
  /** Colours for standard error. */
  readonly paintNote: Paint;
}

export type Paint = (style: Style, text: string) => string;

const NARROWEST = 40;

export function createTerminal({ stdout, stderr, env }: Io): Terminal {
  const print = (line: string) => void stdout.write(`${harmless(line)}\n`);
  const note = (line: string) => void stderr.write(`${harmless(line)}\n`);
  const noteProse = (text: string) => breakText(text, widthOf(stderr)).forEach(note);
  const paintNote = painter(stderr, env);
  return {
    note,
    noteProse,
    noteProblem: (problem, style = 'yellow') =>
      noteProse(`${paintNote(style, 'Problem:')} ${shown(problem)}`),
    print,
    printProse: (text) => breakText(text, widthOf(stdout)).forEach(print),
    json: (value) => void stdout.write(`${toJson(value)}\n`),
    raw: (text) => void stdout.write(text),
    width: widthOf(stdout),
    paint: painter(stdout, env),
    paintNote,
  };
}

function widthOf(output: Output): number {
  return output.isTTY ? Math.max(NARROWEST, output.columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** Colours only for a terminal, and none where the user wants none (https://no-color.org). */
function painter(output: Output, env: NodeJS.ProcessEnv): Paint {
  const inColour = output.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  return inColour
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_, text) => text;
}

/** Text from outside as one line of visible characters. */
export const shown = plain;

/** The colours that are set here, and their ends: bold, dim, red, green, yellow, cyan. */
const COLOUR = new RegExp(`(${String.fromCharCode(27)}\\[(?:1|2|22|31|32|33|36|39)m)`);

function harmless(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line
        .split(COLOUR)
        .map((part, index) => (index % 2 === 1 ? part : plain(part)))
        .join(''),
    )
    .join('\n');
}

/** JSON in which characters that steer a terminal or hide are written as escapes. */
function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu,
    (character) =>
      [...Array(character.length).keys()]
        .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join(''),
  );
}
