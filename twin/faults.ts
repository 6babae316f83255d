// The menu of faults: what each one really does to processes, links and name servers, and how the old region comes back after some.
import type { Cloud } from './cloud.ts';
import type { Network } from './network/network.ts';
import type { Databases } from './postgres/databases.ts';
import type { PostgresServer } from './postgres/server.ts';
import type { LambdaHost } from './lambda/host.ts';
import type { Names } from './names.ts';
import { REGION_A, REGION_B, REGIONS, WITNESS, type Fault, type Return, type Settings } from './settings.ts';
import { USERS } from './network/addresses.ts';

export interface FaultTargets {
  readonly cloud: Pick<Cloud, 'endpoint' | 'databasesRestarted'>;
  readonly network: Network;
  readonly databases: Databases;
  readonly lambdas: LambdaHost;
  readonly names: Names;
  readonly applications: Applications;
  /** Who goes to the old writer past everything. */
  readonly clients: Applications;
}

/** Processes of an application, by region. */
export interface Applications {
  /** Starts what runs there in steady times, unless it runs. */
  start(region: string): Promise<void>;
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
    case 'region-crash': case 'region-return': return crashRegion(targets, REGION_A);
    case 'region-hang': return hangRegion(targets, REGION_A);
    case 'database-crash':
      await killServers(targets, REGION_A);
      return;
    case 'partition':
      await Promise.all([cut(REGION_A, REGION_B), cut(REGION_B, REGION_A)]);
      return;
    case 'region-isolated':
      // Its users still reach it, and so do the clients inside; only the other regions do not.
      await Promise.all([REGION_B, WITNESS].flatMap((place) => [cut(REGION_A, place), cut(place, REGION_A)]));
      return;
    case 'partition-crash':
      await Promise.all([cut(REGION_A, REGION_B), cut(REGION_B, REGION_A)]);
      await pause(settings.cutSeconds);
      return crashRegion(targets, REGION_A);
    case 'replication-cut':
      for (const { pair } of targets.databases) pair.ingress(REGION_A).setRules({ client: true, maintenance: true, replication: false });
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
      await Promise.all([REGION_A, REGION_B].map((region) => killServers(targets, region)));
      return;
    case 'route-53-down':
      // The control plane only: name servers and health checkers are the data plane, and stay.
      targets.cloud.endpoint.fault({ service: 'route-53', times: Number.MAX_SAFE_INTEGER, code: 'ServiceUnavailable', message: 'the API of Route 53 is down', status: 503 });
      return crashRegion(targets, REGION_A);
    case 'monitor-sick': return names.setResolvers('servfail');
  }
}

/** The old region can be heard from again, after the failover: as its fault left it, with its old beliefs or its old disks. */
export async function bringBack(how: Return, targets: FaultTargets): Promise<void> {
  const { network } = targets;
  switch (how) {
    case 'wakes': return wakeRegion(targets, REGION_A);
    case 'restarts': return restartRegion(targets, REGION_A);
    case 'heals':
      await Promise.all([REGION_B, WITNESS].flatMap((place) => [network.setPath(REGION_A, place, { mode: 'open' }), network.setPath(place, REGION_A, { mode: 'open' })]));
  }
}

/** A machine loss: processes and connections end at once, what was on its way is lost, and the region's AWS is gone with it. */
async function crashRegion(targets: FaultTargets, region: string): Promise<void> {
  for (const processes of [targets.applications, targets.clients, targets.lambdas]) processes.kill(region);
  await Promise.all([targets.network.dead(region), killServers(targets, region)]);
}

const serversIn = ({ databases }: FaultTargets, region: string): readonly PostgresServer[] => databases.map(({ pair }) => pair.server(region));
const killServers = (targets: FaultTargets, region: string): Promise<unknown> => Promise.all(serversIn(targets, region).map((server) => server.kill()));

/**
 * Power is back: the network, then everything at once. RDS tells that the instance restarted, which starts the agent that fences
 * (events/rules.yml); the other agents come with the next turn of their schedule, as on AWS.
 */
async function restartRegion(targets: FaultTargets, region: string): Promise<void> {
  const { cloud, network, lambdas, applications, clients } = targets;
  lambdas.revive(region);
  await network.revive(region);
  const databases = Promise.all(serversIn(targets, region).map((server) => server.start())).then(() => { cloud.databasesRestarted(region); });
  await Promise.all([databases, applications.start(region), clients.start(region)]);
}

/** Everything stands still and nothing is closed; it can wake up again. */
async function hangRegion(targets: FaultTargets, region: string): Promise<void> {
  const { network, lambdas, applications, clients } = targets;
  for (const processes of [applications, clients, lambdas]) processes.freeze(region);
  for (const server of serversIn(targets, region)) server.freeze();
  await network.frozen(region);
}

/** A hung region wakes up: its processes go on where they stood. */
async function wakeRegion(targets: FaultTargets, region: string): Promise<void> {
  const { network, lambdas, applications, clients } = targets;
  for (const server of serversIn(targets, region)) server.resume();
  for (const processes of [applications, lambdas, clients]) processes.resume(region);
  await network.revive(region);
}

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
