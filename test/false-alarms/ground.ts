// What the tests of false alarms share: the plan, its places, and single disturbances in an otherwise quiet world.
import { parsePlans } from '../../events/config.ts';
import { readFileSync } from 'node:fs';
import type { Disturbance, Effect } from '../../simulator/false-alarms/disturbance.ts';
import { yearBegins } from '../../simulator/false-alarms/draw.ts';
import { pairOf } from '../../simulator/false-alarms/pair.ts';
import { runStretch, type RunResult } from '../../simulator/false-alarms/run.ts';
import type { ApplicationPlan, DetectionPlan } from '../../domain/plan.ts';

export const plan: ApplicationPlan = parsePlans(readFileSync(new URL('../../hotshift.example.yml', import.meta.url), 'utf8')).applications[0]!;
export const { home, standby, witness } = pairOf(plan);
export const begins = yearBegins(1);
export const DAY_MS = 86_400_000;
export const changed = (detection: Partial<DetectionPlan>): ApplicationPlan => ({ ...plan, detection: { ...plan.detection, ...detection } });

/** Seconds after the begin of the year. */
export const at = (fromSeconds: number, lastsSeconds: number, ...effects: readonly Effect[]): Disturbance =>
  ({ kind: 'directed', from: begins + fromSeconds * 1000, until: begins + (fromSeconds + lastsSeconds) * 1000, seed: 1, effects });
export const lost = (vantagePoint: string, target: string, share = 1): Effect => ({ on: 'path', vantagePoint, target, failure: 'timed-out', share });

export const run = (disturbances: readonly Disturbance[], more: { readonly plan?: ApplicationPlan; readonly controlIgnored?: boolean } = {}): Promise<RunResult> =>
  runStretch({ plan, seed: 1, disturbances: [...disturbances].sort((one, other) => one.from - other.from), from: begins, until: begins + DAY_MS, ...more });
export const evacuated = async (...args: Parameters<typeof run>): Promise<readonly string[]> => (await run(...args)).failovers.map((failure) => failure.evacuated);
