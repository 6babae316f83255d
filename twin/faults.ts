// The menu of faults: what each one really does to processes, links and name servers. `heal` undoes what can be undone.
import type { Network } from './network/network.ts';
import type { Pair } from './postgres/pair.ts';
import type { LambdaHost } from './lambda/host.ts';
import type { Names } from './names.ts';
import { REGION_A, REGION_B, REGIONS, WITNESS, type Fault, type Settings } from './settings.ts';
import { USERS } from './network/addresses.ts';

export interface FaultTargets {
  readonly network: Network;
  readonly pair: Pair;
  readonly lambdas: LambdaHost;
  readonly names: Names;
  readonly applications: Applications;
}

/** The processes of the sample application, by region. */
export interface Applications {
  kill(region: string): void;
  freeze(region: string): void;
  resume(region: string): void;
}

/** Makes the fault happen. Resolves when it has; a fault in two steps takes the time between them. */
export async function inject(fault: Fault, targets: FaultTargets, settings: Settings): Promise<void> {
  const { network, names } = targets;
  const cut = (from: string, to: string): Promise<void> => network.setPath(from, to, { mode: 'black-hole' });
  switch (fault) {
    case 'none': return;
    case 'region-crash': return crashRegion(targets, REGION_A);
    case 'region-hang': return hangRegion(targets, REGION_A);
    case 'database-crash': return targets.pair.server(REGION_A).kill();
    case 'partition':
      await Promise.all([cut(REGION_A, REGION_B), cut(REGION_B, REGION_A)]);
      return;
    case 'partition-crash':
      await Promise.all([cut(REGION_A, REGION_B), cut(REGION_B, REGION_A)]);
      await pause(settings.cutSeconds);
      return crashRegion(targets, REGION_A);
    case 'replication-cut':
      targets.pair.ingress(REGION_A).setRules({ client: true, maintenance: true, replication: false });
      await pause(settings.cutSeconds);
      return crashRegion(targets, REGION_A);
    case 'vantage-cut':
      await cut(WITNESS, REGION_A);
      return;
    case 'slow-region': {
      // Over the slow limit, under the probe's time-out: half of it on the way there, half on the way back.
      const delayMs = settings.probeTimeoutSeconds * 1000 * 0.34;
      const places = [...REGIONS, USERS].filter((place) => place !== REGION_A);
      await Promise.all(places.flatMap((place) => [network.setPath(place, REGION_A, { delayMs }), network.setPath(REGION_A, place, { delayMs })]));
      return;
    }
    case 'both-regions-down':
      // The applications and databases die; AWS itself lives, or there would be no table left to decide with.
      for (const region of [REGION_A, REGION_B]) targets.applications.kill(region);
      await Promise.all([REGION_A, REGION_B].map((region) => targets.pair.server(region).kill()));
      return;
    case 'monitor-sick': return names.setResolvers('servfail');
  }
}

/** A machine loss: processes and connections end at once, what was on its way is lost, and the region's AWS is gone with it. */
async function crashRegion({ network, pair, lambdas, applications }: FaultTargets, region: string): Promise<void> {
  applications.kill(region);
  lambdas.kill(region);
  await Promise.all([network.dead(region), pair.server(region).kill()]);
}

/** Everything stands still and nothing is closed; it can wake up again. */
async function hangRegion({ network, pair, lambdas, applications }: FaultTargets, region: string): Promise<void> {
  applications.freeze(region);
  lambdas.freeze(region);
  pair.server(region).freeze();
  await network.frozen(region);
}

/** A hung region wakes up: its processes go on where they stood, with their old beliefs. */
export async function wakeRegion({ network, pair, lambdas, applications }: FaultTargets, region: string): Promise<void> {
  pair.server(region).resume();
  applications.resume(region);
  lambdas.resume(region);
  await network.revive(region);
}

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
