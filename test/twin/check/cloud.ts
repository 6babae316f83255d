// An account in which the example is deployed and all is well: the twin's services with what they lack for a rehearsal laid over them.
// A test puts one answer wrong at a time; everything goes over the wire, by the production adapters.
import type { ServiceCapacity } from '../../../domain/capacity.ts';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { inventoryOf } from '../../../adapters/inventory.ts';
import type { Inventory, Packaged } from '../../../domain/inventory.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import { functionsAt } from '../../../resources/functions.ts';
import { packagedOf } from '../../../resources/packaged.ts';
import { permissionsOf } from '../../../resources/permissions.ts';
import { allRegions, readPlans, type Plans } from '../../../resources/plans.ts';
import { rulesAt } from '../../../resources/rules.ts';
import { AwsEndpoint } from '../../../twin/aws/server.ts';
import { ACCOUNT_ID, AwsError, type CallContext, type Service } from '../../../twin/aws/service.ts';
import { realClock } from '../../../twin/aws/services/clock.ts';
import { cloudWatchService } from '../../../twin/aws/services/cloudwatch.ts';
import { dynamodbService } from '../../../twin/aws/services/dynamodb.ts';
import { ecsService } from '../../../twin/aws/services/ecs.ts';
import { eventBridgeService } from '../../../twin/aws/services/eventbridge.ts';
import { lambdaService } from '../../../twin/aws/services/lambda.ts';
import { rdsService } from '../../../twin/aws/services/rds.ts';
import { route53Service } from '../../../twin/aws/services/route-53.ts';
import { secretsManagerService } from '../../../twin/aws/services/secrets-manager.ts';
import { sfnService } from '../../../twin/aws/services/sfn.ts';
import { HealthCheckers } from '../../../twin/dns/health-checkers.ts';
import { ZoneStore } from '../../../twin/dns/zones.ts';
import { Wire } from '../../unit/adapters/wire.ts';
import { iamService } from './iam.ts';
import { smallServices } from './small-services.ts';

export const [FIRST, SECOND, WITNESS] = ['eu-west-1', 'eu-central-1', 'eu-west-2'] as const;
const HEALTH_CHECKS = { [FIRST]: 'aaaaaaaa-1111-2222-3333-444444444444', [SECOND]: 'bbbbbbbb-1111-2222-3333-444444444444' } as const;
const network = { path: () => Promise.resolve(), reachable: () => true };

type Change = (answer: any, input: any, context: CallContext) => unknown;
export type Changes = Readonly<Record<string, Change>>;

export interface Cloud {
  readonly plan: ApplicationPlan;
  readonly plans: Plans;
  readonly packaged: Packaged;
  readonly inventory: Inventory;
  readonly endpoint: AwsEndpoint;
  readonly slack: { answer: object };
  nameServers: readonly string[];
  /** `service:Operation` -> what becomes of its answer, until `reset`. */
  change(changes: Changes): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startCloud(): Promise<Cloud> {
  const clock = realClock();
  const changes = new Map<string, Change>();
  const unexpected = (what: unknown, error: unknown): void => { throw new Error(`the twin failed at ${JSON.stringify(what)}`, { cause: error }); };
  const slack = { answer: { ok: true } as object };
  const wire = await new Wire().start(() => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(slack.answer) }));
  const example = readPlans('hotshift.example.yml');
  const plans = { current: example };
  const endpoint: AwsEndpoint = new AwsEndpoint({
    network, onInternalFailure: (error) => { unexpected('the endpoint', error); },
    services: laidOver([...bigServices(clock, unexpected, (...call) => endpoint.call(...call), example), ...smallServices('shop.example.com', clock.now()), iamService((role) => policyOf(role, plans.current))], changes, plans),
  });
  const { url } = await endpoint.listen(FIRST, '127.0.0.1');
  plans.current = await fill(endpoint, example, wire.url, url);
  const packaged = { ...packagedOf(plans.current, '/nowhere'), codeSha256: Object.fromEntries(functionsAt(FIRST, plans.current).map((name) => [name, codeOf(name)])) };
  Object.assign(process.env, { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_REGION: FIRST });
  const cloud: Cloud = {
    plan: plans.current.applications[0]!, plans: plans.current, packaged, endpoint, slack, nameServers: ['ns-1.awsdns-1.com', 'ns1.other-provider.example'],
    inventory: { ...inventoryOf({ region: FIRST, table: plans.current.table, dnsServers: [] }), nameServers: () => Promise.resolve(cloud.nameServers) },
    change: (some) => { for (const [name, change] of Object.entries(some)) changes.set(name, change); },
    reset: () => { changes.clear(); slack.answer = { ok: true }; cloud.nameServers = ['ns-1.awsdns-1.com', 'ns1.other-provider.example']; },
    close: async () => {
      for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) delete process.env[name];
      clock.close();
      await Promise.all([endpoint.close(), wire.stop()]);
    },
  };
  return cloud;
}

const codeOf = (name: string): string => Buffer.from(`code of ${name}`).toString('base64');
const roleOf = (region: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:role/hotshift-prod-${region}-${name}`;
function policyOf(role: string, plans: Plans) {
  const region = allRegions(plans).find((place) => role.includes(`prod-${place}-`))!;
  return { region, statements: permissionsOf(role.slice(role.indexOf(`${region}-`) + region.length + 1), region, plans) };
}

function bigServices(clock: ReturnType<typeof realClock>, onFailure: (what: unknown, error: unknown) => void, call: AwsEndpoint['call'], plans: Plans): readonly Service[] {
  const { databases: [database], capacity: [capacity] } = plans.applications[0]!;
  const instance = (region: string) => {
    const { identifier, host, port, securityGroupId } = database!.instances[region]!;
    return { region, identifier, host, port, securityGroupIds: [securityGroupId], backupRetentionDays: 7 };
  };
  const done = () => Promise.resolve();
  const regions = allRegions(plans);
  return [
    cloudWatchService({ clock, call, emit: () => undefined, onActionFailure: onFailure }),
    dynamodbService({ clock, network, tables: [{ name: plans.table, partitionKey: 'pk', sortKey: 'sk', regions }] }),
    rdsService({ clock, onFailure, instances: [instance(FIRST), { ...instance(SECOND), source: { region: FIRST, identifier: instance(FIRST).identifier } }], host: { promote: done, restart: done, stop: done, start: done, createReplica: done } as never }),
    route53Service({ zones: new ZoneStore(), checkers: new HealthCheckers({}), clock, insyncMs: 1, rate: { burst: 10_000, refillPerSecond: 10_000 } }),
    ecsService({ clock, scale: (_service, desired) => desired, taskStartMs: 1, onFailure, services: Object.entries((capacity as ServiceCapacity).services).map(([region, { cluster, service, baseline }]) => ({ region, cluster, service, desiredCount: baseline })) }),
    eventBridgeService({ clock, network, call }), sfnService({ clock, call, emit: () => undefined }), secretsManagerService({ clock }),
    lambdaService({ clock, invoke: () => Promise.reject(new Error('a rehearsal invokes nothing')), functions: regions.flatMap((region) => functionsAt(region, plans).map((name) => ({ region, name: `hotshift-${name}` }))) }),
  ];
}

/** What an account has and the twin's services do not say. */
const OVER: Readonly<Record<string, (answer: any, input: any, context: CallContext, plans: Plans) => unknown>> = {
  'rds:DescribeDBInstances': ({ DBInstances }, _input, { region }) => ({ DBInstances: DBInstances.map((one: object) => ({ ...one, MultiAZ: true, KmsKeyId: `arn:aws:kms:${region}:${ACCOUNT_ID}:key/1` })) }),
  'cloudwatch:GetMetricData': (_answer, { MetricDataQueries: [{ Id }] }) => ({ MetricDataResults: [{ Id, StatusCode: 'Complete', Timestamps: [new Date()], Values: [0.4] }] }),
  'dynamodb:DescribeTable': ({ Table }) => ({ Table: { ...Table, DeletionProtectionEnabled: true } }),
  'dynamodb:DescribeContinuousBackups': () => ({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } } }),
  'dynamodb:DescribeTimeToLive': () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }),
  'route-53:GetHostedZone': (answer) => ({ ...answer, HostedZone: { ...answer.HostedZone, Features: { AcceleratedRecoveryStatus: 'ENABLED' } } }),
  'route-53:ListResourceRecordSets': (answer) => ({ ...answer, ResourceRecordSets: answer.ResourceRecordSets.map((set: { SetIdentifier?: keyof typeof HEALTH_CHECKS }) => (set.SetIdentifier === undefined ? set : { ...set, HealthCheckId: HEALTH_CHECKS[set.SetIdentifier] })) }),
  'route-53:GetHealthCheck': (_answer, { HealthCheckId }) => ({ HealthCheck: { Id: HealthCheckId, CallerReference: 'x', HealthCheckVersion: 1, HealthCheckConfig: { Type: 'HTTPS', IPAddress: HealthCheckId === HEALTH_CHECKS[FIRST] ? '192.0.2.10' : '198.51.100.10' } } }),
  'ecs:DescribeServices': (answer, _input, { region }) => ({ ...answer, services: answer.services.map((one: object) => ({ ...one, launchType: 'FARGATE', taskDefinition: 'web:1', loadBalancers: [{ targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${ACCOUNT_ID}:targetgroup/shop/1` }] })) }),
  'ecs:DescribeTaskDefinition': (_answer, _input, { region }) => ({ taskDefinition: { cpu: '1024', containerDefinitions: [{ environment: [{ name: 'QUEUE', value: `https://sqs.${region}.amazonaws.com/${ACCOUNT_ID}/orders` }], secrets: [{ name: 'LOGIN', valueFrom: `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:shop/orders-abcdef` }] }] } }),
  'lambda:GetFunctionConfiguration': (answer, { FunctionName }, { region }) => ({ ...answer, CodeSha256: codeOf(FunctionName.replace('hotshift-', '')), Role: roleOf(region, FunctionName.replace('hotshift-', '')), Environment: { Variables: { HOTSHIFT_TABLE: 'hotshift' } } }),
  'lambda:GetFunctionConcurrency': (_answer, { FunctionName }, { region }, plans) => ({ ReservedConcurrentExecutions: packagedOf(plans, '/nowhere').places[region]!.functions[FunctionName.replace('hotshift-', '')]!.reservedConcurrency }),
  'lambda:GetAccountSettings': () => ({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 950 } }),
};

/** Each operation of the services with what lies over its answer, and with what the test at hand makes of it. */
function laidOver(services: readonly Service[], changes: ReadonlyMap<string, Change>, plans: { readonly current: Plans }): readonly Service[] {
  return services.map((service) => {
    const operations = new Set([...Object.keys(service.handlers), ...Object.keys(OVER).filter((name) => name.startsWith(`${service.name}:`)).map((name) => name.split(':')[1]!)]);
    return {
      ...service,
      handlers: Object.fromEntries([...operations].map((operation) => [operation, async (input: unknown, context: CallContext) => {
        const name = `${service.name}:${operation}`;
        const own = name === 'route-53:GetHealthCheck' ? {} : await service.handlers[operation]?.(input, context) ?? {};
        const over = OVER[name]?.(own, input, context, plans.current) ?? own;
        return changed(() => changes.get(name)?.(over, input, context) ?? over);
      }])),
    };
  });
}

/** A change that throws with a `refusal` is AWS's error of that name. */
function changed(change: () => unknown): unknown {
  try {
    return change();
  } catch (error) {
    const { refusal, message } = error as { readonly refusal?: string; readonly message: string };
    throw refusal === undefined ? error : new AwsError(refusal, message, { status: 400 });
  }
}

/** Zones, records, secrets, workflow, rules, lag and a drill, by the API. Answers the plans with the ids that AWS gave. */
async function fill(endpoint: AwsEndpoint, example: Plans, slackUrl: string, url: string): Promise<Plans> {
  const call = (service: string, operation: string, input: object, region: string = FIRST) => endpoint.call(service, operation, input, { region, caller: FIRST }) as Promise<any>;
  const zoneOf = async (Name: string): Promise<string> => (await call('route-53', 'CreateHostedZone', { Name, CallerReference: Name })).HostedZone.Id.replace('/hostedzone/', '');
  const [open, inner] = [await zoneOf('example.com'), await zoneOf('shop.internal')];
  const [before] = example.applications;
  const plan: ApplicationPlan = {
    ...before!,
    traffic: before!.traffic.map((traffic) => ({ ...traffic, hostedZoneId: open, endpoints: Object.fromEntries(Object.entries(traffic.endpoints).map(([region, endpoint_]) => [region, { ...endpoint_, healthCheckId: HEALTH_CHECKS[region as typeof FIRST] }])) })),
    databases: before!.databases.map((database) => ({ ...database, writerRecord: { ...database.writerRecord!, hostedZoneId: inner } })),
    notifications: { ...before!.notifications, slack: { ...before!.notifications.slack!, apiUrl: slackUrl } },
  };
  const set = (Name: string, Type: string, TTL: number, Value: string, more: object = {}) => ({ Action: 'CREATE', ResourceRecordSet: { Name, Type, TTL, ResourceRecords: [{ Value }], ...more } });
  for (const { recordName, endpoints, ttlSeconds } of plan.traffic) {
    await call('route-53', 'ChangeResourceRecordSets', { HostedZoneId: open, ChangeBatch: { Changes: Object.entries(endpoints).flatMap(([SetIdentifier, { ipv4, ipv6, weight: Weight }]) => [set(recordName, 'A', ttlSeconds, ipv4[0]!, { SetIdentifier, Weight }), set(recordName, 'AAAA', ttlSeconds, ipv6[0]!, { SetIdentifier, Weight })]) } });
  }
  const { writerRecord, instances } = plan.databases[0]!;
  await call('route-53', 'ChangeResourceRecordSets', { HostedZoneId: inner, ChangeBatch: { Changes: [set(writerRecord!.name, 'CNAME', 5, instances[FIRST]!.host)] } });
  await call('secrets-manager', 'CreateSecret', { Name: 'hotshift/orders', SecretString: '{}', AddReplicaRegions: [{ Region: SECOND }] });
  await call('secrets-manager', 'CreateSecret', { Name: 'hotshift/slack', SecretString: 'xoxb-1', AddReplicaRegions: [{ Region: SECOND }, { Region: WITNESS }] });
  const plans = { ...example, applications: [plan] };
  for (const region of allRegions(plans)) await start(call, plans, region);
  const client = new DynamoDBClient({ endpoint: url, region: FIRST, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } });
  const at = Date.now() - 86_400_000;
  for (const evacuated of plan.regions) {
    const record = { pk: 'app#shop', sk: `drill#${evacuated}`, application: 'shop', execution: evacuated, mode: 'traffic', outcome: 'Drill passed', evacuated, startedAt: at, at, step: 'Scale back', reason: '', heldSeconds: 1800, open: false, scaled: [] };
    await client.send(new PutItemCommand({ TableName: plans.table, Item: marshall(record) }));
  }
  client.destroy();
  return plans;
}

async function start(call: (service: string, operation: string, input: object, region?: string) => Promise<any>, plans: Plans, region: string): Promise<void> {
  const definition = packagedOf(plans, '/nowhere').definition.replaceAll(/\$\{(\w+)FunctionArn\}/g, (_, id: string) => `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:hotshift-${id.toLowerCase()}`);
  await call('sfn', 'CreateStateMachine', { name: 'hotshift-failover', definition, roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/x` }, region);
  for (const { name, pattern, target } of rulesAt(region, plans)) {
    const Arn = 'stateMachine' in target ? `arn:aws:states:${region}:${ACCOUNT_ID}:stateMachine:hotshift-${target.stateMachine}` : `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:hotshift-${target.function}`;
    await call('eventbridge', 'PutRule', { Name: `hotshift-${name}`, EventPattern: JSON.stringify(pattern), State: 'ENABLED' }, region);
    await call('eventbridge', 'PutTargets', { Rule: `hotshift-${name}`, Targets: [{ Id: 'one', Arn }] }, region);
  }
}
