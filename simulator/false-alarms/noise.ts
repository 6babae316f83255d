// The noise of a healthy year, as named rates and durations. Healthy means that no region is really out (README.md has the
// definition): trouble of one path or one place may last as long as it likes, trouble that all places see is short or slight.
import type { ProbeFailure } from '../../domain/observation.ts';
import type { Random } from '../random.ts';
import type { Effect } from './disturbance.ts';
import type { Kind } from './draw.ts';
import { otherOf, placesOf, type Pair } from './pair.ts';

/** A region that fails completely for no longer than this, for everybody, is not out: two probes 5 s apart must not both meet it. */
export const OUTAGE_SECONDS = 5;

const place = (random: Random, pair: Pair): string => random.pick(placesOf(pair));
const region = (random: Random, pair: Pair): string => random.pick([pair.home, pair.standby]);
const failure = (random: Random): ProbeFailure => random.pick(['timed-out', 'timed-out', 'refused']);
const path = (vantagePoint: string, target: string, kind: ProbeFailure | 'slow', share = 1): Effect => ({ on: 'path', vantagePoint, target, failure: kind, share });
const noControl = (vantagePoint: string): Effect => ({ on: 'control', vantagePoint, share: 1 });

/** One path or one place has trouble; the region is well and others see it. */
const LOCAL: readonly Kind[] = [
  {
    // Six paths with 30 a year of 15 s on average: 99.9986 % each. Paths between clouds are measured between four and five nines with an
    // order of magnitude less loss than the public Internet (Haq, Raja, Dogar: Measuring and Improving the Reliability of Wide-Area Cloud Paths).
    kind: 'path cut', perYear: 180, lasts: { medianSeconds: 8, sigma: 1.1, secondsMax: 1800 }, source: 'assumption, between four and five nines per path as measured by Haq et al. 2017',
    effects: (random, pair) => [path(place(random, pair), region(random, pair), failure(random))],
  },
  {
    kind: 'packet loss on a path', perYear: 72, lasts: { medianSeconds: 90, sigma: 1, secondsMax: 1800 }, source: 'assumption: 12 bursts a year and path',
    effects: (random, pair) => [path(place(random, pair), region(random, pair), 'timed-out', random.between(0.02, 0.3))],
  },
  {
    kind: 'a place without internet', perYear: 36, lasts: { medianSeconds: 20, sigma: 1.2, secondsMax: 3600 }, source: 'assumption: monthly in each place',
    effects: (random, pair) => { const from = place(random, pair); return [path(from, 'any', failure(random)), noControl(from)]; },
  },
  {
    kind: 'a place that sees neither region', perYear: 36, lasts: { medianSeconds: 20, sigma: 1.2, secondsMax: 3600 }, source: 'assumption: monthly in each place',
    effects: (random, pair) => [path(place(random, pair), 'any', failure(random))],
  },
  {
    kind: 'internet trouble of two places', perYear: 6, lasts: { medianSeconds: 60, sigma: 1.2, secondsMax: 3600 }, source: 'assumption: a carrier that two places share, every other month; the control endpoint tells',
    effects: (random, pair) => {
      const [target, spared, kind] = [region(random, pair), place(random, pair), failure(random)];
      // What lies inside their own region they still reach.
      return placesOf(pair).filter((one) => one !== spared).flatMap((from) => [noControl(from), ...(from === target ? [] : [path(from, target, kind)])]);
    },
  },
  {
    kind: 'resolver of a place', perYear: 72, lasts: { medianSeconds: 10, sigma: 1, secondsMax: 600 }, source: 'assumption: twice a month in each place, half of them for our names only',
    effects: (random, pair) => { const from = place(random, pair); return [path(from, 'any', 'unresolved'), ...(random.chance(0.5) ? [noControl(from)] : [])]; },
  },
  {
    kind: 'TLS in a place', perYear: 6, lasts: { medianSeconds: 300, sigma: 1, secondsMax: 7200 }, source: 'assumption: trust store or clock broken by a deployment twice a year',
    effects: (random, pair) => { const from = place(random, pair); return [path(from, 'any', 'tls'), ...(random.chance(0.5) ? [noControl(from)] : [])]; },
  },
  {
    kind: 'control endpoint out', perYear: 6, lasts: { medianSeconds: 300, sigma: 1, secondsMax: 7200 }, source: 'assumption: a foreign site, out every other month',
    effects: () => [noControl('any')],
  },
  {
    kind: 'two places lose one region', perYear: 24, lasts: { fromSeconds: 0.3, toSeconds: OUTAGE_SECONDS }, source: 'assumption: a route change seen by two of three places, for less than detection needs',
    effects: (random, pair) => {
      const [target, spared, kind] = [region(random, pair), place(random, pair), failure(random)];
      return placesOf(pair).filter((one) => one !== spared).map((from) => path(from, target, kind));
    },
  },
  {
    kind: 'link between the pair', perYear: 12, lasts: { medianSeconds: 60, sigma: 1.2, secondsMax: 3600 }, source: 'assumption: monthly; the standby then cannot write either',
    effects: (_random, pair) => [path(pair.home, pair.standby, 'timed-out'), path(pair.standby, pair.home, 'timed-out'), { on: 'writes', through: pair.standby, share: 1 }],
  },
];

/** What hinders the agents: their processes, clocks, table and events. */
const AGENTS: readonly Kind[] = [
  {
    kind: 'agent stands still', perYear: 156, lasts: { medianSeconds: 4, sigma: 1, secondsMax: 60 }, source: 'assumption: weekly in each place',
    effects: (random, pair) => [{ on: 'frozen', place: place(random, pair) }],
  },
  {
    kind: 'minute without agent', perYear: 156, lasts: { fromSeconds: 30, toSeconds: 120 }, source: 'assumption: weekly in each place; the schedule does not repeat a lost start',
    effects: (random, pair) => [{ on: 'absent', place: place(random, pair) }],
  },
  {
    kind: 'agent away for long', perYear: 12, lasts: { fromSeconds: 600, toSeconds: 4 * 3600 }, source: 'assumption: quota, broken deployment or disabled schedule, quarterly in each place',
    effects: (random, pair) => [{ on: 'absent', place: place(random, pair) }],
  },
  {
    kind: 'agent dies in trouble', perYear: 24, lasts: { fromSeconds: 10, toSeconds: 25 }, source: 'assumption: its path fails, then its process is gone for long, so that its last word is an accusation',
    effects: (random, pair) => [path(place(random, pair), region(random, pair), failure(random))],
    followedBy: { lasts: { fromSeconds: 600, toSeconds: 4 * 3600 }, effects: (effects) => effects.flatMap((effect) => (effect.on === 'path' ? [{ on: 'absent' as const, place: effect.vantagePoint }] : [])) },
  },
  {
    kind: 'clock is off', perYear: 18, lasts: { fromSeconds: 60, toSeconds: 900 }, source: 'assumption; Amazon Time Sync keeps 1 ms, here up to 30 s every other month in each place',
    effects: (random, pair) => [{ on: 'clock', place: place(random, pair), offsetMs: Math.round((random.chance(0.5) ? -1 : 1) * 200 * 150 ** random.next()) }],
  },
  {
    kind: 'table stalls in a place', perYear: 72, lasts: { medianSeconds: 10, sigma: 1, secondsMax: 300 }, source: 'assumption: twice a month in each place; attempts and limits of adapters/clients.ts',
    effects: (random, pair) => [{ on: 'table', place: place(random, pair), delayMsMax: random.between(500, 6000), failShare: random.pick([0, 0.3, 1]) }],
  },
  {
    kind: 'table stalls everywhere', perYear: 12, lasts: { medianSeconds: 10, sigma: 1, secondsMax: 300 }, source: 'assumption: monthly',
    effects: (random) => [{ on: 'table', place: 'any', delayMsMax: random.between(500, 6000), failShare: random.pick([0, 0.3, 1]) }],
  },
  {
    kind: 'events lost, twice or late', perYear: 24, lasts: { fromSeconds: 60, toSeconds: 1800 }, source: 'EventBridge: at least once, retried for hours (user guide); rates assumed',
    effects: () => [{ on: 'events', lostShare: 0.2, duplicateShare: 0.5, lateMsMax: 120_000 }],
  },
];

/** What everybody sees, shortly or slightly. */
const SHARED: readonly Kind[] = [
  {
    kind: 'region interrupted', perYear: 200, lasts: { fromSeconds: 0.3, toSeconds: OUTAGE_SECONDS }, source: 'assumption: two a week in each region, of at most OUTAGE_SECONDS',
    effects: (random, pair) => [path('any', region(random, pair), random.pick(['timed-out', 'refused', 'bad-status', 'tls', 'unresolved']))],
  },
  {
    // "5 to 10 seconds of scattered 502s on every deploy" (pipelineops: How to Set Up Zero-Downtime Deployment on AWS ECS): an untuned service.
    kind: 'deployment', perYear: 208, lasts: { fromSeconds: 5, toSeconds: 10 }, source: 'duration: field report on ECS rolling updates; two a week and region, 2 to 20 % of the answers: assumption',
    effects: (random, pair) => [path('any', region(random, pair), 'bad-status', random.between(0.02, 0.2))],
  },
  {
    kind: 'region is grey', perYear: 48, lasts: { fromSeconds: 120, toSeconds: 1200 }, source: 'assumption: twice a month in each region, most answers slow, up to 2 % none',
    effects: (random, pair) => { const target = region(random, pair); return [path('any', target, 'slow', 0.7), path('any', target, 'timed-out', random.between(0, 0.02))]; },
  },
  {
    kind: 'one bad server of many', perYear: 24, lasts: { fromSeconds: 60, toSeconds: 600 }, source: 'assumption: monthly in each region, 1 to 3 % of the answers',
    effects: (random, pair) => [path('any', region(random, pair), random.pick(['refused', 'tls', 'bad-content']), random.between(0.01, 0.03))],
  },
  {
    kind: 'writer moves to another zone', perYear: 12, lasts: { fromSeconds: 20, toSeconds: 110 }, source: 'RDS user guide: 60 to 120 s for a Multi-AZ instance, under 35 s for a cluster; monthly is an assumption (maintenance, hosts that fail)',
    effects: () => [{ on: 'writes', through: 'any', share: 1 }],
  },
  {
    kind: 'writes interrupted', perYear: 52, lasts: { fromSeconds: 0.3, toSeconds: OUTAGE_SECONDS }, source: 'assumption: weekly lock, checkpoint or connection storm; longer is an outage of the writer',
    effects: () => [{ on: 'writes', through: 'any', share: 1 }],
  },
  {
    kind: 'both regions interrupted', perYear: 12, lasts: { fromSeconds: 0.3, toSeconds: OUTAGE_SECONDS }, source: 'assumption: monthly, a shared dependency',
    effects: (random, pair) => { const first = region(random, pair); return [path('any', first, 'bad-status'), path('any', otherOf(pair, first), 'bad-status')]; },
  },
];

export const NOISE: readonly Kind[] = [...LOCAL, ...AGENTS, ...SHARED];
