/** The options of the programs that write parts of documents from the sources. */
import { readValues } from './command-line.ts';

export interface DocsOptions {
  /** Only tell whether the document is up to date. */
  readonly isCheck: boolean;
}

export function usageOfDocs(command: string, document: string): string {
  return `Usage: ${command} [-- options]

Writes the tables in ${document} from the sources.

Options:
  --check  write nothing, and end with 1 when they are out of date
  --help   print this
`;
}

/**
 * Reads the command line.
 * @throws UsageError
 */
export function readDocsOptions(args: readonly string[]): DocsOptions | 'help' {
  const { check, help } = readValues(args, {
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  return help ? 'help' : { isCheck: check };
}
