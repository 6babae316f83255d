// Draws a random schedule of faults. Most runs hold one outage and a few disturbances around it, since faults that have nothing to do
// with each other rarely find anything.
import { CALL_FAULTS } from './calls.ts';
import type { Fault, PlaceName } from './faults.ts';
import type { Random } from './random.ts';

const PLACES: readonly PlaceName[] = ['home', 'standby', 'witness'];
const REGIONS: readonly PlaceName[] = ['home', 'standby'];
export const STEP_PORTS = [
  'leases.read', 'leases.replace', 'permits.read', 'permits.renewals', 'permits.withdraw', 'permits.grant', 'intents.record', 'intents.read', 'intents.recordProof',
  'observations.list', 'observations.put', 'journal.record', 'journal.list', 'database.describe', 'database.facts', 'database.promote', 'database.writeProbe',
  'locks.networkClosed', 'locks.closeNetwork', 'locks.endSessions', 'capacity.read', 'capacity.setDesired', 'traffic.read', 'traffic.setWeights',
  'traffic.pointWriter', 'traffic.resolve', 'switches.read', 'switches.set', 'controls.read', 'controls.set', 'messenger.send', 'events.suspect', 'incidents.open', 'announcements.wasSent', 'announcements.markSent',
] as const;

/** A schedule of `count` faults within the first minutes. */
export function drawFaults(random: Random, count: number): readonly Fault[] {
  const outageAt = random.between(20, 45);
  const faults: Fault[] = random.chance(0.85) ? [drawOutage(random, outageAt)] : [];
  while (faults.length < count) faults.push(drawDisturbance(random, outageAt));
  return [...faults, ...faults.flatMap(twice)].sort((one, other) => one.at - other.at);
}

/**
 * Both regions start an execution each, so whoever stops a failover has two to stop: every other abort becomes that of a pair. Nothing
 * is drawn for it: the schedules of seeds without such an abort stay what they were.
 */
function twice({ at, do: word }: Fault): readonly Fault[] {
  const tenths = Math.round(at * 10);
  if (word !== 'abort' || tenths % 2 === 1 || at < 5) return [];
  const both = [['standby', `one-${tenths}`], ['witness', `other-${tenths}`]] as const;
  return both.flatMap(([place, name], index): Fault[] => [
    { at: tenth(at - 1 - (tenths % 3)), do: 'start', place, evacuate: 'home', mode: 'automatic', name }, { at: tenth(at + index / 5), do: 'abort', execution: name },
  ]);
}

export const drawOutage = (random: Random, at: number): Fault => rounded(outage(random, at));
/** One fault around an outage at `outageAt`. */
export const drawDisturbance = (random: Random, outageAt: number): Fault => rounded(disturbance(random, outageAt));

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10;
const rounded = (fault: Fault): Fault => ({ ...fault, at: tenth(fault.at), ...(fault.for === undefined ? {} : { for: tenth(fault.for) }) });

/** What should lead to a failover, or nearly. */
function outage(random: Random, at: number): Fault {
  const place = random.chance(0.85) ? 'home' : 'standby';
  const lasting = random.chance(0.5) ? { for: random.between(5, 150) } : {};
  const kind = random.whole(1, 7);
  if (kind <= 2) return { at, ...lasting, do: 'crash', place };
  if (kind === 3) return { at, for: random.between(8, 120), do: 'hang', place };
  if (kind <= 5) return { at, ...lasting, do: 'isolate', place };
  if (kind === 6) return { at, ...lasting, do: 'crash database', place };
  return { at, ...lasting, do: 'application', place, fault: random.pick(['down', 'bad-content', 'read-failed', 'write-failed'] as const) };
}

function disturbance(random: Random, outageAt: number): Fault {
  // Around the outage: most often in the minute after it.
  const at = Math.max(1, outageAt + random.between(-15, 70));
  const lasting = { for: random.between(2, 60) };
  const draws: readonly (() => Fault)[] = [
    () => ({ at, ...lasting, do: 'cut', from: random.pick([...PLACES, 'internet'] as const), to: random.pick([...PLACES, 'internet', 'us-east-1'] as const), bothWays: random.chance(0.5) }),
    () => ({ at, ...lasting, do: 'cut', from: random.pick(PLACES), to: random.pick(PLACES) }),
    () => ({ at, ...lasting, do: 'slow', place: random.pick(PLACES), ms: random.between(100, 6000) }),
    () => ({ at, for: random.between(1, 40), do: 'hang', place: random.pick(PLACES) }),
    () => ({ at, ...lasting, do: 'crash', place: random.pick(PLACES) }),
    () => ({ at, ...lasting, do: 'lose replica', place: random.pick(PLACES) }),
    () => ({ at, ...lasting, do: 'isolate', place: random.pick(PLACES) }),
    () => ({ at: Math.max(1, at - 20), ...lasting, do: 'lag', seconds: random.between(0.5, 60) }),
    () => ({ at: Math.max(1, at - 20), ...lasting, do: 'stop replication' }),
    () => ({ at, ...lasting, do: 'events', lost: random.between(0, 1), duplicated: random.between(0, 1), lateSeconds: random.between(1, 90) }),
    () => ({ at, ...lasting, do: 'application', place: random.pick(REGIONS), fault: random.pick(['down', 'slow', 'write-failed', 'read-failed', 'bad-content'] as const) }),
    () => ({ at, ...lasting, do: 'status', place: 'standby', status: random.pick(['backing-up', 'modifying', 'rebooting', 'failed', 'storage-full'] as const) }),
    () => ({ at: 1, do: 'promotion', stalls: random.chance(0.3), readOnly: random.chance(0.3), seconds: random.between(1, 200) }),
    () => ({ at, ...lasting, do: 'crash database', place: random.pick(REGIONS) }),
    () => ({ at: 1, do: 'slow names', seconds: random.between(10, 90) }),
    () => ({ at, ...lasting, do: random.pick(['chat down', 'all messages down'] as const) }),
    () => ({ at, ...lasting, do: 'no agents', place: random.pick(PLACES) }),
    () => ({ at, do: 'open network', place: 'home' }),
    () => ({ at, ...lasting, do: random.pick(['clock', 'server clock'] as const), place: random.pick(REGIONS), seconds: random.between(-0.25, 0.25) }),
    () => random.chance(0.15) ? { at, ...lasting, do: 'server clock', place: random.pick(REGIONS), seconds: random.between(-10, 10) } : { at, do: 'ack' },
    () => ({ at, ...lasting, do: 'budget', service: random.pick(['traffic', 'database', 'capacity', 'leases', 'permits', 'journal'] as const), burst: random.whole(1, 4), perSecond: random.between(0.1, 3) }),
    () => ({ at, do: 'pause', seconds: random.between(5, 120) }),
    () => ({ at, do: random.pick(['resume', 'ack', 'abort'] as const) }),
    () => ({ at, do: 'start', place: random.pick(PLACES), evacuate: random.pick(REGIONS), mode: random.pick(['automatic', 'manual'] as const), name: `by-hand-${Math.round(at * 10)}` }),
  ];
  // Faults on single calls are the most telling ones.
  if (random.chance(0.4)) return { at: Math.max(1, outageAt - 5), do: 'call', port: random.pick(STEP_PORTS), fault: random.pick(CALL_FAULTS), times: random.pick([1, 1, 2, 6]), skip: random.whole(0, 5) };
  return random.pick(draws)();
}
