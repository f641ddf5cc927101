/** Prints what happened, day by day, for a person. */
import { styleText } from 'node:util';
import { longDate, ROTATOR_HOURS } from './calendar.ts';

export type Label =
  | 'new key'
  | 'in use'
  | 'deleted'
  | 'deactivated'
  | 'reminder'
  | 'withdrawn'
  | 'recovered'
  | 'veto'
  | 'closed'
  | 'left alone'
  | 'by hand'
  | 'waits'
  | 'problem';

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Label, Style>> = {
  'new key': 'green',
  'in use': 'cyan',
  deleted: 'blue',
  deactivated: 'magenta',
  reminder: 'yellow',
  withdrawn: 'magenta',
  recovered: ['green', 'bold'],
  veto: 'magenta',
  closed: 'blue',
  'left alone': 'gray',
  'by hand': 'bold',
  waits: 'yellow',
  problem: 'red',
};

const WIDTH = 100;
const LABEL_WIDTH = 12;
/** Under the first letter of what happened. */
const INDENT = 2 + 5 + 2 + LABEL_WIDTH;
/** More names than this are counted. */
const NAMES_MAX = 8;

export interface Printer {
  write(text: string): void;
  readonly colours: boolean;
}

interface Line {
  readonly time: string;
  readonly label: Label;
  readonly text: string;
  readonly names: string[];
}

export class Timeline {
  readonly #printer: Printer;
  #entries: (Line | { readonly note: string })[] = [];
  #reminders = 0;
  #quiet: { fromDay: number; toDay: number; reminders: number } | undefined;
  readonly #noted = new Set<string>();

  constructor(printer: Printer) {
    this.#printer = printer;
  }

  /** Something that happened to a user. The same thing at the same time is one line. */
  event(time: string, label: Label, name: string, text: string): void {
    const same = this.#entries.find(
      (entry): entry is Line =>
        'names' in entry && entry.time === time && entry.label === label && entry.text === text,
    );
    if (same) same.names.push(name);
    else this.#entries.push({ time, label, text, names: [name] });
  }

  /** Explains what is going on; the same words only once. */
  note(note: string): void {
    if (this.#noted.has(note)) return;
    this.#noted.add(note);
    this.#entries.push({ note });
  }

  /** A reminder that says nothing new. */
  reminder(): void {
    this.#reminders += 1;
  }

  endDay(day: number): void {
    if (this.#entries.length === 0) {
      this.#quiet ??= { fromDay: day, toDay: day, reminders: 0 };
      this.#quiet.toDay = day;
      this.#quiet.reminders += this.#reminders;
    } else {
      this.#printQuiet();
      this.#printDay(day);
    }
    this.#entries = [];
    this.#reminders = 0;
  }

  end(): void {
    this.#printQuiet();
  }

  /** Text in a style, where the terminal shows one. */
  paint(style: Style, text: string): string {
    return this.#printer.colours ? styleText(style, text, { validateStream: false }) : text;
  }

  print(text = ''): void {
    this.#printer.write(`${text}\n`);
  }

  #printQuiet(): void {
    if (!this.#quiet) return;
    const { fromDay, toDay, reminders } = this.#quiet;
    this.#quiet = undefined;
    const days = fromDay === toDay ? `Day ${fromDay}` : `Days ${fromDay} to ${toDay}`;
    const runs = (toDay - fromDay + 1) * ROTATOR_HOURS.length;
    const reminded = reminders === 0 ? '' : `, ${count(reminders, 'more reminder')}`;
    this.print(this.paint('gray', `${days}: nothing new (${count(runs, 'run')}${reminded})`));
    this.print();
  }

  #printDay(day: number): void {
    this.print(`${this.paint('bold', `Day ${day}`)}  ${longDate(day)}`);
    for (const entry of this.#entries) {
      if ('note' in entry) this.#printNote(entry.note);
      else this.#printLine(entry);
    }
    if (this.#reminders > 0) {
      const text = `and ${count(this.#reminders, 'more reminder')}`;
      this.print(this.paint('gray', `${' '.repeat(INDENT)}${text}`));
    }
    this.print();
  }

  #printNote(note: string): void {
    for (const line of wrap(note, WIDTH - INDENT)) {
      this.print(this.paint('gray', `${' '.repeat(INDENT - 2)}│ ${line}`));
    }
  }

  #printLine({ time, label, text, names }: Line): void {
    const sorted = [...names].sort();
    const more = sorted.length - NAMES_MAX;
    const shown = more > 1 ? [...sorted.slice(0, NAMES_MAX), `${more} more`] : sorted;
    const who =
      shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown[0];
    const lines = wrap(`${who}: ${text}`, WIDTH - INDENT);
    const painted = this.paint(STYLES[label], label.padEnd(LABEL_WIDTH));
    for (const [index, line] of lines.entries()) {
      const start = index === 0 ? `  ${this.paint('gray', time)}  ${painted}` : ' '.repeat(INDENT);
      this.print(`${start}${line}`);
    }
  }
}

export function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
