// What one round looks like in figures, for alarms and dashboards. A sick monitor gives no figure about a region: silence is not
// health, and not an outage either.
import type { Observation } from '../../domain/observation.ts';
import type { Figure } from '../../domain/ports.ts';
import { isAboutTarget } from './suspicion.ts';

const flag = (name: string, holds: boolean): Figure => ({ name, value: holds ? 1 : 0, unit: 'Count' });

/** The figures of one region as seen in one round; none when the vantage point could not judge. */
export function figuresOf(seen: Observation): readonly Figure[] {
  if (seen.result === 'abstained') return [];
  // A region that only suffers from a writer elsewhere is not the one that is out.
  const out = seen.result === 'down' || (seen.result === 'impaired' && isAboutTarget(seen));
  return [
    flag('Healthy', !out), flag('Slow', seen.result === 'slow'), flag('RefusedWrites', seen.write === 'refused'),
    // A region that gave no answer has no latency; the limit of the probe is not one.
    ...(seen.result === 'down' ? [] : [{ name: 'Latency', value: seen.latencyMs, unit: 'Milliseconds' } as const]),
  ];
}

/** The figure of the vantage point itself: was anything outside both regions within its reach? */
export const controlFigure = (reachable: boolean): Figure => flag('ControlReachable', reachable);
