// The study as a page of text. Rates are per year, so that stretches of different length compare.
import type { DetectionPlan } from '../../domain/plan.ts';
import type { Confirmed } from './beyond.ts';
import type { Detection } from './detection.ts';
import type { Healthy } from './study.ts';

export interface Study {
  readonly seed: number;
  readonly detection: DetectionPlan;
  readonly healthy: Healthy;
  readonly others: readonly Healthy[];
  readonly outages: readonly Detection[];
  readonly seconds: number;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const rate = (times: number, years: number): string => (times / years).toFixed(times / years >= 10 ? 0 : 2);
const row = (name: string, ...cells: readonly (string | number)[]): string => `  ${name.padEnd(44)}${cells.map((cell) => String(cell).padStart(14)).join('')}`;

export function studyTable({ seed, detection, healthy, others, outages, seconds }: Study): string {
  const { years } = healthy;
  const lines = [
    `${whole(years)} healthy years, seed ${seed}: ${detection.failuresToSuspect} failures ${detection.probeIntervalSeconds} s apart, quorum ${detection.quorum} of 3 (${seconds.toFixed(0)} s)`,
    row('rounds of probes', whole(healthy.rounds)), row('of these run, the rest left out as quiet', whole(healthy.roundsRun)),
    row('suspicions raised', whole(healthy.suspicions)),
    ...Object.entries(healthy.endings).map(([kind, times]) => row(`verdicts: ${kind}`, whole(times))),
    row('FALSE FAILOVERS', healthy.failovers.length),
    ...healthy.failovers.map(({ year, evacuated, during }) => `    year ${year}: ${evacuated} left during ${during.join('; ')}`),
    '', row('disturbances', whole(Object.values(healthy.disturbances).reduce((sum, times) => sum + times, 0))),
    ...Object.entries(healthy.disturbances).map(([kind, times]) => row(`  ${kind}`, whole(times))),
    '', row('false failovers a year', 'years', 'failovers', 'a year'),
    row('this policy', whole(years), healthy.failovers.length, rate(healthy.failovers.length, years)),
    ...naiveRows(healthy),
    ...others.map((other) => row(other.policy, whole(other.years), other.failovers.length, rate(other.failovers.length, other.years))),
  ];
  if (outages.length > 0) lines.push('', row('real outages in the same noise', 'outages', 'confirmed', 'median s', '95 % s', 'most s'), ...outages.map(outageRow));
  return `${lines.join('\n')}\n`;
}

function naiveRows({ naive, years }: Healthy): readonly string[] {
  const named: readonly (readonly [string, number])[] = [
    ['naive: alarm on one bad minute, one place', naive.oneBadMinute], ['naive: health check 3 x 10 s, one place', naive.threeInARow],
    ['naive: health check 3 x 10 s, all places', naive.threeEverywhere],
  ];
  return named.map(([name, times]) => row(name, whole(years), times, rate(times, years)));
}

const outageRow = ({ kind, outages, confirmed, delaySeconds }: Detection): string =>
  row(`  ${kind}`, outages, confirmed, ...(delaySeconds === undefined ? [] : [delaySeconds.median, delaySeconds.p95, delaySeconds.most].map((value) => value.toFixed(1))));

export function beyondTable(rows: readonly { readonly what: string; readonly confirmed: readonly (Confirmed & { readonly policy: string })[] }[]): string {
  const head = row('confirmed as an outage', ...(rows[0]?.confirmed.map(({ policy }) => policy.slice(0, 13)) ?? []));
  const share = ({ confirmed, episodes }: Confirmed): string => `${((100 * confirmed) / episodes).toFixed(1)} %`;
  return `${[head, ...rows.map(({ what, confirmed }) => row(what, ...confirmed.map(share)))].join('\n')}\n`;
}
