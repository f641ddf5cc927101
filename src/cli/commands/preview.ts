/** `ikr preview`: writes the mails, as users will see them, into a directory. */
import { describeError } from '../../ports/errors.ts';
import { Failure } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { writePreview } from '../preview.ts';
import { createTerminal, shown } from '../terminal.ts';

export interface PreviewOptions {
  readonly directory: string;
  readonly json?: boolean;
}

export async function preview(options: PreviewOptions, io: Io): Promise<number> {
  const terminal = createTerminal(io);
  const paths = await write(options.directory);
  if (options.json) terminal.json(paths);
  else {
    const [index = '', ...mails] = paths;
    terminal.print(`${mails.length / 2} mails, each as HTML and as text. Open this in a browser:`);
    terminal.print(`  ${shown(index)}`);
  }
  return EXIT.ok;
}

async function write(directory: string): Promise<string[]> {
  try {
    return await writePreview(directory);
  } catch (error) {
    throw new Failure(
      `The mails can't be written to ${shown(directory)}: ${describeError(error)}`,
      { cause: error },
    );
  }
}
