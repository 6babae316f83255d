// Hotshift: the deployed state machines and the production verbs. Either each application is started by the suspicion of its own vantage
// points, or an evacuation paces them all. Nothing here is a model of Hotshift; what is modelled is AWS.
import { evacuate } from '../simulator/evacuation.ts';
import type { Fleet } from '../simulator/fleet.ts';
import { fleetOf, isLost, type Cloud } from './cloud.ts';
import { Meter, since, type Measured } from './subject.ts';

/** What resources/functions.ts deploys. */
const MEMORY_GIGABYTES = 0.5;
/** Twice the longest execution: what has not ended by then never will. */
const HORIZON_SECONDS = 14_400;

/** Each application by its own event. */
export async function hotshift(cloud: Cloud): Promise<Measured> {
  const fleet = fleetOf(cloud, ({ world }, event) => {
    const { application } = world.plan;
    meter.of(application).triggerAt ??= since(fleet.clock.now());
    // Each vantage point repeats its suspicion; each event has its own luck.
    world.bus.lostChance = isLost(cloud, application, `event-${event}-${world.bus.accepted}`) ? 1 : 0;
  });
  const meter: Meter = new Meter(fleet);
  return measured('hotshift', cloud, fleet, meter);
}

/** A person evacuates the region at the first suspicion of all; the events of the applications are lost, so that nothing else starts one. */
export async function hotshiftEvacuate(cloud: Cloud): Promise<Measured> {
  let begun = false;
  let transitions = 0;
  const fleet = fleetOf(cloud, ({ world, home }) => {
    meter.of(world.plan.application).triggerAt ??= since(fleet.clock.now());
    world.bus.lostChance = 1;
    if (begun) return;
    begun = true;
    // Each application's own quorum needs both vantage points' second look: with one interval more every application passes it at once.
    fleet.clock.after(world.plan.detection.probeIntervalSeconds * 1000, () => {
      evacuate({
        fleet, region: home, name: `out-of-${home}-20260105T090000Z`, transitionMs: () => cloud.transitionMs,
        onTransition: () => {
          transitions += 1;
          meter.entered(fleet.clock.now());
        },
      });
    });
  });
  const meter: Meter = new Meter(fleet);
  const found = await measured('hotshift evacuate', cloud, fleet, meter);
  return { ...found, cost: { ...found.cost, transitions: found.cost.transitions + transitions } };
}

async function measured(subject: Measured['subject'], cloud: Cloud, fleet: Fleet, meter: Meter): Promise<Measured> {
  let open = fleet.members.size;
  for (const [application, { world }] of fleet.members) {
    const moments = meter.of(application);
    world.facts.listen((fact) => {
      if (fact.kind === 'state' && fact.state === 'Shift writes') moments.knownAt ??= since(fact.at);
      if (fact.kind !== 'ended' || (fact.outcome === 'Stood down' && subject === 'hotshift')) return;
      if (moments.end === 'running') open -= 1;
      moments.end = fact.outcome === 'Failed over' ? 'done' : 'handed over';
      moments.reason = fact.reason;
      moments.doneAt = since(fact.at);
    });
  }
  await fleet.run(HORIZON_SECONDS, () => open === 0);
  fleet.looking = false;
  const worlds = [...fleet.members.values()].map(({ world }) => world);
  for (const moments of meter.moments.values()) if (moments.end === 'running') moments.end = 'hung';
  const total = (of: (world: (typeof worlds)[number]) => number): number => worlds.reduce((sum, world) => sum + of(world), 0);
  const lambdaMs = total(({ lambdaMs: spent }) => [...spent.values()].reduce((sum, ms) => sum + ms, 0));
  return {
    subject, cloud, applications: [...meter.moments.values()], unfenced: fleet.members.size - meter.fenced,
    cost: meter.cost({ transitions: total(({ executions }) => executions.transitions), gigabyteMs: lambdaMs * MEMORY_GIGABYTES, invocations: total(({ invocations }) => invocations) }),
  };
}
