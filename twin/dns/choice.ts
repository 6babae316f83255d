// Which of several record sets of one name and type answers a query. Pure: health and chance are given.
// The rules are those of "How Amazon Route 53 chooses records when health checking is configured" and "Weighted routing"
// in the Route 53 developer guide; it knows simple, weighted and failover sets and no other policy.
import type { RecordSet } from './record-sets.ts';

/** Is the health check with this id healthy now? */
export type Healthy = (healthCheckId: string) => boolean;
/** A number in [0, 1), as Math.random gives. */
export type Random = () => number;

/** The set that answers; undefined only when there is none. */
export function choose(sets: readonly RecordSet[], healthy: Healthy, random: Random): RecordSet | undefined {
  if (sets.length <= 1) return sets[0];
  // A set without a health check is always healthy.
  const fit = sets.filter((set) => set.healthCheckId === undefined || healthy(set.healthCheckId));
  // When none is healthy, Route 53 treats all as healthy: it has to return something.
  const candidates = fit.length > 0 ? fit : sets;
  if (candidates.some((set) => set.failover !== undefined)) {
    return candidates.find((set) => set.failover === 'PRIMARY') ?? candidates[0];
  }
  return drawByWeight(candidates, random);
}

/** Sets with weight 0 are drawn only when no other is left; then all of them with the same chance. */
function drawByWeight(candidates: readonly RecordSet[], random: Random): RecordSet | undefined {
  const weighted = candidates.filter((set) => (set.weight ?? 0) > 0);
  if (weighted.length === 0) return candidates[Math.floor(random() * candidates.length)];
  const total = weighted.reduce((sum, set) => sum + (set.weight ?? 0), 0);
  let rest = random() * total;
  for (const set of weighted) {
    rest -= set.weight ?? 0;
    if (rest < 0) return set;
  }
  return weighted.at(-1);
}
