// The whole study: healthy years under the default policy, the same years under weakened ones and naive alarms, and years with real
// outages. All of it follows from the seed.
import { apart, detectionOf, type Detection } from './detection.ts';
import { byBegin } from './disturbance.ts';
import { drawDisturbances, yearBegins, YEAR_MS, type Stretch } from './draw.ts';
import { naiveFailovers, type Naive } from './naive.ts';
import { NOISE } from './noise.ts';
import { OUTAGES } from './outages.ts';
import { pairOf } from './pair.ts';
import type { Policy } from './policies.ts';
import { runStretch, type Failure, type RunResult } from './run.ts';

export interface Healthy {
  readonly policy: string;
  readonly years: number;
  readonly rounds: number;
  readonly roundsRun: number;
  readonly disturbances: Readonly<Record<string, number>>;
  readonly suspicions: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly failovers: readonly (Failure & { readonly year: number })[];
  readonly naive: Naive;
}

export interface StudySettings { readonly seed: number; readonly years: number; readonly firstYear?: number; readonly days?: number; readonly intensity?: number; readonly onYear?: (year: number) => void }

export async function healthyYears({ name, plan, controlIgnored }: Policy, settings: StudySettings): Promise<Healthy> {
  const { seed, years, firstYear = 1, days = 365, intensity = 1, onYear } = settings;
  const [disturbances, endings] = [new Map<string, number>(), new Map<string, number>()];
  const failovers: (Failure & { readonly year: number })[] = [];
  let [roundsRun, suspicions] = [0, 0];
  let naive: Naive = { oneBadMinute: 0, threeInARow: 0, threeEverywhere: 0 };
  for (let year = firstYear; year < firstYear + years; year += 1) {
    const drawn = drawDisturbances(NOISE, pairOf(plan), { seed, year, days, intensity });
    const result = await runStretch({ plan, controlIgnored, seed, disturbances: drawn, ...spanOf({ seed, year, days }) });
    for (const { kind } of drawn) count(disturbances, kind);
    for (const { kind } of result.endings) count(endings, kind);
    failovers.push(...result.failovers.map((failure) => ({ ...failure, year })));
    [roundsRun, suspicions, naive] = [roundsRun + result.roundsRun, suspicions + result.suspicions.length, added(naive, naiveFailovers(drawn, pairOf(plan)))];
    onYear?.(year);
  }
  const rounds = Math.round((years * days * 86_400 * 3) / plan.detection.probeIntervalSeconds);
  return { policy: name, years: (years * days * 86_400_000) / YEAR_MS, rounds, roundsRun, disturbances: Object.fromEntries(disturbances), suspicions, endings: Object.fromEntries(endings), failovers, naive };
}

/** Real outages in the same noise; how they are found, by kind. */
export async function outageYears({ plan, controlIgnored }: Policy, { seed, years, firstYear = 1, days = 365, intensity = 1 }: StudySettings): Promise<readonly Detection[]> {
  const pair = pairOf(plan);
  const runs: { readonly outages: ReturnType<typeof apart>; readonly endings: RunResult['endings'] }[] = [];
  for (let year = firstYear; year < firstYear + years; year += 1) {
    const outages = apart(drawDisturbances(OUTAGES, pair, { seed: seed + 1, year, days }));
    const drawn = [...drawDisturbances(NOISE, pair, { seed, year, days, intensity }), ...outages].sort(byBegin);
    const { endings } = await runStretch({ plan, controlIgnored, seed, disturbances: drawn, ...spanOf({ seed, year, days }) });
    runs.push({ outages, endings });
  }
  const [outages, endings] = [runs.flatMap((run) => run.outages), runs.flatMap((run) => run.endings)];
  return [...OUTAGES.map(({ kind }) => detectionOf(kind, outages.filter((one) => one.kind === kind), endings)), detectionOf('all', outages, endings)];
}

const spanOf = ({ year, days = 365 }: Stretch) => ({ from: yearBegins(year), until: yearBegins(year) + days * 86_400_000 });
const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
const added = (one: Naive, other: Naive): Naive => ({
  oneBadMinute: one.oneBadMinute + other.oneBadMinute, threeInARow: one.threeInARow + other.threeInARow, threeEverywhere: one.threeEverywhere + other.threeEverywhere,
});
