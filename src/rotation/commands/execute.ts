/** Carries out a command, once it is known through which alias it came. */
import { iso } from '../../domain/time.ts';
import { Conflict, describeError, OutOfTime } from '../../ports/errors.ts';
import type { Alias } from './aliases.ts';
import { cancel } from './cancel.ts';
import { history } from './history.ts';
import { Refusal } from './refusal.ts';
import type { Command } from './requests.ts';
import { type ResendPorts, resend } from './resend.ts';
import { type RotatePorts, rotate, runStatus } from './rotate.ts';
import { status } from './status.ts';

/** A command, and the alias that allows it. */
export interface Asked {
  readonly command: Command;
  readonly alias: Alias;
}

export interface CommandPorts extends RotatePorts {
  readonly run: RotatePorts['run'] & ResendPorts;
}

/**
 * Carries out a command.
 * @returns its result, see `answers.ts`
 * @throws Refusal when it is not carried out
 */
export async function execute({ command, alias }: Asked, ports: CommandPorts): Promise<unknown> {
  const { clock, log } = ports.run;
  const askedBy = `${command.claimedBy ?? 'a person'} (alias ${alias})`;
  log.info('command', { ...command, alias });
  if (command.notAfter !== undefined && clock.nowMs() > Date.parse(command.notAfter)) {
    throw new Refusal(
      'too-late',
      `It is ${iso(clock.nowMs())}, and the command was not to be carried out after ${command.notAfter}.`,
    );
  }
  try {
    return await carryOut(command, askedBy, ports);
  } catch (error) {
    if (error instanceof Conflict) {
      throw new Refusal(
        'conflict',
        `Another run went on with it at the same moment: ${error.message}. Look with ikr status, and try again.`,
      );
    }
    if (error instanceof OutOfTime) {
      throw new Refusal('no-time', `Too little time was left: ${error.message}.`);
    }
    if (!(error instanceof Refusal)) log.error('a command failed', { error: describeError(error) });
    throw error;
  }
}

function carryOut(command: Command, askedBy: string, ports: CommandPorts): Promise<unknown> {
  switch (command.action) {
    case 'status':
      return command.requestId === undefined
        ? status(command, ports.run)
        : runStatus(command.requestId, ports);
    case 'history':
      return history(command, ports.run);
    case 'resend':
      return resend(command.user, ports.run);
    case 'cancel':
      return cancel(command.user, askedBy, ports.run);
    case 'rotate':
      return rotate(command, askedBy, ports);
  }
}
