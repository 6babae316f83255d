// Outages that are real: longer than OUTAGE_SECONDS, complete, and seen by everybody. They show that the policy can say yes in the same
// noise in which it must say no. Those of `home` take its writer away, which the standby suffers from.
import type { Effect } from './disturbance.ts';
import type { Kind } from './draw.ts';
import type { Pair } from './pair.ts';

const path = (target: string, failure: 'timed-out' | 'refused' | 'bad-status', vantagePoint = 'any'): Effect => ({ on: 'path', vantagePoint, target, failure, share: 1 });
const LASTS = { fromSeconds: 60, toSeconds: 1800 };
const SOURCE = 'chosen; each is a kind of issue 3 and of the scenarios';
const writesOf = (region: string, pair: Pair): readonly Effect[] => (region === pair.home ? [{ on: 'writes', through: pair.standby, share: 1 }] : []);
/** The region whose probes fail first in the list. */
const struck: NonNullable<Kind['outageOf']> = (effects, pair) => {
  const found = effects.find((effect) => effect.on === 'path');
  return found?.on === 'path' ? found.target : pair.home;
};

export const OUTAGES: readonly Kind[] = [
  {
    kind: 'region dies', perYear: 60, lasts: LASTS, source: SOURCE, outageOf: struck,
    effects: (random, pair) => { const region = random.pick([pair.home, pair.standby]); return [path(region, 'timed-out'), { on: 'absent', place: region }, ...writesOf(region, pair)]; },
  },
  {
    kind: 'application dies', perYear: 60, lasts: LASTS, source: SOURCE, outageOf: struck,
    effects: (random, pair) => { const region = random.pick([pair.home, pair.standby]); return [path(region, random.pick(['refused', 'bad-status'])), ...writesOf(region, pair)]; },
  },
  {
    kind: 'region is cut off', perYear: 60, lasts: LASTS, source: SOURCE, outageOf: struck,
    effects: (random, pair) => {
      const region = random.pick([pair.home, pair.standby]);
      const others = [pair.home, pair.standby, pair.witness].filter((one) => one !== region);
      return [...others.map((from) => path(region, 'timed-out', from)), ...(others.filter((one) => one !== pair.witness).map((other) => path(other, 'timed-out', region))), { on: 'control', vantagePoint: region, share: 1 }, ...writesOf(region, pair)];
    },
  },
  {
    // Longer than RDS would need to move it to another zone.
    kind: 'writer dies', perYear: 30, lasts: { fromSeconds: 260, toSeconds: 1800 }, source: SOURCE, outageOf: (_effects, pair) => pair.home,
    effects: () => [{ on: 'writes', through: 'any', share: 1 }],
  },
];
