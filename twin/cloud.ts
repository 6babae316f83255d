// The AWS of the twin: one endpoint with a listener in each region, whose services act on the real parts: RDS promotes the real
// PostgreSQL, a security group cuts its clients off, Route 53 changes what the name server answers, ECS starts processes.
import type { HealthCheckers } from './dns/health-checkers.ts';
import type { ZoneStore } from './dns/zones.ts';
import type { LambdaHost } from './lambda/host.ts';
import { addressOf, USERS } from './network/addresses.ts';
import type { Network } from './network/network.ts';
import type { Pair } from './postgres/pair.ts';
import { AwsEndpoint } from './aws/server.ts';
import type { ClosableClock } from './aws/services/clock.ts';
import { cloudwatchService } from './aws/services/cloudwatch.ts';
import { dynamodbService } from './aws/services/dynamodb.ts';
import { ec2Service, type IngressRule } from './aws/services/ec2.ts';
import { ecsService } from './aws/services/ecs.ts';
import { eventbridgeService } from './aws/services/eventbridge.ts';
import { lambdaService } from './aws/services/lambda.ts';
import { rdsService } from './aws/services/rds.ts';
import { route53Service } from './aws/services/route-53.ts';
import { secretsManagerService } from './aws/services/secrets-manager.ts';
import { sfnService } from './aws/services/sfn.ts';
import { snsService } from './aws/services/sns.ts';
import { ssmService } from './aws/services/ssm.ts';
import { instanceIdentifier, securityGroupId } from './plan.ts';
import { APPLICATION, REGION_A, REGION_B, REGIONS, TABLE, type Settings } from './settings.ts';

export interface CloudParts {
  readonly settings: Settings;
  readonly network: Network;
  readonly pair: Pair;
  readonly zones: ZoneStore;
  readonly checkers: HealthCheckers;
  readonly lambdas: LambdaHost;
  readonly clock: ClosableClock;
  readonly scale: (region: string, desired: number) => Promise<number>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Cloud {
  readonly endpoint: AwsEndpoint;
  /** Region (and `users`, for the operator) -> URL of its listener. */
  readonly urls: Readonly<Record<string, string>>;
}

export async function startCloud(parts: CloudParts): Promise<Cloud> {
  const { network, lambdas, clock } = parts;
  const endpoint: AwsEndpoint = new AwsEndpoint({ network, onInternalFailure: (error) => parts.onTrouble('the endpoint', error), services: services(parts, () => endpoint) });
  void lambdas;
  void clock;
  const places = [...REGIONS, USERS];
  const listeners = await Promise.all(places.map(async (place) => [place, (await endpoint.listen(place, addressOf(place))).url] as const));
  return { endpoint, urls: Object.fromEntries(listeners) };
}

/** A rule that lets the application in; the agent's own rule stays, or it could not end the sessions that outlive the rules. */
const isForClients = (rule: IngressRule): boolean => !(rule.description ?? '').includes('hotshift-keep');
