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
  /** The functions that are steps of a workflow. */
  readonly steps: readonly string[];
  readonly phaseSeconds: number;
  readonly random: () => number;
  readonly invoke: (name: string, region: string, event: object) => Promise<unknown>;
}

export interface Scheduler {
  /** Resolves when every step was kept warm once: the state of a deployment that has stood for some minutes. */
  readonly warm: Promise<void>;
  stop(): void;
}
interface KeepWarm { readonly everySeconds: number; readonly event: object }

export function startScheduler({ application, places, steps, phaseSeconds, random, invoke }: SchedulerOptions): Scheduler {
  const { schedules, keepWarm } = parse(readFileSync(join(import.meta.dirname, '..', 'events', 'rules.yml'), 'utf8')) as { schedules: readonly Schedule[]; keepWarm: KeepWarm };
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
  // One place after the other: the machine that runs all of them has few cores.
  const warmAll = async (): Promise<void> => {
    for (const region of Object.keys(places)) await Promise.all(steps.map((step) => invoke(step, region, keepWarm.event).catch(() => undefined)));
  };
  const again = setInterval(() => void warmAll(), keepWarm.everySeconds * 1000);
  timers.add(again);
  return { warm: warmAll(), stop: () => timers.forEach((timer) => clearTimeout(timer)) };
}
