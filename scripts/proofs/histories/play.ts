/** Plays a history, and tells it. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import { heal } from './heal.ts';
import type { Command, Conditions, History, Invocation, Step } from './history.ts';
import { MemoryTheatre } from './memory-theatre.ts';
import { short } from './people.ts';
import type { Violation } from './rules.ts';
import type { Theatre } from './scenery.ts';
import { Stage } from './stage.ts';
import type { Counts } from './tally.ts';

export interface Played {
  readonly violations: readonly Violation[];
  /** One line a step, when asked for. */
  readonly story: readonly string[];
  /** What was done, what went wrong, and what the program did and said, with how often. */
  readonly seen: Counts;
  readonly runs: number;
}

/** Where histories are played: in memory unless told. */
export type Open = (conditions: Conditions) => Promise<Theatre>;

/** Plays a history until something is wrong, or to its healthy end. */
export async function play(
  { conditions, steps }: History,
  tellStory = false,
  open: Open = async (those) => new MemoryTheatre(those),
): Promise<Played> {
  const theatre = await open(conditions);
  try {
    return await playIn(new Stage(theatre), { conditions, steps }, tellStory);
  } finally {
    await theatre.close();
  }
}

async function playIn(
  stage: Stage,
  { conditions, steps }: History,
  tellStory: boolean,
): Promise<Played> {
  const story: string[] = tellStory ? [conditionsInWords(conditions)] : [];
  const startMs = stage.world.clock.nowMs();
  const tell = (step: Step | undefined, told: string | undefined, sinceEffect: number) => {
    if (!tellStory) return;
    const what = step ? inWords(step) : 'healthy weeks';
    const effects = counted(stage.world.effects.slice(sinceEffect));
    const line = [what, told, effects && `[${effects}]`].filter(Boolean).join(' — ');
    story.push(`${clock(stage.world.clock.nowMs() - startMs)}  ${abbreviated(line)}`);
  };
  for (const step of steps) {
    stage.world.clock.advance(step.afterMinutes * MINUTE_MS);
    const sinceEffect = stage.world.effects.length;
    const told = await stage.do(step.command);
    tell(step, told ?? 'not possible', sinceEffect);
    if (stage.violations.length > 0) break;
  }
  if (stage.violations.length === 0) {
    const sinceEffect = stage.world.effects.length;
    tell(undefined, await heal(stage, conditions.ownersActive), sinceEffect);
  }
  for (const { invariant, what } of stage.violations) {
    if (tellStory) story.push(`!! invariant ${invariant}: ${abbreviated(what)}`);
  }
  const { violations, theatre, world, seen } = stage;
  for (const effect of world.effects) seen.add(`effect: ${effect}`);
  return { violations, story, seen: seen.counts, runs: theatre.invoked };
}

/** Effects in order of their first time; how often, when more than once. */
function counted(effects: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const effect of effects) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  return [...counts].map(([what, times]) => (times > 1 ? `${what} ×${times}` : what)).join(', ');
}

function clock(ms: number): string {
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const pad = (number: number) => String(number).padStart(2, '0');
  return `day ${String(Math.floor(ms / DAY_MS)).padStart(3)} ${pad(hours)}:${pad(minutes)}`;
}

function abbreviated(line: string): string {
  return line.replaceAll(/AKIA0*\d+/g, short);
}

function inWords({ command }: Step): string {
  const { do: what, ...details } = command as Command & { readonly run?: Invocation };
  const words = Object.entries(details).flatMap(([name, value]) => {
    if (name === 'run') return invocationInWords(value as unknown as Invocation);
    if (name === 'runs') return (value as Invocation[]).map((run) => `{${invocationInWords(run)}}`);
    if (value === undefined || value === false || value === 'no' || value === 'once') return [];
    return [`${name} ${value}`];
  });
  return [what, ...words].join(', ');
}

function invocationInWords(run: Invocation): string[] {
  return [
    ...(run.life === 'lambda' ? [] : [run.life]),
    ...(run.skewSeconds ? [`clock +${run.skewSeconds} s`] : []),
    ...(run.dryRun ? ['dry run'] : []),
    ...(run.mailerDown ? ['mailer down'] : []),
    ...(run.mails.length > 0 ? [`mails ${run.mails.join(' ')}`] : []),
    ...run.troubles.map(({ kind, at, nth, phase, minutes, meanwhile }) => {
      const when = `${phase} ${at}${nth > 0 ? ` no. ${nth + 1}` : ''}`;
      if (kind !== 'pause') return `${kind} ${when}`;
      const others = meanwhile.map((command) => inWords({ afterMinutes: 0, command }));
      return `pauses ${minutes} min ${when}${others.length > 0 ? ` (${others.join('; ')})` : ''}`;
    }),
  ];
}

function conditionsInWords(conditions: Conditions): string {
  const told = Object.entries(conditions).filter(([, value]) => value !== undefined);
  return told.map(([name, value]) => `${name} ${value}`).join(', ');
}
