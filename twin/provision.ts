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
import { PUBLIC_NAME, WRITER_RECORD, regionHost, secretId, SLACK_SECRET } from './plan.ts';
import { APPLICATION, DATABASE, REGION_A, REGION_B, REGIONS, TABLE, ZONE } from './settings.ts';

/** Where the API is called: the twin's own listener, as an operator's machine would. */
export interface Console { readonly endpoint: string }
export interface Logins { readonly username: string; readonly password: string; readonly slackToken: string }

const root = join(import.meta.dirname, '..');
const clientSettings = ({ endpoint }: Console, region: string) => ({ endpoint, region, credentials: { accessKeyId: 'AKIDTWIN', secretAccessKey: 'twin' }, maxAttempts: 1 });

export async function grantFirstPermit(console: Console): Promise<void> {
  const client = new DynamoDBClient(clientSettings(console, REGION_A));
  // The first grant: the application writes in A, under epoch 0, before any failover.
  await client.send(new PutItemCommand({
    TableName: TABLE,
    Item: {
      pk: { S: `app#${APPLICATION}` }, sk: { S: `permit#${DATABASE}` }, application: { S: APPLICATION }, database: { S: DATABASE },
      epoch: { N: '0' }, writer: { S: REGION_A }, withdrawn: { BOOL: false }, renewals: { M: {} }, surrenders: { M: {} },
    },
  }));
  client.destroy();
}

export async function createSecrets(console: Console, logins: Logins): Promise<void> {
  for (const region of REGIONS) {
    const client = new SecretsManagerClient(clientSettings(console, region));
    const login = JSON.stringify({ username: logins.username, password: logins.password });
    for (const place of [REGION_A, REGION_B]) await client.send(new CreateSecretCommand({ Name: secretId(place), SecretString: login }));
    await client.send(new CreateSecretCommand({ Name: SLACK_SECRET, SecretString: logins.slackToken }));
    client.destroy();
  }
}

export interface Dns { readonly hostedZoneId: string; readonly healthCheckIds: Readonly<Record<string, string>> }
export interface DnsInput { readonly addresses: Readonly<Record<string, string>>; readonly controlAddress: string; readonly applicationPort: number; readonly ttlSeconds: number; readonly failuresToSuspect: number }

/** The zone with the regional names, the 50/50 records with their health checks, and the writer's CNAME. */
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
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: hostedZoneId, ChangeBatch: { Changes: records(input, healthCheckIds) } }));
  client.destroy();
  return { hostedZoneId, healthCheckIds };
}

function records({ addresses, controlAddress, ttlSeconds }: DnsInput, healthCheckIds: Readonly<Record<string, string>>): Change[] {
  const simple = (Name: string, Type: 'A', Value: string, TTL: number): Change => ({ Action: 'CREATE', ResourceRecordSet: { Name, Type, TTL, ResourceRecords: [{ Value }] } });
  return [
    ...[REGION_A, REGION_B].flatMap((region): Change[] => [
      simple(regionHost(region), 'A', addresses[region] ?? '', 60),
      { Action: 'CREATE', ResourceRecordSet: { Name: PUBLIC_NAME, Type: 'A', TTL: ttlSeconds, SetIdentifier: region, Weight: 50, HealthCheckId: healthCheckIds[region], ResourceRecords: [{ Value: addresses[region] ?? '' }] } },
    ]),
    simple(`control.${ZONE}`, 'A', controlAddress, 60),
    // The writer's record holds an address here: the maintenance SQL of the Lambdas goes to addresses, too.
    simple(WRITER_RECORD, 'A', addresses[REGION_A] ?? '', 1),
  ];
}

interface Rules { readonly rules: readonly { readonly name: string; readonly pattern: object; readonly target: { readonly inputPath: string } }[] }

/** The state machine and what starts it, in every region: the same YAML and the same rules that are packaged. Returns ARNs by region. */
export async function createWorkflows(console: Console, functionNames: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const yaml = readFileSync(join(root, 'statemachines', 'failover.asl.yaml'), 'utf8');
  const { rules } = parse(readFileSync(join(root, 'events', 'rules.yml'), 'utf8')) as Rules;
  const machines: Record<string, string> = {};
  for (const region of REGIONS) {
    const arns = Object.fromEntries(functionNames.map((name) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn`, functionArn(region, name)]));
    // CloudFormation's DefinitionSubstitutions, as the stack does it.
    const definition = JSON.stringify(parse(yaml)).replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => arns[name] ?? whole);
    const steps = new SFNClient(clientSettings(console, region));
    const { stateMachineArn } = await steps.send(new CreateStateMachineCommand({ name: 'hotshift-failover', definition, roleArn: 'arn:aws:iam::111122223333:role/hotshift-failover' }));
    machines[region] = stateMachineArn ?? '';
    const events = new EventBridgeClient(clientSettings(console, region));
    for (const { name, pattern, target } of rules) {
      await events.send(new PutRuleCommand({ Name: `hotshift-${name}`, EventPattern: JSON.stringify(pattern), State: 'ENABLED' }));
      await events.send(new PutTargetsCommand({ Rule: `hotshift-${name}`, Targets: [{ Id: 'failover', Arn: stateMachineArn, RoleArn: 'arn:aws:iam::111122223333:role/hotshift-start', InputPath: target.inputPath }] }));
    }
    steps.destroy();
    events.destroy();
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
