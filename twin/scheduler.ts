// EventBridge Scheduler of the twin: starts the agents of every region, again and again, as events/rules.yml says. Each has a
// random phase of its own: clocks that start together would measure their own rhythm.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Schedule { readonly name: string; readonly everySeconds: number; readonly places: readonly string[]; readonly target: { readonly function: string }; readonly runSeconds: number }

export interface SchedulerOptions {
  readonly application: string;
  /** Region -> its kind of place. */
  readonly places: Readonly<Record<string, 'region' | 'witness'>>;
  readonly phaseSeconds: number;
  readonly random: () => number;
  readonly invoke: (name: string, region: string, event: object) => Promise<unknown>;
}

export interface Scheduler { stop(): void }

export function startScheduler({ application, places, phaseSeconds, random, invoke }: SchedulerOptions): Scheduler {
  const { schedules } = parse(readFileSync(join(import.meta.dirname, '..', 'events', 'rules.yml'), 'utf8')) as { schedules: readonly Schedule[] };
  const timers = new Set<NodeJS.Timeout>();
  const every = (schedule: Schedule, region: string, delayMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      every(schedule, region, schedule.everySeconds * 1000);
      // A region that is dead starts nothing; an agent that failed is logged by itself and starts again with the next turn.
      invoke(schedule.target.function, region, { application, runSeconds: schedule.runSeconds }).catch(() => undefined);
    }, delayMs);
    timers.add(timer);
  };
  for (const [region, kind] of Object.entries(places)) {
    for (const schedule of schedules.filter((entry) => entry.places.includes(kind))) every(schedule, region, random() * phaseSeconds * 1000);
  }
  return { stop: () => timers.forEach((timer) => clearTimeout(timer)) };
}
