// The least write downtime that the twin's own settings allow: what remains when every step of Hotshift takes no time.
import type { Settings } from './settings.ts';

export interface FloorTerm { readonly term: string; readonly seconds: number }
export interface Floor { readonly seconds: number; readonly terms: readonly FloorTerm[] }

/** Faults after which the old region cannot prove its fence, so that its write permits must run out. */
const UNREACHABLE: ReadonlySet<Settings['fault']> = new Set(['region-crash', 'region-return', 'region-hang', 'region-isolated', 'partition-crash', 'replication-cut', 'route-53-down']);

/** `promoteSeconds`: what the engine itself took in this run, from the call to the first possible write. */
export function floor(settings: Settings, promoteSeconds: number): Floor {
  const detection = settings.probeIntervalSeconds * settings.failuresToSuspect + settings.probeTimeoutSeconds;
  const permit = UNREACHABLE.has(settings.fault) ? Math.max(0, settings.permitTtlSeconds + settings.clockErrorSeconds - detection) : 0;
  const terms = [
    { term: `detection: ${settings.failuresToSuspect} probes, one every ${settings.probeIntervalSeconds} s`, seconds: settings.probeIntervalSeconds * settings.failuresToSuspect },
    { term: 'one probe time-out', seconds: settings.probeTimeoutSeconds },
    { term: `what is left of a write permit of ${settings.permitTtlSeconds} s (+ ${settings.clockErrorSeconds} s clock error) after detection`, seconds: permit },
    { term: 'promotion of the replica by the engine', seconds: promoteSeconds },
    { term: 'TTL of the records', seconds: settings.ttlSeconds },
  ];
  return { seconds: round(terms.reduce((sum, { seconds }) => sum + seconds, 0)), terms: terms.map(({ term, seconds }) => ({ term, seconds: round(seconds) })) };
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100;
