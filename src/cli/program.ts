/**
 * The `ikr` command line: what there is to say, and which function does it. Commands are loaded
 * when they are called, so that `--help` is quick.
 */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Action, ALIASES, LOWEST_ALIAS } from '../rotation/commands/aliases.ts';
import { VERSION } from '../runtime/version.ts';
import type { CancelOptions } from './commands/cancel.ts';
import type { DecryptOptions } from './commands/decrypt.ts';
import type { HistoryOptions } from './commands/history.ts';
import type { ResendOptions } from './commands/resend.ts';
import type { RotateOptions } from './commands/rotate.ts';
import type { StatusOptions } from './commands/status.ts';
import type { TagOptions } from './commands/tag.ts';
import { explain } from './explain.ts';
import { applyGlobals, circumstancesOf, type GlobalOptions } from './globals.ts';
import * as help from './help.ts';
import { EXIT, type Io } from './io.ts';
import { KEY_PAIR_FORMATS, PROFILE_NAME } from './key-pair-format.ts';
import type { Services } from './services.ts';
import { createTerminal, shown, type Terminal } from './terminal.ts';

/**
 * Runs one command.
 * @param makeServices is called once the global options are in force
 * @returns the exit code; nothing is thrown
 */
export async function runCommandLine(
  argv: readonly string[],
  io: Io,
  makeServices?: () => Services,
): Promise<number> {
  const terminal = createTerminal(io);
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, makeServices, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written what it had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    tellError(error, program.opts<GlobalOptions>(), io, terminal);
    return error instanceof Error && error.name === 'UsageError' ? EXIT.usage : EXIT.failed;
  }
}

function tellError(error: unknown, { debug }: GlobalOptions, io: Io, terminal: Terminal): void {
  const [first = '', ...more] = explain(error, circumstancesOf(io)).split('\n');
  terminal.noteProse(`${terminal.paintNote('red', 'ikr:')} ${shown(first)}`);
  for (const line of more) terminal.noteProse(shown(line));
  // The stack alone: the object itself may hold a request with a secret in it.
  if (debug && error instanceof Error) terminal.note(error.stack ?? '');
}

/** A command's function, once it is loaded. */
type Run<O> = (options: O, io: Io, services: Services) => Promise<number>;

function createProgram(
  io: Io,
  makeServices: (() => Services) | undefined,
  setExitCode: (code: number) => void,
): Command {
  const program = new Command('ikr')
    .description(help.PROGRAM)
    .version(VERSION, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .option('--region <name>', 'AWS Region, instead of AWS_REGION or the one of the profile.')
    .option('--profile <name>', 'AWS profile, instead of AWS_PROFILE.')
    .option('--debug', 'Tell more, and where an error came from.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => (io.stdout.isTTY ? (io.stdout.columns ?? 80) : 80),
      getErrHelpWidth: () => (io.stderr.isTTY ? (io.stderr.columns ?? 80) : 80),
      getOutHasColors: () => io.stdout.isTTY === true && !io.env.NO_COLOR,
      getErrHasColors: () => io.stderr.isTTY === true && !io.env.NO_COLOR,
    })
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (command) =>
        (command.parent?.options ?? []).filter(({ long }) => long !== '--version'),
      styleTitle: (title) => `\u001b[1m${title}\u001b[22m`,
    })
    .showHelpAfterError('(ikr --help lists the commands, ikr help COMMAND tells of one)')
    .addHelpText('after', help.PROGRAM_AFTER);

  /** What every action does around its function. */
  const action =
    <O>(
      load: () => Promise<Run<O>>,
      named: (args: readonly unknown[]) => Partial<O> = () => ({}),
    ) =>
    async (...parameters: unknown[]): Promise<void> => {
      const command = parameters.at(-1) as Command;
      const options = { ...command.optsWithGlobals<O & GlobalOptions>(), ...named(parameters) };
      applyGlobals(options, io);
      const run = await load();
      const services = makeServices ?? (await import('./services.ts')).createServices;
      setExitCode(await run(options, io, services()));
    };

  const json = () => new Option('--json', 'Print the result as JSON.');
  /** A command that the rotator function carries out. */
  const throughFunction = (name: Action) =>
    program
      .command(name)
      .addOption(
        new Option(
          '--function <name>',
          'The rotator function (name or ARN), instead of IAM_KEY_ROTATOR_FUNCTION or ikr-rotator.',
        ),
      )
      .addOption(
        new Option(
          '--alias <alias>',
          `The alias of the function to invoke, instead of ${LOWEST_ALIAS[name]}.`,
        ).choices([...ALIASES]),
      )
      // Scripts of before are told what to do instead.
      .addOption(new Option('--table <name>').hideHelp());
  const user = () =>
    new Option('--user <name>', 'Only this user; may be given several times.').argParser(
      (name: string, earlier: string[] | undefined) => [...(earlier ?? []), name],
    );

  program
    .command('tag')
    .summary('Tag users from a file')
    .description(help.TAG)
    .addArgument(new Argument('<file>', 'JSON file of users and tags; - for standard input'))
    .option('--dry-run', 'Only show what would change.')
    .addOption(json())
    .addHelpText('after', help.TAG_AFTER)
    .action(
      action<TagOptions>(
        async () => (await import('./commands/tag.ts')).tag,
        ([file]) => ({ file: String(file) }),
      ),
    );

  program
    .command('decrypt')
    .summary('Open the key pair of a mail')
    .description(help.DECRYPT)
    .addArgument(new Argument('[token]', 'the sealed key pair; standard input if missing'))
    .addOption(new Option('--file <path>', 'Read the mail from a file; - for standard input.'))
    .option(
      '--key <key>',
      'The content key itself, so that AWS is not asked: a JWK or base64url, or @ and a file with it.',
    )
    .addOption(
      new Option('--format <format>', 'Form of the key pair.')
        .choices([...KEY_PAIR_FORMATS])
        .default('env'),
    )
    .addOption(
      new Option('--profile-name <name>', 'Section name for --format credentials.')
        .default('default')
        .argParser(profileName),
    )
    .addHelpText('after', help.DECRYPT_AFTER)
    .action(
      action<DecryptOptions>(
        async () => (await import('./commands/decrypt.ts')).decrypt,
        ([token]) => (typeof token === 'string' ? { token } : {}),
      ),
    );

  throughFunction('status')
    .summary('Who is managed, and what happens next')
    .description(help.STATUS)
    .addOption(user())
    .addOption(json())
    .addHelpText('after', help.STATUS_AFTER)
    .action(action<StatusOptions>(async () => (await import('./commands/status.ts')).status));

  throughFunction('rotate')
    .summary('Run the rotator now')
    .description(help.ROTATE)
    .addOption(user())
    .option('--all', 'Everybody who is managed.')
    .option('--force', 'Rotate whatever the age of the key, and also after failures; needs --user.')
    .option('--dry-run', 'Only report what would be done.')
    .option('--verbose', 'List those too who are not due.')
    .addOption(json())
    .addHelpText('after', help.ROTATE_AFTER)
    .action(action<RotateOptions>(async () => (await import('./commands/rotate.ts')).rotate));

  throughFunction('resend')
    .summary('Send the mail of an open rotation again')
    .description(help.RESEND)
    .addArgument(new Argument('<user>', 'name or unique ID (AIDA…)'))
    .addOption(json())
    .addHelpText('after', help.RESEND_AFTER)
    .action(
      action<ResendOptions>(
        async () => (await import('./commands/resend.ts')).resend,
        ([name]) => ({ user: String(name) }),
      ),
    );

  throughFunction('cancel')
    .summary("Cancel an old key's deletion")
    .description(help.CANCEL)
    .addArgument(new Argument('<user>', 'name or unique ID (AIDA…)'))
    .addOption(json())
    .addHelpText('after', help.CANCEL_AFTER)
    .action(
      action<CancelOptions>(
        async () => (await import('./commands/cancel.ts')).cancel,
        ([name]) => ({ user: String(name) }),
      ),
    );

  throughFunction('history')
    .summary('Closed rotations, for auditors')
    .description(help.HISTORY)
    .addArgument(new Argument('[user]', 'name or unique ID (AIDA…); everybody if missing'))
    .addOption(json())
    .option('--csv', 'Print the result as CSV, safe to open in a spreadsheet.')
    .addHelpText('after', help.HISTORY_AFTER)
    .action(
      action<HistoryOptions>(
        async () => (await import('./commands/history.ts')).history,
        ([name]) => (typeof name === 'string' ? { user: name } : {}),
      ),
    );

  program
    .command('preview')
    .summary('Write the mails to look at them')
    .description(help.PREVIEW)
    .addArgument(new Argument('[dir]', 'directory for the files').default('ikr-preview'))
    .addOption(json())
    .addHelpText('after', help.PREVIEW_AFTER)
    .action(
      action<{ directory: string }>(
        async () => (await import('./commands/preview.ts')).preview,
        ([directory]) => ({ directory: String(directory) }),
      ),
    );

  return program;
}

function profileName(text: string): string {
  if (PROFILE_NAME.test(text)) return text;
  throw new InvalidArgumentError('Allowed: letters, digits and . _ @ + / -');
}
