// Creates in the twin's AWS what the packaged stacks and the application's owners would have created: the table, secrets, records,
// health checks, state machines, rules. Only through the AWS API, so that nothing is known to the twin that AWS would not know.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { ChangeResourceRecordSetsCommand, CreateHealthCheckCommand, CreateHostedZoneCommand, Route53Client, type Change } from '@aws-sdk/client-route-53';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { parse } from 'yaml';
import type { ApplicationPlan } from '../domain/plan.ts';
import { rulesAt } from '../resources/rules.ts';
import { secretId, writerRecordName, type TwinDatabase } from './databases.ts';
import { PUBLIC_NAME, regionHost, SLACK_SECRET, SLACK_SIGNING_SECRET } from './plan.ts';
import { APPLICATION, REGION_A, REGION_B, REGIONS, TABLE, WITNESS, ZONE } from './settings.ts';

/** Where the API is called: the twin's own listener, as an operator's machine would. */
export interface Console { readonly endpoint: string }
/** `passwords`: by database. */
export interface Logins { readonly username: string; readonly passwords: Readonly<Record<string, string>>; readonly slackToken: string; readonly slackSigningSecret: string }

const root = join(import.meta.dirname, '..');
const clientSettings = ({ endpoint }: Console, region: string) => ({ endpoint, region, credentials: { accessKeyId: 'AKIDTWIN', secretAccessKey: 'twin' }, maxAttempts: 1 });

/** The application writes where each database's writer is, under epoch 0, before any failover. */
export async function grantFirstPermits(console: Console, databases: readonly TwinDatabase[]): Promise<void> {
  const client = new DynamoDBClient(clientSettings(console, REGION_A));
  for (const { name, writer } of databases) {
    await client.send(new PutItemCommand({
      TableName: TABLE,
      Item: {
        pk: { S: `app#${APPLICATION}` }, sk: { S: `permit#${name}` }, application: { S: APPLICATION }, database: { S: name },
        epoch: { N: '0' }, writer: { S: writer }, withdrawn: { BOOL: false },
      },
    }));
  }
  client.destroy();
}

export async function createSecrets(console: Console, logins: Logins): Promise<void> {
  for (const region of REGIONS) {
    const client = new SecretsManagerClient(clientSettings(console, region));
    for (const [database, password] of Object.entries(logins.passwords)) {
      const login = JSON.stringify({ username: logins.username, password });
      for (const place of [REGION_A, REGION_B]) await client.send(new CreateSecretCommand({ Name: secretId(place, database), SecretString: login }));
    }
    await client.send(new CreateSecretCommand({ Name: SLACK_SECRET, SecretString: logins.slackToken }));
    await client.send(new CreateSecretCommand({ Name: SLACK_SIGNING_SECRET, SecretString: logins.slackSigningSecret }));
    client.destroy();
  }
}

export interface Dns { readonly hostedZoneId: string; readonly healthCheckIds: Readonly<Record<string, string>> }
export interface DnsInput { readonly databases: readonly TwinDatabase[]; readonly addresses: Readonly<Record<string, string>>; readonly controlAddress: string; readonly applicationPort: number; readonly ttlSeconds: number; readonly failuresToSuspect: number; /** Of the function URLs that the switch's health checks ask. */ readonly switchPort?: number | undefined }

/** The zone with the regional names, the 50/50 records with their health checks, and each writer's CNAME. */
export async function createDns(console: Console, input: DnsInput): Promise<Dns> {
  const client = new Route53Client(clientSettings(console, REGION_A));
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: ZONE, CallerReference: 'twin' }));
  const hostedZoneId = HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  const healthCheckIds: Record<string, string> = {};
  for (const region of [REGION_A, REGION_B]) {
    const { HealthCheck } = await client.send(new CreateHealthCheckCommand({
      CallerReference: region,
      HealthCheckConfig: { Type: 'HTTP', IPAddress: input.addresses[region], Port: input.applicationPort, ResourcePath: '/health', RequestInterval: 10, FailureThreshold: Math.min(3, input.failuresToSuspect) },
    }));
    healthCheckIds[region] = HealthCheck?.Id ?? '';
  }
  if (input.switchPort !== undefined) for (const [region, own] of Object.entries(healthCheckIds)) healthCheckIds[region] = await withSwitch(client, region, own, input.addresses, input.switchPort);
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: hostedZoneId, ChangeBatch: { Changes: records(input, healthCheckIds) } }));
  client.destroy();
  return { hostedZoneId, healthCheckIds };
}

/** As resources/switch.ts makes it, over plain HTTP: the inverted check asks the OTHER region, and the calculated one wants both. */
async function withSwitch(client: Route53Client, region: string, own: string, addresses: DnsInput['addresses'], port: number): Promise<string> {
  const other = region === REGION_A ? REGION_B : REGION_A;
  const { HealthCheck: check } = await client.send(new CreateHealthCheckCommand({
    CallerReference: `switch-${region}`,
    HealthCheckConfig: { Type: 'HTTP', IPAddress: addresses[other], Port: port, ResourcePath: `/left/${APPLICATION}/${region}`, RequestInterval: 10, FailureThreshold: 1, Inverted: true },
  }));
  const { HealthCheck: both } = await client.send(new CreateHealthCheckCommand({
    CallerReference: `both-${region}`, HealthCheckConfig: { Type: 'CALCULATED', ChildHealthChecks: [own, check?.Id ?? ''], HealthThreshold: 2 },
  }));
  return both?.Id ?? '';
}

function records({ databases, addresses, controlAddress, ttlSeconds }: DnsInput, healthCheckIds: Readonly<Record<string, string>>): Change[] {
  const simple = (Name: string, Type: 'A', Value: string, TTL: number): Change => ({ Action: 'CREATE', ResourceRecordSet: { Name, Type, TTL, ResourceRecords: [{ Value }] } });
  return [
    ...[REGION_A, REGION_B].flatMap((region): Change[] => [
      simple(regionHost(region), 'A', addresses[region] ?? '', 60),
      { Action: 'CREATE', ResourceRecordSet: { Name: PUBLIC_NAME, Type: 'A', TTL: ttlSeconds, SetIdentifier: region, Weight: 50, HealthCheckId: healthCheckIds[region], ResourceRecords: [{ Value: addresses[region] ?? '' }] } },
    ]),
    simple(`control.${ZONE}`, 'A', controlAddress, 60),
    // A writer's record holds an address here: the maintenance SQL of the Lambdas goes to addresses, too.
    ...databases.map(({ name, writer }) => simple(writerRecordName(name), 'A', addresses[writer] ?? '', 1)),
  ];
}

/**
 * The state machine and what starts it, in every region: the same YAML and the same rules that are packaged. Returns ARNs by region.
 * `without`: agents that are never started.
 */
export async function createWorkflows(console: Console, functionNames: readonly string[], plan: ApplicationPlan, without: readonly string[] = []): Promise<Readonly<Record<string, string>>> {
  const yaml = readFileSync(join(root, 'statemachines', 'failover.asl.yaml'), 'utf8');
  const machines: Record<string, string> = {};
  for (const region of REGIONS) {
    const arns = Object.fromEntries(functionNames.map((name) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn`, functionArn(region, name)]));
    // CloudFormation's DefinitionSubstitutions, as the stack does it.
    const definition = JSON.stringify(parse(yaml)).replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => arns[name] ?? whole);
    const steps = new SFNClient(clientSettings(console, region));
    const { stateMachineArn } = await steps.send(new CreateStateMachineCommand({ name: 'hotshift-failover', definition, roleArn: 'arn:aws:iam::111122223333:role/hotshift-failover' }));
    machines[region] = stateMachineArn ?? '';
    const events = new EventBridgeClient(clientSettings(console, region));
    for (const { name, pattern, target } of rulesAt(region, { table: TABLE, applications: [plan] })) {
      if ('function' in target && without.includes(target.function)) continue;
      await events.send(new PutRuleCommand({ Name: `hotshift-${name}`, EventPattern: JSON.stringify(pattern), State: 'ENABLED' }));
      const what = 'function' in target ? { Id: target.function, Arn: functionArn(region, target.function), ...('inputPath' in target ? { InputPath: target.inputPath } : { Input: JSON.stringify(target.input) }) }
        : { Id: target.stateMachine, Arn: stateMachineArn, RoleArn: 'arn:aws:iam::111122223333:role/hotshift-start', InputPath: target.inputPath };
      await events.send(new PutTargetsCommand({ Rule: `hotshift-${name}`, Targets: [what] }));
    }
    steps.destroy();
    events.destroy();
  }
  return machines;
}

/** The failbacks' state machine in the witness, where a person starts them. Returns its ARN. */
export async function createFailbacks(console: Console): Promise<string> {
  const text = JSON.stringify(parse(readFileSync(join(root, 'statemachines', 'failback.asl.yaml'), 'utf8')));
  const steps = new SFNClient(clientSettings(console, WITNESS));
  const definition = text.replaceAll(/\$\{(\w+)FunctionArn\}/g, (_, name: string) => functionArn(WITNESS, name.toLowerCase()));
  const { stateMachineArn } = await steps.send(new CreateStateMachineCommand({ name: 'hotshift-failback', definition, roleArn: 'arn:aws:iam::111122223333:role/hotshift-failback' }));
  steps.destroy();
  return stateMachineArn ?? '';
}

/** The drills' state machine in both regions, and what the last rehearsal there would have found: the twin has no IAM, quotas or load balancers to rehearse. */
export async function createDrills(console: Console): Promise<Readonly<Record<string, string>>> {
  const text = JSON.stringify(parse(readFileSync(join(root, 'statemachines', 'drill.asl.yaml'), 'utf8')));
  const machines: Record<string, string> = {};
  for (const region of [REGION_A, REGION_B]) {
    const definition = text.replaceAll(/\$\{(\w+)FunctionArn\}/g, (_, name: string) => functionArn(region, name.toLowerCase()));
    const steps = new SFNClient(clientSettings(console, region));
    const { stateMachineArn } = await steps.send(new CreateStateMachineCommand({ name: 'hotshift-drill', definition, roleArn: 'arn:aws:iam::111122223333:role/hotshift-drill' }));
    machines[region] = stateMachineArn ?? '';
    steps.destroy();
    const client = new DynamoDBClient(clientSettings(console, region));
    await client.send(new PutItemCommand({
      TableName: TABLE, Item: { pk: { S: `app#${APPLICATION}` }, sk: { S: `rehearsal#${region}` }, application: { S: APPLICATION }, at: { N: String(Date.now()) }, seen: { L: [] }, told: { L: [] }, critical: { L: [] } },
    }));
    client.destroy();
  }
  return machines;
}

export const functionArn = (region: string, name: string): string => `arn:aws:lambda:${region}:111122223333:function:hotshift-${name}`;

/** The plan with the health checks that exist now. */
export const withHealthChecks = (plan: ApplicationPlan, { healthCheckIds }: Dns): ApplicationPlan => ({
  ...plan,
  traffic: plan.traffic.map((traffic) => ({
    ...traffic,
    endpoints: Object.fromEntries(Object.entries(traffic.endpoints).map(([region, endpoint]) => [region, { ...endpoint, healthCheckId: healthCheckIds[region] ?? '' }])),
  })),
});
