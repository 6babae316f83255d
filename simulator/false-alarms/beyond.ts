// What lies beyond the definition of healthy, one episode at a time in an otherwise quiet world: how often is it confirmed as an outage?
// It shows where the border is, and what a routine database failover or an untuned deployment costs.
import type { ApplicationPlan, Region } from '../../domain/plan.ts';
import { seedOf, chance } from './chance.ts';
import { delaysOf } from './detection.ts';
import type { Disturbance, Effect } from './disturbance.ts';
import { yearBegins } from './draw.ts';
import { pairOf } from './pair.ts';
import { runStretch } from './run.ts';

export interface Episode { readonly what: string; readonly seconds: readonly [number, number]; readonly effects: (home: Region) => readonly Effect[] }
export interface Confirmed { readonly what: string; readonly episodes: number; readonly confirmed: number }

const fails = (share: number) => (home: Region): readonly Effect[] => [{ on: 'path', vantagePoint: 'any', target: home, failure: 'bad-status', share }];
const noWrites = (): readonly Effect[] => [{ on: 'writes', through: 'any', share: 1 }];

export const EPISODES: readonly Episode[] = [
  ...[4, 5, 6, 8, 10, 12, 15].map((seconds): Episode => ({ what: `region fails for ${seconds} s`, seconds: [seconds, seconds], effects: fails(1) })),
  ...[[10, 10], [60, 60], [600, 600]].flatMap(([from = 0, to = 0]) => [0.05, 0.1, 0.2, 0.33, 0.5].map((share): Episode =>
    ({ what: `${Math.round(share * 100)} % of the answers fail for ${from} s`, seconds: [from, to], effects: fails(share) }))),
  // RDS user guide: a Multi-AZ DB cluster typically takes under 35 s to fail over, a Multi-AZ DB instance 60 to 120 s.
  { what: 'Multi-AZ cluster fails over inside the region (20-35 s)', seconds: [20, 35], effects: noWrites },
  { what: 'Multi-AZ instance fails over inside the region (60-120 s)', seconds: [60, 120], effects: noWrites },
];

const QUIET_MS = 5 * 60_000;

export async function confirmedOf(episode: Episode, plan: ApplicationPlan, seed: number, episodes: number): Promise<Confirmed> {
  const pair = pairOf(plan);
  const from = yearBegins(1);
  let at = from + QUIET_MS;
  const disturbances = Array.from({ length: episodes }, (_, index): Disturbance => {
    const [low, high] = episode.seconds;
    // Clocks that start together would stay in step: each episode begins at a phase of its own.
    const begins = at + Math.round(60_000 * chance(seed, index, 0, 51));
    const until = begins + Math.round(1000 * (low + (high - low) * chance(seed, index, 0, 52)));
    at = until + QUIET_MS;
    return { kind: episode.what, from: begins, until, seed: seedOf(seed, index), effects: episode.effects(pair.home), outageOf: pair.home };
  });
  const { endings } = await runStretch({ plan, seed, disturbances, from, until: at });
  return { what: episode.what, episodes, confirmed: delaysOf(disturbances, endings).filter((delay) => delay !== undefined).length };
}
