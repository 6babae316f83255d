// EventBridge Scheduler of the twin: starts the agents of every region, again and again, as events/rules.yml says. Each has a
// random phase of its own: clocks that start together would measure their own rhythm.
import { readRules, scheduledInput, type Schedule } from '../resources/rules.ts';

/** Agents that watch start every minute; what starts less often only checks. */
const RARE_SECONDS = 60;

export interface SchedulerOptions {
  readonly application: string;
  /** Region -> its kind of place. */
  readonly places: Readonly<Record<string, 'region' | 'witness'>>;
  /** The functions that are steps of a workflow. */
  readonly steps: readonly string[];
  /** Agents that are never started. */
  readonly without?: readonly string[];
  readonly phaseSeconds: number;
  readonly random: () => number;
  readonly invoke: (name: string, region: string, event: object) => Promise<unknown>;
}

export interface Scheduler {
  /** Resolves when every step was kept warm once: the state of a deployment that has stood for some minutes. */
  readonly warm: Promise<void>;
  stop(): void;
}

export function startScheduler({ application, places, steps, without = [], phaseSeconds, random, invoke }: SchedulerOptions): Scheduler {
  const { schedules, keepWarm } = readRules();
  const timers = new Set<NodeJS.Timeout>();
  const every = (schedule: Schedule, region: string, delayMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      every(schedule, region, schedule.everySeconds * 1000);
      // A region that is dead starts nothing; an agent that failed is logged by itself and starts again with the next turn.
      invoke(schedule.target.function, region, scheduledInput(schedule, application)).catch(() => undefined);
    }, delayMs);
    timers.add(timer);
  };
  // A rare one has its first turn after its whole time: not in the middle of a run that lasts a minute.
  const firstMs = ({ everySeconds }: Schedule): number => (everySeconds > RARE_SECONDS ? everySeconds : random() * phaseSeconds) * 1000;
  for (const [region, kind] of Object.entries(places)) {
    for (const schedule of schedules.filter((entry) => entry.places.includes(kind) && !without.includes(entry.target.function))) every(schedule, region, firstMs(schedule));
  }
  // One place after the other: the machine that runs all of them has few cores.
  const warmAll = async (): Promise<void> => {
    for (const region of Object.keys(places)) await Promise.all(steps.map((step) => invoke(step, region, keepWarm.event).catch(() => undefined)));
  };
  const again = setInterval(() => void warmAll(), keepWarm.everySeconds * 1000);
  timers.add(again);
  return { warm: warmAll(), stop: () => timers.forEach((timer) => clearTimeout(timer)) };
}
