// Hotshift: the deployed state machine and the production verbs, each application started by the suspicion of its own vantage points.
// Nothing here is a model of Hotshift; what is modelled is AWS.
import { isLost, fleetOf, type Cloud } from './cloud.ts';
import { Meter, since, type Measured } from './subject.ts';

/** What resources/functions.ts deploys. */
const MEMORY_GIGABYTES = 0.5;
/** Twice the longest execution: what has not ended by then never will. */
const HORIZON_SECONDS = 14_400;

export async function hotshift(cloud: Cloud): Promise<Measured> {
  const fleet = fleetOf(cloud, ({ world }, event) => {
    const { application } = world.plan;
    meter.of(application).triggerAt ??= since(fleet.clock.now());
    // Each vantage point repeats its suspicion; each event has its own luck.
    world.bus.lostChance = isLost(cloud, application, `event-${event}-${world.bus.accepted}`) ? 1 : 0;
  });
  const meter: Meter = new Meter(fleet);
  let open = fleet.members.size;
  for (const [application, { world }] of fleet.members) {
    const moments = meter.of(application);
    world.facts.listen((fact) => {
      if (fact.kind === 'state' && fact.state === 'Shift writes') moments.knownAt ??= since(fact.at);
      if (fact.kind !== 'ended' || fact.outcome === 'Stood down') return;
      if (moments.end === 'running') open -= 1;
      moments.end = fact.outcome === 'Failed over' ? 'done' : 'handed over';
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
    subject: 'hotshift', cloud, applications: [...meter.moments.values()], unfenced: fleet.members.size - meter.fenced,
    cost: meter.cost({ transitions: total(({ executions }) => executions.transitions), gigabyteMs: lambdaMs * MEMORY_GIGABYTES, invocations: total(({ invocations }) => invocations) }),
  };
}
