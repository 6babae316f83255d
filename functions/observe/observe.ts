// Observe: the agent of a vantage point. Probes both regions round after round, records what it saw, raises suspicion.
// It decides nothing about failing over, and a round that cannot be recorded is reported, not dropped.
import type { Observation, ProbeOutcome } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { inRounds } from '../../domain/rounds.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Figures, Ports, Suspicion } from '../../domain/ports.ts';
import { controlFigure, figuresOf } from './figures.ts';
import { isBad, observation } from './observation.ts';
import { concern } from './suspicion.ts';

type ObservePorts = Pick<Ports, 'prober' | 'observations' | 'events' | 'incidents' | 'clock'> & {
  /** Absent where nobody looks at figures. */
  readonly figures?: Figures;
};
/** What a vantage point remembers of a region between rounds. */
interface Memory { observation?: Observation; abstainedRounds: number; raisedAt?: Instant; incident?: string }

export interface ObserveResult { readonly rounds: number; readonly suspicions: number }

export const observe = (ports: ObservePorts, plan: ApplicationPlan, vantagePoint: Region) =>
  async ({ runSeconds, unlessWatched = false }: { readonly runSeconds: number; readonly unlessWatched?: boolean | undefined }): Promise<ObserveResult> => {
    const { clock } = ports;
    if (unlessWatched && await watched(ports, plan, vantagePoint)) return { rounds: 0, suspicions: 0 };
    let memories: Map<Region, Memory> | undefined;
    let suspicions = 0;
    const { rounds, failures } = await inRounds(clock, plan.detection.probeIntervalSeconds, runSeconds, async () => {
      memories ??= await remember(ports, plan, vantagePoint);
      suspicions += await round(ports, plan, vantagePoint, memories);
    });
    if (failures.length > 0) {
      throw new TryAgainError(`${failures.length} of ${rounds} rounds were not recorded in full; the last: ${String(failures.at(-1))}`, { cause: failures.at(-1) });
    }
    return { rounds, suspicions };
  };

/**
 * An alarm or an event of AWS makes this agent look (events/rules.yml), but only where nobody is looking: beside a run that is at work
 * a second one would count the same failure twice. Two intervals: one round may be late.
 */
async function watched({ observations, clock }: ObservePorts, plan: ApplicationPlan, vantagePoint: Region): Promise<boolean> {
  const own = (await observations.list(plan.application)).filter((entry) => entry.vantagePoint === vantagePoint);
  return own.some(({ at }) => clock.now() - at <= 2 * plan.detection.probeIntervalSeconds * 1000);
}

/** The next run goes on where the last one stopped: otherwise each new minute would forget a run of failures. */
async function remember(ports: ObservePorts, plan: ApplicationPlan, vantagePoint: Region): Promise<Map<Region, Memory>> {
  const seen = await ports.observations.list(plan.application);
  return new Map(plan.regions.map((target) => {
    const last = seen.find((entry) => entry.vantagePoint === vantagePoint && entry.target === target);
    if (last === undefined) return [target, { abstainedRounds: 0 }];
    const fresh = ports.clock.now() - last.at <= plan.detection.evidenceAgeSecondsMax * 1000;
    // After a gap nobody knows whether a run of failures went on; when a write was last seen stays true.
    return [target, { abstainedRounds: 0, observation: fresh ? last : { ...last, result: 'abstained', consecutiveFailures: 0 } }];
  }));
}

/**
 * A failure that comes at once is tried once more within the time of the same probe: a server that a deployment takes away fails one
 * request in five, not the region. It costs an outage nothing, since no answer at all takes the whole time and is not tried again.
 */
async function probed({ prober, clock }: ObservePorts, { detection: { probeTimeoutSeconds, slowSeconds } }: ApplicationPlan, url: string): Promise<ProbeOutcome> {
  const begunAt = clock.now();
  const first = await prober.probe(url, probeTimeoutSeconds);
  const leftSeconds = probeTimeoutSeconds - (clock.now() - begunAt) / 1000;
  return isBad(first) && leftSeconds >= slowSeconds ? prober.probe(url, leftSeconds) : first;
}

async function round(ports: ObservePorts, plan: ApplicationPlan, vantagePoint: Region, memories: Map<Region, Memory>): Promise<number> {
  const { probeTimeoutSeconds, probeIntervalSeconds, controlUrl } = plan.detection;
  const begunAt = ports.clock.now();
  const [control, ...outcomes] = await Promise.all([
    ports.prober.reachesControl(controlUrl, probeTimeoutSeconds),
    ...plan.regions.map((target) => probed(ports, plan, plan.probeUrls[target] ?? '')),
  ]);
  // A probe ends within its limit. If much more time went by, it is this vantage point that stood still (a frozen process): what it
  // holds is old, and must not be recorded as seen now.
  const tookSeconds = (ports.clock.now() - begunAt) / 1000;
  if (tookSeconds > probeTimeoutSeconds + probeIntervalSeconds) throw new TryAgainError(`a round took ${tookSeconds.toFixed(1)} s: ${vantagePoint} stood still, and what it saw before proves nothing`);
  const { application } = plan;
  ports.figures?.publish({ application, vantagePoint }, [controlFigure(control)]);
  const raised = await Promise.all(plan.regions.map(async (target, index) => {
    const outcome = outcomes[index];
    const memory = memories.get(target);
    if (outcome === undefined || memory === undefined) return false;
    const seen = observation(memory.observation, { vantagePoint, target, outcome, control, at: ports.clock.now() }, plan);
    const before = memory.observation;
    memory.abstainedRounds = seen.result === 'abstained' ? memory.abstainedRounds + 1 : 0;
    memory.observation = seen;
    ports.figures?.publish({ application, vantagePoint, region: target }, figuresOf(seen));
    await ports.observations.put(seen);
    return react(ports, plan, before, seen, memory);
  }));
  return raised.filter(Boolean).length;
}

async function react(ports: ObservePorts, plan: ApplicationPlan, before: Observation | undefined, seen: Observation, memory: Memory): Promise<boolean> {
  const now = ports.clock.now();
  const found = concern(seen, memory.abstainedRounds, memory.raisedAt, plan, now);
  if (found.kind === 'none') {
    if (seen.result === 'up') await settle(ports, plan, before, seen, memory);
    return false;
  }
  const since = seen.failingSince ?? now;
  const incident = await ports.incidents.open(plan.application, seen.target, since);
  memory.incident = incident;
  await raise(ports, plan, { application: plan.application, region: seen.target, vantagePoint: seen.vantagePoint, incident, since, reason: found.reason });
  memory.raisedAt = now;
  return true;
}

/**
 * Closes the incident of a region that is well again. An earlier run may have opened it, or a run before a gap: then its name is asked
 * for, since an incident that stays open would lend its name, and its silence about what was told before, to the next outage.
 */
async function settle(ports: ObservePorts, plan: ApplicationPlan, before: Observation | undefined, seen: Observation, memory: Memory): Promise<void> {
  const wasBad = before !== undefined && (before.result === 'abstained' || before.consecutiveFailures >= plan.detection.failuresToSuspect);
  if (memory.incident === undefined && !wasBad) return;
  const incident = memory.incident ?? await ports.incidents.open(plan.application, seen.target, before?.failingSince ?? seen.at);
  await ports.incidents.close(plan.application, seen.target, incident);
  delete memory.incident;
  delete memory.raisedAt;
}

/**
 * The workflow runs in the survivor. If its bus cannot be reached the workflow runs here instead, so that somebody writes
 * the verdict down even when both regions are gone; but never in the region that is accused.
 */
async function raise(ports: ObservePorts, plan: ApplicationPlan, suspicion: Suspicion): Promise<void> {
  const survivor = survivorOf(plan, suspicion.region);
  try {
    await ports.events.suspect(suspicion, survivor);
  } catch (error) {
    if (suspicion.vantagePoint === survivor || suspicion.vantagePoint === suspicion.region) throw error;
    await ports.events.suspect(suspicion, suspicion.vantagePoint);
  }
}
