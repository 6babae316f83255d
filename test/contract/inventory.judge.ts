// The inventory of a rehearsal on moto's server, an AWS that nobody here wrote. Run by `npm run judges`; not a part of `npm test`.
// What moto does not have (metrics, IAM's simulator, Lambda's account settings, quotas of Fargate) must be told, not passed over.
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { CreateListenerCommand, CreateLoadBalancerCommand, CreateTargetGroupCommand, ElasticLoadBalancingV2Client, ModifyLoadBalancerAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateDBInstanceCommand, CreateDBInstanceReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { ChangeResourceRecordSetsCommand, CreateHealthCheckCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateScheduleCommand, CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { inventoryOf } from '../../adapters/inventory.ts';
import { deployedStack } from '../../adapters/stacks.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { ACCOUNT, started, stopped } from './moto-server.ts';

const [HERE, THERE] = ['us-east-1', 'us-west-2'] as const;
let server: ChildProcess;
let inventory: Inventory;
const made = { zone: '', healthCheck: '', key: '', targetGroup: '' };
const TEMPLATE = { Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'of-a-stack' } } } };

beforeAll(async () => {
  const found = await started();
  server = found.server;
  Object.assign(process.env, { AWS_ENDPOINT_URL: found.url, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'contract', AWS_REGION: HERE });
  inventory = inventoryOf({ region: HERE, table: 'hotshift', dnsServers: [] });
  const here = { region: HERE, endpoint: found.url };
  await stores(here);
  await databases(here);
  await records(here);
  await services(here);
  await balancers(here);
  await new CloudFormationClient(here).send(new CreateStackCommand({ StackName: 'hotshift-prod', TemplateBody: JSON.stringify(TEMPLATE) }));
}, 60_000);
afterAll(async () => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) delete process.env[name];
  await stopped(server);
});

interface Settings { readonly region: string; readonly endpoint: string }
async function stores(here: Settings): Promise<void> {
  const client = new DynamoDBClient(here);
  await client.send(new CreateTableCommand({
    TableName: 'hotshift', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  }));
  await client.send(new UpdateContinuousBackupsCommand({ TableName: 'hotshift', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }));
  await client.send(new UpdateTimeToLiveCommand({ TableName: 'hotshift', TimeToLiveSpecification: { Enabled: true, AttributeName: 'at' } }));
  await new SecretsManagerClient(here).send(new CreateSecretCommand({ Name: 'hotshift/orders', SecretString: '{}' }));
  const { KeyMetadata } = await new KMSClient(here).send(new CreateKeyCommand({}));
  made.key = KeyMetadata?.KeyId ?? '';
  await new KMSClient(here).send(new DisableKeyCommand({ KeyId: made.key }));
}
async function databases(here: Settings): Promise<void> {
  await new RDSClient(here).send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'orders-east', DBInstanceClass: 'db.m6g.large', Engine: 'postgres', AllocatedStorage: 20, MasterUsername: 'hotshift', MasterUserPassword: 'correct-horse', BackupRetentionPeriod: 3, StorageEncrypted: true }));
  await new RDSClient({ ...here, region: THERE }).send(new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: 'orders-west', SourceDBInstanceIdentifier: `arn:aws:rds:${HERE}:${ACCOUNT}:db:orders-east`, DBInstanceClass: 'db.m6g.large' }));
}
async function records(here: Settings): Promise<void> {
  const client = new Route53Client(here);
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'shop.example.com', CallerReference: 'x' }));
  made.zone = HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  const { HealthCheck } = await client.send(new CreateHealthCheckCommand({ CallerReference: 'x', HealthCheckConfig: { Type: 'HTTPS', IPAddress: '192.0.2.10', Port: 443, Inverted: true } }));
  made.healthCheck = HealthCheck?.Id ?? '';
  const set = (SetIdentifier: string, Value: string) => ({ Action: 'UPSERT' as const, ResourceRecordSet: { Name: 'www.shop.example.com', Type: 'A' as const, TTL: 60, Weight: 100, SetIdentifier, HealthCheckId: made.healthCheck, ResourceRecords: [{ Value }] } });
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: made.zone, ChangeBatch: { Changes: [set(HERE, '192.0.2.10'), set(THERE, '198.51.100.10')] } }));
}
async function services(here: Settings): Promise<void> {
  const ecs = new ECSClient(here);
  await ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'web', cpu: '512', memory: '1024', containerDefinitions: [{ name: 'web', image: 'web', memory: 128, environment: [{ name: 'QUEUE', value: 'here' }] }] }));
  await ecs.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 3, launchType: 'FARGATE' }));
  await new ACMClient(here).send(new RequestCertificateCommand({ DomainName: 'shop.example.com', SubjectAlternativeNames: ['*.shop.example.com'] }));
  const machine = `arn:aws:states:${HERE}:${ACCOUNT}:stateMachine:hotshift-failover`;
  await new SFNClient(here).send(new CreateStateMachineCommand({ name: 'hotshift-failover', definition: '{"StartAt":"a","States":{"a":{"Type":"Succeed"}}}', roleArn: `arn:aws:iam::${ACCOUNT}:role/x` }));
  await new EventBridgeClient(here).send(new PutRuleCommand({ Name: 'hotshift-r', EventPattern: '{"source":["hotshift"]}', State: 'DISABLED' }));
  await new EventBridgeClient(here).send(new PutTargetsCommand({ Rule: 'hotshift-r', Targets: [{ Id: 'x', Arn: machine, RoleArn: `arn:aws:iam::${ACCOUNT}:role/x` }] }));
  const scheduler = new SchedulerClient(here);
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'hotshift' }));
  await scheduler.send(new CreateScheduleCommand({ Name: 'hotshift-observe-shop', GroupName: 'hotshift', ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', FlexibleTimeWindow: { Mode: 'OFF' }, Target: { Arn: `arn:aws:lambda:${HERE}:${ACCOUNT}:function:x`, RoleArn: `arn:aws:iam::${ACCOUNT}:role/x` } }));
}
async function balancers(here: Settings): Promise<void> {
  const { Subnets: subnets = [] } = await new EC2Client(here).send(new DescribeSubnetsCommand({}));
  const client = new ElasticLoadBalancingV2Client(here);
  const { LoadBalancers: [balancer] = [] } = await client.send(new CreateLoadBalancerCommand({ Name: 'shop', Type: 'application', Subnets: subnets.slice(0, 2).flatMap(({ SubnetId: id }) => id ?? []) }));
  await client.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: balancer?.LoadBalancerArn, Attributes: [{ Key: 'client_keep_alive.seconds', Value: '120' }] }));
  const { TargetGroups: [group] = [] } = await client.send(new CreateTargetGroupCommand({ Name: 'web', Protocol: 'HTTP', Port: 80, VpcId: subnets[0]?.VpcId, TargetType: 'ip' }));
  made.targetGroup = group?.TargetGroupArn ?? '';
  await client.send(new CreateListenerCommand({ LoadBalancerArn: balancer?.LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: made.targetGroup }] }));
}

describe('the inventory on moto', () => {
  test('instances, and that one is not there', async () => {
    expect(await inventory.instance(HERE, 'orders-east')).toMatchObject({ status: 'available', instanceClass: 'db.m6g.large', backupRetentionDays: 3, isEncrypted: true });
    expect((await inventory.instance(THERE, 'orders-west'))?.source).toContain('orders-east');
    expect(await inventory.instance(THERE, 'nobody')).toBeUndefined();
  });
  test('keys', async () => {
    expect(await inventory.keyState(HERE, made.key)).toBe('Disabled');
    expect(await inventory.keyState(HERE, '00000000-0000-0000-0000-000000000000')).toBeUndefined();
  });
  test('zones, records, health checks', async () => {
    expect(await inventory.zone(made.zone)).toMatchObject({ name: 'shop.example.com.', isPrivate: false, acceleratedRecovery: 'DISABLED' });
    expect(await inventory.zone('ZNOBODY')).toBeUndefined();
    expect(await inventory.records(made.zone, 'www.shop.example.com')).toEqual([
      { type: 'A', setIdentifier: HERE, weight: 100, ttlSeconds: 60, values: ['192.0.2.10'], healthCheckId: made.healthCheck }, { type: 'A', setIdentifier: THERE, weight: 100, ttlSeconds: 60, values: ['198.51.100.10'], healthCheckId: made.healthCheck },
    ]);
    expect(await inventory.records(made.zone, 'nobody.shop.example.com')).toEqual([]);
    expect(await inventory.healthCheck(made.healthCheck)).toMatchObject({ type: 'HTTPS', isInverted: true, isDisabled: false, address: '192.0.2.10' });
    expect(await inventory.healthCheck('00000000-0000-0000-0000-000000000000')).toBeUndefined();
  });
  test('the table, its expiry and its recovery', async () => {
    expect(await inventory.table(HERE, 'hotshift')).toEqual({ status: 'ACTIVE', consistency: 'EVENTUAL', isDeletionProtected: false, replicas: { [HERE]: 'ACTIVE' }, expiry: 'ENABLED', pointInTimeRecovery: 'ENABLED' });
    expect(await inventory.table(THERE, 'hotshift')).toBeUndefined();
    expect(await inventory.drills('shop')).toEqual([]);
  });
  test('secrets by version, without their value', async () => {
    expect(await inventory.secret(HERE, 'hotshift/orders')).toMatchObject({ isBeingDeleted: false, currentVersion: expect.any(String) });
    expect(await inventory.secret(THERE, 'hotshift/orders')).toBeUndefined();
  });
  test('services with their tasks', async () => {
    expect(await inventory.service(HERE, 'shop', 'web')).toMatchObject({ status: 'ACTIVE', desired: 3, launchType: 'FARGATE', vcpuPerTask: 0.5, variables: [{ name: 'QUEUE', value: 'here' }], targetGroupArns: [] });
    expect(await inventory.service(HERE, 'shop', 'nobody')).toBeUndefined();
    expect(await inventory.service(HERE, 'nobody', 'web')).toBeUndefined();
  });
  test('load balancers in front of a service, with how long they keep connections', async () => {
    expect(await inventory.balancers(HERE, [made.targetGroup])).toEqual([{ name: 'shop', keepAliveSeconds: 120, idleSeconds: 60 }]);
    expect(await inventory.balancers(HERE, [])).toEqual([]);
  });
  test('the template of a stack that stands, and that one is not there', async () => {
    expect(await deployedStack(HERE, 'hotshift-prod')).toEqual({ kind: 'deployed', template: TEMPLATE });
    expect(await deployedStack(THERE, 'hotshift-prod')).toEqual({ kind: 'absent' });
  });
  test('certificates', async () => { expect((await inventory.certificates(HERE))[0]?.names).toContain('shop.example.com'); });
  test('workflow, rules, schedules', async () => {
    expect(await inventory.machine(HERE, 'hotshift-failover', ACCOUNT)).toMatchObject({ status: 'ACTIVE', definition: expect.stringContaining('Succeed') });
    expect(await inventory.machine(THERE, 'hotshift-failover', ACCOUNT)).toBeUndefined();
    expect(await inventory.rule(HERE, 'hotshift-r')).toEqual({ isEnabled: false, targetArns: [`arn:aws:states:${HERE}:${ACCOUNT}:stateMachine:hotshift-failover`] });
    expect(await inventory.rule(HERE, 'nobody')).toBeUndefined();
    expect(await inventory.schedule(HERE, 'hotshift', 'hotshift-observe-shop')).toBe('DISABLED');
    expect(await inventory.schedule(HERE, 'hotshift', 'nobody')).toBeUndefined();
    expect(await inventory.function(HERE, 'nobody')).toBeUndefined();
  });
  test.each<[string, () => Promise<unknown>]>([
    ['metrics, which moto 5.2.5 answers with a page of HTML', () => inventory.replicaLagSeconds(THERE, 'orders-west')],
    ['simulations', () => inventory.simulate({ roleArn: `arn:aws:iam::${ACCOUNT}:role/x`, actions: ['rds:PromoteReadReplica'], resources: ['*'], context: [] })],
    ['account settings', () => inventory.concurrency(HERE)],
    ['quotas of Fargate', () => inventory.quota(HERE, 'fargate', 'L-3032A538')],
  ])('what moto does not have is an error, not a "yes": %s', async (_what, ask) => { await expect(ask()).rejects.toThrow(/simulatePrincipalPolicy|GetAccountSettings|GetServiceQuota|GetMetricData/i); });
});
