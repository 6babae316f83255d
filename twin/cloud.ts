// The AWS of the twin: one endpoint with a listener in each region, whose services act on the real parts: RDS promotes the real
// PostgreSQL, a security group cuts its clients off, Route 53 changes what the name server answers, ECS starts processes.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../asl/index.ts';
import { bucketOf, STANDARD_EVIDENCE } from '../domain/records.ts';
import type { HealthCheckers } from './dns/health-checkers.ts';
import type { ZoneStore } from './dns/zones.ts';
import type { LambdaHost } from './lambda/host.ts';
import { addressOf, USERS } from './network/addresses.ts';
import type { Network } from './network/network.ts';
import type { Pair } from './postgres/pair.ts';
import type { Databases } from './postgres/databases.ts';
import { AwsEndpoint } from './aws/server.ts';
import { ACCOUNT_ID, type Service } from './aws/service.ts';
import type { ClosableClock } from './aws/services/clock.ts';
import { cloudWatchService } from './aws/services/cloudwatch.ts';
import { dynamodbService } from './aws/services/dynamodb.ts';
import { ec2Service, type IngressRule } from './aws/services/ec2.ts';
import { ecsService } from './aws/services/ecs.ts';
import { eventBridgeService, type EventBridgeService } from './aws/services/eventbridge.ts';
import { lambdaService } from './aws/services/lambda.ts';
import { rdsService, type InstanceName } from './aws/services/rds.ts';
import { rdsEvent } from './aws/services/rds/events.ts';
import { route53Service } from './aws/services/route-53.ts';
import { s3Service } from './aws/services/s3.ts';
import { secretsManagerService } from './aws/services/secrets-manager.ts';
import { sfnService } from './aws/services/sfn.ts';
import { snsService } from './aws/services/sns.ts';
import { ssmService } from './aws/services/ssm.ts';
import { instanceIdentifier, otherRegion, securityGroupId } from './databases.ts';
import { LOAD_FUNCTION } from './plan.ts';
import { APPLICATION, REGION_A, REGION_B, REGIONS, TABLE, type Settings } from './settings.ts';

export interface CloudParts {
  readonly settings: Settings;
  readonly network: Network;
  readonly databases: Databases;
  readonly zones: ZoneStore;
  readonly checkers: HealthCheckers;
  readonly lambdas: LambdaHost;
  readonly clock: ClosableClock;
  readonly scale: (region: string, desired: number) => Promise<number>;
  readonly functions: readonly string[];
  /** The function of the application's owners that makes more load. */
  readonly load: (payload: string) => Promise<void>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Cloud {
  readonly endpoint: AwsEndpoint;
  /** Region (and `users`, for the operator) -> URL of its listener. */
  readonly urls: Readonly<Record<string, string>>;
  /** How long the engine itself took to promote, from the call to the proof that it commits; 0 while nothing was promoted. */
  readonly measured: Measured;
  /** RDS tells that the instances of a region are back, as it does when their hosts come up again. */
  databasesRestarted(region: string): void;
}
interface Measured { promotionSeconds: number }


export async function startCloud(parts: CloudParts): Promise<Cloud> {
  const measured: Measured = { promotionSeconds: 0 };
  const call: AwsEndpoint['call'] = (...asked) => endpoint.call(...asked);
  const eventbridge = eventBridgeService({ clock: parts.clock, call, network: parts.network });
  const endpoint: AwsEndpoint = new AwsEndpoint({
    network: parts.network, onInternalFailure: (error) => parts.onTrouble('the endpoint', error),
    services: services(parts, measured, eventbridge, call),
  });
  const listeners = await Promise.all([...REGIONS, USERS].map(async (place) => [place, (await endpoint.listen(place, addressOf(place))).url] as const));
  const restarted = (region: string): void => parts.databases.forEach(({ name }) => eventbridge.emit(rdsEvent('RDS-EVENT-0006', { region, identifier: instanceIdentifier(region, name) }, parts.clock.now())));
  return { endpoint, urls: Object.fromEntries(listeners), measured, databasesRestarted: restarted };
}

function services(parts: CloudParts, measured: Measured, eventbridge: EventBridgeService, call: AwsEndpoint['call']): readonly Service[] {
  const { settings, network, clock, zones, checkers, onTrouble } = parts;
  return [
    eventbridge, databaseService(parts, measured, eventbridge), securityGroups(parts),
    dynamodbService({ clock, network, tables: [{ name: TABLE, partitionKey: 'pk', sortKey: 'sk', regions: [...REGIONS] }] }),
    // Route 53 spreads a change within 60 s; a tenth of a second keeps the order (PENDING, then answered) without the wait.
    route53Service({ zones, checkers, clock, insyncMs: 100 }),
    sfnService({ clock: workflowClock, call, emit: (event) => eventbridge.emit(event) }),
    lambdaService({
      clock, invoke: async (name, region, payload) => {
        if (name === LOAD_FUNCTION) {
          await parts.load(Buffer.from(payload).toString());
          return { payload: Buffer.from('null') };
        }
        const lateMs = (settings.slowSteps[name.replace('hotshift-', '')] ?? 0) * 1000;
        if (lateMs > 0) await setTimeout(lateMs, undefined, { ref: false });
        return parts.lambdas.invoke(name, region, payload);
      },
      functions: REGIONS.flatMap((region) => [...parts.functions.map((name) => `hotshift-${name}`), LOAD_FUNCTION].map((name) => ({ region, name }))),
      onAbandoned: (name, region, reason) => onTrouble(`${name} in ${region}`, reason),
    }),
    ecsService({
      clock, services: [REGION_A, REGION_B].map((region) => ({ region, cluster: APPLICATION, service: 'web', desiredCount: 1 })), taskStartMs: 0,
      scale: ({ region }, desired) => parts.scale(region, desired), onFailure: ({ region }, error) => onTrouble(`ECS in ${region}`, error),
    }),
    cloudWatchService({ clock, call, emit: (event) => eventbridge.emit(event), onActionFailure: (arn, error) => onTrouble(`alarm action ${arn}`, error) }), secretsManagerService({ clock }), s3Service({ buckets: REGIONS.map((region) => ({ region, name: bucketOf(ACCOUNT_ID, region), lock: { mode: 'GOVERNANCE', days: STANDARD_EVIDENCE.retentionDays } })) }), snsService({ clock }), ssmService({ clock }),
  ];
}

function databaseService({ settings, databases, clock, onTrouble }: CloudParts, measured: Measured, eventbridge: EventBridgeService): Service {
  // One that was renamed keeps the beginning of its name.
  const pairOf = ({ region, identifier }: InstanceName): Pair => (databases.find(({ name }) => identifier.startsWith(instanceIdentifier(region, name))) ?? databases[0]).pair;
  const instances = databases.flatMap(({ name, writer, pair }) => {
    const instance = (region: string) => ({ region, identifier: instanceIdentifier(region, name), host: addressOf(region), port: pair.port, securityGroupIds: [securityGroupId(region, name)] });
    return [instance(writer), { ...instance(otherRegion(writer)), source: { region: writer, identifier: instanceIdentifier(writer, name) } }];
  });
  return rdsService({
    clock, emit: (event) => eventbridge.emit(event), onFailure: ({ region }, error) => onTrouble(`RDS in ${region}`, error),
    instances,
    delays: { statusLagMs: 100, promoteDelayMs: settings.promoteDelaySeconds * 1000, modifyMs: 100 },
    // AWS restarts what it promotes; here only the status says so, and the floor counts the engine's own promotion alone.
    restartWhenPromoted: false,
    host: {
      promote: async (instance) => {
        measured.promotionSeconds = Math.max(measured.promotionSeconds, (await pairOf(instance).promote(instance.region)).tookMs / 1000);
      },
      restart: async (instance) => {
        const server = pairOf(instance).server(instance.region);
        await server.stop();
        await server.start();
      },
      stop: (instance) => pairOf(instance).server(instance.region).stop(),
      start: (instance) => pairOf(instance).server(instance.region).start(),
      // Its data stays on the disk under the new name; nothing runs on it, since its address goes to the next instance.
      rename: async (instance, identifier) => {
        const server = pairOf(instance).server(instance.region);
        await server.stop();
        renameSync(server.plan.directory, join(server.plan.directory, '..', identifier));
      },
      createReplica: async (instance, source) => {
        const pair = pairOf(instance);
        await pair.reseed(source.region);
        return { host: addressOf(instance.region), port: pair.port };
      },
    },
  });
}

/** The workflows' time: a wait ends early with its state, and none of them keeps the process alive. */
const workflowClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) => setTimeout(Math.max(0, delayMs), undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => undefined),
};

/** Clients of the application, and the maintenance rule that must stay. */
function securityGroups({ databases }: CloudParts): Service {
  const rule = (port: number, cidrIpv4: string, description: string) => ({ protocol: 'tcp', fromPort: port, toPort: port, peer: { cidrIpv4 }, description });
  return ec2Service({
    securityGroups: databases.flatMap(({ name, pair }) => [REGION_A, REGION_B].map((region) => ({
      region, groupId: securityGroupId(region, name), name: `${name}-${region}`, vpcId: 'vpc-0aabbccddeeff0011',
      ingress: [rule(pair.port, '10.0.0.0/8', 'application servers of both regions'), rule(pair.port, '10.0.255.7/32', 'hotshift-keep: the agent of this region')],
    }))),
    ingressChanged: ({ region, groupId }, rules) => {
      const { pair } = databases.find(({ name }) => securityGroupId(region, name) === groupId) ?? databases[0];
      const open = rules.some(isForClients);
      // AWS tracks connections: sessions that exist survive a revoked rule. Ending them is the agent's own work.
      pair.ingress(region).setRules({ client: open, replication: open, maintenance: true }, { keepEstablished: true });
    },
  });
}

/** A rule that lets the application in; the agent's own rule stays, or it could not end the sessions that outlive the rules. */
const isForClients = (rule: IngressRule): boolean => !(rule.description ?? '').includes('hotshift-keep');
