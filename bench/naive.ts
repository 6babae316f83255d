// What many build first: an alarm whose event calls one function, which asks RDS to promote. It asks nobody, fences nothing, moves no
// record and never looks again. Lambda tries an event again twice, one and two minutes later; an event that is lost is lost.
import { TryAgainError } from '../domain/errors.ts';
import type { Caller } from '../simulator/calls.ts';
import type { Member } from '../simulator/fleet.ts';
import { fleetOf, isLost, type Cloud } from './cloud.ts';
import { Meter, since, type Measured } from './subject.ts';

const RETRIES_MS = [60_000, 120_000];
const DELIVERY_MS: readonly [number, number] = [50, 600];
const MEMORY_GIGABYTES = 0.125;
const HORIZON_SECONDS = 7200;

export async function naive(cloud: Cloud): Promise<Measured> {
  let [invocations, lambdaMs, open] = [0, 0, cloud.applications];
  const fleet = fleetOf(cloud, (member) => {
    const { world } = member;
    const moments = meter.of(world.plan.application);
    if (moments.triggerAt !== undefined) return;
    moments.triggerAt = since(fleet.clock.now());
    // The same luck as the first event of the others.
    if (isLost(cloud, world.plan.application, 'event-1-0')) {
      [moments.end, open] = ['hung', open - 1];
      return;
    }
    void promoted(member).then((accepted) => {
      if (!accepted) [moments.end, open] = ['hung', open - 1];
    });
  });
  const meter: Meter = new Meter(fleet);
  for (const { world } of fleet.members.values()) {
    world.bus.lostChance = 1;
    world.facts.listen((fact) => {
      if (fact.kind !== 'promoted') return;
      const moments = meter.of(world.plan.application);
      [moments.end, moments.doneAt, open] = ['done', since(fact.at), open - 1];
    });
  }
  async function promoted({ world, standby }: Member): Promise<boolean> {
    const [pair] = world.pairs;
    if (pair === undefined) return false;
    await world.places.sleep(standby, world.random.between(...DELIVERY_MS));
    const caller: Caller = { place: standby, kind: 'step', label: 'naive', life: world.places.life(standby), dead: false, crash: () => undefined };
    for (const retryMs of [...RETRIES_MS, undefined]) {
      const begunAt = fleet.clock.now();
      invocations += 1;
      try {
        await world.calls.call(caller, { port: 'database.promote', target: standby, timeoutMs: 60_000, attempts: 1, workMs: [50, 800], detail: {} }, () => world.rds.promote(pair, standby, 'unplanned'));
        return true;
      } catch (error) {
        if (!(error instanceof TryAgainError)) throw error;
        if (retryMs !== undefined) await world.places.sleep(standby, retryMs);
      } finally {
        lambdaMs += fleet.clock.now() - begunAt;
      }
    }
    return false;
  }
  await fleet.run(HORIZON_SECONDS, () => open === 0);
  fleet.looking = false;
  return {
    subject: 'naive', cloud, applications: [...meter.moments.values()], unfenced: fleet.members.size - meter.fenced,
    cost: meter.cost({ transitions: 0, gigabyteMs: lambdaMs * MEMORY_GIGABYTES, invocations }),
  };
}
