/** `ikr preview`: writes the mails, as users will see them, into a directory. */
import { EXIT, type Io } from '../io.ts';
import { writePreview } from '../preview.ts';
import { createTerminal, shown } from '../terminal.ts';

export interface PreviewOptions {
  readonly directory: string;
  readonly json?: boolean;
}

export async function preview(options: PreviewOptions, io: Io): Promise<number> {
  const terminal = createTerminal(io);
  const paths = await writePreview(options.directory);
  if (options.json) terminal.json(paths);
  else {
    const [index = '', ...mails] = paths;
    terminal.print(`${mails.length / 2} mails, each as HTML and as text. Open this in a browser:`);
    terminal.print(`  ${shown(index)}`);
  }
  return EXIT.ok;
}
