// The prober of a simulated vantage point: probes cross the modelled network, take the application's own time, and never reject.
import { InvalidInputError, TryAgainError } from '../domain/errors.ts';
import type { ProbeOutcome } from '../domain/observation.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { Caller, Route } from './calls.ts';
import { INTERNET, type Place } from './places.ts';
import type { World } from './world.ts';

/** A probe never rejects. Its limit is the plan's; what is in the way is an outcome. */
export function proberOf(world: World, caller: Caller): Ports['prober'] {
  const reach = <T>(port: string, target: Place, timeoutSeconds: number, act: () => Promise<T>): Promise<T> =>
    calledBack(world, caller, { port, target, timeoutMs: timeoutSeconds * 1000, attempts: 1, workMs: [1, 5] }, act);
  return {
    probe: async (baseUrl, timeoutSeconds) => {
      const region = regionOf(world.plan, baseUrl);
      const startedAt = world.clock.now();
      const found = await reach('prober.probe', region, timeoutSeconds, () => world.health(region)).catch((error: unknown) => (
        { answered: false, failure: 'timed-out', detail: String(error), read: 'unknown', write: 'unknown' } as const));
      const outcome: ProbeOutcome = { ...found, latencyMs: world.clock.now() - startedAt };
      if (caller.label === 'observe') world.probed(caller.place, region, outcome);
      return outcome;
    },
    reachesControl: (_, timeoutSeconds) => reach('prober.reachesControl', INTERNET, timeoutSeconds, () => Promise.resolve(true)).catch(() => false)
      .then((reached) => {
        if (caller.label === 'observe') world.controlled(caller.place, reached);
        return reached;
      }),
    fetch: (url, timeoutSeconds) => reach('prober.fetch', regionOf(world.plan, url), timeoutSeconds, () => Promise.resolve(world.serves(regionOf(world.plan, url)) ? 200 : 503)).catch(() => 0),
  };
}

/** Like a call whose target needs time of its own to answer: the way back begins when it has. */
async function calledBack<T>(world: World, caller: Caller, route: Route, act: () => Promise<T>): Promise<T> {
  const limit = new Promise<never>((_, reject) => world.places.after(caller.place, route.timeoutMs, () => {
    reject(new TryAgainError(`no complete answer within ${route.timeoutMs} ms`));
    world.clock.touched();
  }));
  limit.catch(() => undefined);
  const answer = world.calls.call(caller, route, act).then((inner) => inner).then(async (value) => {
    if (!world.places.open(route.target, caller.place)) return new Promise<never>(() => undefined);
    return value;
  });
  answer.catch(() => undefined);
  return Promise.race([answer, limit]);
}

function regionOf(plan: ApplicationPlan, url: string): Region {
  const region = Object.keys(plan.probeUrls).find((entry) => new URL(plan.probeUrls[entry] ?? 'http://none').host === new URL(url).host);
  if (region === undefined) throw new InvalidInputError(`${url} is no probe URL of ${plan.application}`);
  return region;
}
