/** The log of a history, for people: a line for each step. */
import type { Violation } from '../../../../simulation/invariants/checker/checker.ts';
import type { Environment } from '../../../../simulation/scenario/environment.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/domain/time.ts';
import type { Command, Conditions, InvocationPlan, Step } from '../model/history.ts';
import { short } from './user-commands.ts';

export class HistoryLog {
  readonly lines: string[];
  readonly #environment: Environment;
  readonly #startMs: number;
  #effectsTold = 0;

  constructor(conditions: Conditions, environment: Environment) {
    const told = Object.entries(conditions).filter(([, value]) => value !== undefined);
    this.lines = [told.map(([name, value]) => `${name} ${value}`).join(', ')];
    this.#environment = environment;
    this.#startMs = environment.clock.nowMs();
  }

  step(step: Step, result: string | undefined): void {
    this.#line(inWords(step.command), result ?? 'not possible');
  }

  recovery(result: string): void {
    this.#line('recovery', result);
  }

  violation({ invariant, what }: Violation): void {
    this.lines.push(`!! invariant ${invariant}: ${abbreviated(what)}`);
  }

  #line(what: string, result: string): void {
    const { clock, effects } = this.#environment;
    const made = counted(effects.slice(this.#effectsTold));
    this.#effectsTold = effects.length;
    const line = [what, result, made && `[${made}]`].filter(Boolean).join(' — ');
    this.lines.push(`${timeOf(clock.nowMs() - this.#startMs)}  ${abbreviated(line)}`);
  }
}

/** Effects in order of their first time; how often, when more than once. */
function counted(effects: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const effect of effects) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  return [...counts].map(([what, times]) => (times > 1 ? `${what} ×${times}` : what)).join(', ');
}

function timeOf(ms: number): string {
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const pad = (number: number) => String(number).padStart(2, '0');
  return `day ${String(Math.floor(ms / DAY_MS)).padStart(3)} ${pad(hours)}:${pad(minutes)}`;
}

function abbreviated(line: string): string {
  return line.replaceAll(/AKIA0*\d+/g, short);
}

function inWords(command: Command): string {
  const { do: what, ...details } = command as Command & { readonly run?: InvocationPlan };
  const words = Object.entries(details).flatMap(([name, value]) => {
    if (name === 'run') return planInWords(value as unknown as InvocationPlan);
    if (name === 'runs') return (value as InvocationPlan[]).map((run) => `{${planInWords(run)}}`);
    if (value === undefined || value === false || value === 'no' || value === 'once') return [];
    return [`${name} ${value}`];
  });
  return [what, ...words].join(', ');
}

function planInWords(plan: InvocationPlan): string[] {
  return [
    ...(plan.timeout === 'usual' ? [] : [`timeout ${plan.timeout}`]),
    ...(plan.skewSeconds ? [`clock +${plan.skewSeconds} s`] : []),
    ...(plan.dryRun ? ['dry run'] : []),
    ...(plan.mailerDown ? ['mailer down'] : []),
    ...(plan.mails.length > 0 ? [`mails ${plan.mails.join(' ')}`] : []),
    ...plan.faults.map(({ kind, at, nth, phase, minutes, meanwhile }) => {
      const when = `${phase} ${at}${nth > 0 ? ` no. ${nth + 1}` : ''}`;
      if (kind !== 'pause') return `${kind} ${when}`;
      const others = meanwhile.map(inWords);
      return `pause ${minutes} min ${when}${others.length > 0 ? ` (${others.join('; ')})` : ''}`;
    }),
  ];
}
