// The control plane adapters over the wire: what is asked for, how answers and errors are read.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ecsCapacity } from '../../../adapters/capacity.ts';
import { rdsDatabase } from '../../../adapters/database.ts';
import { eventBridgeEvents } from '../../../adapters/events.ts';
import { databaseLocks } from '../../../adapters/locks.ts';
import { loginOf, secrets } from '../../../adapters/secrets.ts';
import { route53Traffic } from '../../../adapters/traffic.ts';
import type { CapacityPlan, DatabasePlan, TrafficPlan } from '../../../domain/plan.ts';
import { Wire, json, leadingTo, xml, type Reply } from './wire.ts';

const database = {
  name: 'orders', writerRecord: { hostedZoneId: 'Z1', name: 'writer.shop.example', ttlSeconds: 5 },
  instances: { 'eu-west-1': { identifier: 'orders-eu', host: 'orders-eu.rds.example', port: 5432, databaseName: 'shop', secretId: 's', securityGroupId: 'sg-1' } },
} as unknown as DatabasePlan;

let wire: Wire;
beforeEach(() => { wire = new Wire(); });
afterEach(async () => { await wire.stop(); });
/** Replies in turn; the last one repeats. */
const replying = (...replies: (Reply | undefined)[]) => wire.start((_call, turn) => replies[Math.min(turn, replies.length - 1)]);
const form = (turn: number) => Object.fromEntries(new URLSearchParams(wire.calls[turn]?.body ?? ''));

describe('RDS', () => {
  const rds = (requestMs?: number) => rdsDatabase({
    reading: () => new RDSClient(leadingTo(wire, 'eu-west-1', 'reading', requestMs)), changing: () => new RDSClient(leadingTo(wire, 'eu-west-1', 'changing', requestMs)),
  }, { secrets: { text: async () => '', forget: () => undefined }, tls: 'off' });
  const described = (inner: string) => xml(`<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult><DBInstances>${inner}</DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>`);
  const failed = (code: string, status: number) => xml(`<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>said ${code}</Message></Error></ErrorResponse>`, status);
  const promoted = xml('<PromoteReadReplicaResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><PromoteReadReplicaResult><DBInstance/></PromoteReadReplicaResult></PromoteReadReplicaResponse>');

  test('a replica with its source', async () => {
    await replying(described('<DBInstance><DBInstanceIdentifier>orders-eu</DBInstanceIdentifier><DBInstanceStatus>backing-up</DBInstanceStatus><BackupRetentionPeriod>7</BackupRetentionPeriod><ReadReplicaSourceDBInstanceIdentifier>arn:aws:rds:us-east-1:111122223333:db:orders-us</ReadReplicaSourceDBInstanceIdentifier></DBInstance>'));
    expect(await rds().describe(database, 'eu-west-1')).toEqual({ identifier: 'orders-eu', status: 'backing-up', isReplica: true, backupRetentionDays: 7, sourceIdentifier: 'arn:aws:rds:us-east-1:111122223333:db:orders-us' });
    expect(form(0)).toMatchObject({ Action: 'DescribeDBInstances', DBInstanceIdentifier: 'orders-eu' });
  });
  test('no such instance is an answer; no status is not', async () => {
    await replying(failed('DBInstanceNotFound', 404), described('<DBInstance><DBInstanceIdentifier>orders-eu</DBInstanceIdentifier></DBInstance>'));
    expect(await rds().describe(database, 'eu-west-1')).toBeUndefined();
    await expect(rds().describe(database, 'eu-west-1')).rejects.toMatchObject({ name: 'UnexpectedAnswerError' });
  });
  test.each([
    ['Throttling', 400, 'TryAgainError'], ['InternalFailure', 500, 'TryAgainError'], ['InvalidDBInstanceState', 400, 'TryAgainError'],
    ['AccessDenied', 403, 'RefusedByAwsError'], ['DBInstanceNotFound', 404, 'RefusedByAwsError'],
  ])('a promotion answered by %s is asked once and is %s', async (code, status, name) => {
    await replying(failed(code, status));
    await expect(rds().promote(database, 'eu-west-1', 'unplanned')).rejects.toMatchObject({ name, message: expect.stringContaining('rds:PromoteReadReplica on orders-eu in eu-west-1') });
    expect(wire.calls).toHaveLength(1);
  });
  test('a promotion without an answer is not asked for again', async () => {
    await replying(undefined);
    await expect(rds(200).promote(database, 'eu-west-1', 'unplanned')).rejects.toMatchObject({ name: 'TryAgainError', cause: expect.objectContaining({ name: 'TimeoutError' }) });
    expect(wire.calls).toHaveLength(1);
  });
  test('an accepted promotion', async () => {
    await replying(promoted);
    await rds().promote(database, 'eu-west-1', 'unplanned');
    expect(form(0)).toEqual(expect.objectContaining({ Action: 'PromoteReadReplica', DBInstanceIdentifier: 'orders-eu' }));
  });
  test('garbage with status 200 is unexpected', async () => {
    await replying({ body: '<<<', headers: { 'content-type': 'text/xml' } });
    await expect(rds().describe(database, 'eu-west-1')).rejects.toMatchObject({ name: 'UnexpectedAnswerError' });
  });
  test('a region without an instance is refused before any call', async () => {
    await replying(promoted);
    await expect(rds().promote(database, 'us-east-1', 'unplanned')).rejects.toMatchObject({ name: 'RefusedByAwsError' });
    expect(wire.calls).toHaveLength(0);
  });
  test('nobody listens: try again', async () => {
    await replying(promoted);
    await wire.stop();
    await expect(rds().promote(database, 'eu-west-1', 'unplanned')).rejects.toMatchObject({ name: 'TryAgainError', message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('Route 53', () => {
  const plan: TrafficPlan = {
    name: 'web', strategies: ['weighted-records'], strategyTimeoutSeconds: 30, ramp: [100], hostedZoneId: 'Z1', recordName: 'shop.example', ttlSeconds: 10,
    endpoints: { 'us-east-1': { ipv4: ['192.0.2.1'], ipv6: ['2001:db8::1'], weight: 50, healthCheckId: 'hc-1' }, 'eu-west-1': { ipv4: ['192.0.2.2'], ipv6: [], weight: 50 } },
  };
  const traffic = () => route53Traffic(new Route53Client(leadingTo(wire)), []);
  const ns = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';
  const record = (name: string, type: string, extra: string, value = '192.0.2.1') =>
    `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type>${extra}<TTL>5</TTL><ResourceRecords><ResourceRecord><Value>${value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;
  const weighted = (region: string, weight: number, type = 'A', name = 'shop.example.') => record(name, type, `<SetIdentifier>${region}</SetIdentifier><Weight>${weight}</Weight>`);
  const list = (records: string, next = '') => xml(`<ListResourceRecordSetsResponse ${ns}><ResourceRecordSets>${records}</ResourceRecordSets><IsTruncated>${next !== ''}</IsTruncated>${next}<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`);
  const changed = xml(`<ChangeResourceRecordSetsResponse ${ns}><ChangeInfo><Id>/change/C42</Id><Status>PENDING</Status><SubmittedAt>2025-01-01T00:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`);

  test('weights over two pages, other names left out', async () => {
    await replying(
      list(weighted('us-east-1', 50), '<NextRecordName>shop.example.</NextRecordName><NextRecordType>AAAA</NextRecordType><NextRecordIdentifier>us-east-1</NextRecordIdentifier>'),
      list(weighted('us-east-1', 50, 'AAAA') + weighted('eu-west-1', 0) + weighted('eu-west-1', 99, 'A', 'zoo.example.')));
    expect(await traffic().read(plan)).toEqual({ weights: { 'us-east-1': 50, 'eu-west-1': 0 } });
    expect(wire.calls[1]?.url).toContain('identifier=us-east-1');
  });
  test('A and AAAA that disagree equal no weight at all', async () => {
    await replying(list(weighted('us-east-1', 0) + weighted('us-east-1', 50, 'AAAA')));
    expect((await traffic().read(plan)).weights).toEqual({ 'us-east-1': Number.NaN });
  });
  test('one batch for all regions and both families, health checks kept', async () => {
    await replying(changed);
    expect(await traffic().setWeights([{ traffic: plan, weights: { 'us-east-1': 0, 'eu-west-1': 100 } }])).toEqual(['C42']);
    const body = wire.calls[0]?.body ?? '';
    expect(wire.calls).toHaveLength(1);
    expect([...body.matchAll(/<Action>(\w+)<\/Action>.*?<Type>(\w+)<\/Type><SetIdentifier>([\w-]+)<\/SetIdentifier><Weight>(\d+)</g)].map((match) => match.slice(1)))
      .toEqual([['UPSERT', 'A', 'us-east-1', '0'], ['UPSERT', 'AAAA', 'us-east-1', '0'], ['UPSERT', 'A', 'eu-west-1', '100']]);
    expect(body.match(/<HealthCheckId>hc-1</g)).toHaveLength(2);
  });
  test.each([
    ['no region would answer', { 'us-east-1': 0, 'eu-west-1': 0 }], ['a region is left out', { 'eu-west-1': 100 }], ['a weight is out of range', { 'us-east-1': 0, 'eu-west-1': 300 }],
  ])('refused before any call when %s', async (_what, weights) => {
    await replying(changed);
    await expect(traffic().setWeights([{ traffic: plan, weights }])).rejects.toMatchObject({ name: 'InvalidInputError' });
    expect(wire.calls).toHaveLength(0);
  });
  test('the writer record is pointed at the instance once', async () => {
    await replying(list(record('writer.shop.example.', 'CNAME', '', 'orders-us.rds.example.')), changed, list(record('writer.shop.example.', 'CNAME', '', 'ORDERS-EU.rds.example.')));
    expect(await traffic().pointWriter(database, 'eu-west-1')).toBe('C42');
    expect(wire.calls[1]?.body).toMatch(/<Type>CNAME<\/Type><TTL>5<\/TTL>.*orders-eu\.rds\.example/);
    expect(await traffic().pointWriter(database, 'eu-west-1')).toBeUndefined();
    expect(wire.calls).toHaveLength(3);
  });
  test('a database without a writer record needs no call', async () => {
    await replying(changed);
    const { writerRecord: _none, ...rest } = database;
    expect(await traffic().pointWriter(rest, 'eu-west-1')).toBeUndefined();
    expect(wire.calls).toHaveLength(0);
  });
  test.each([['PriorRequestNotComplete', 400, 'TryAgainError'], ['NoSuchHostedZone', 404, 'RefusedByAwsError'], ['InvalidChangeBatch', 400, 'RefusedByAwsError']])('%s', async (code, status, name) => {
    await replying(xml(`<ErrorResponse ${ns}><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`, status));
    await expect(traffic().setWeights([{ traffic: plan, weights: { 'us-east-1': 0, 'eu-west-1': 100 } }])).rejects.toMatchObject({ name });
  });
});

describe('ECS', () => {
  const capacity = { name: 'web', kind: 'ecs', services: { 'eu-west-1': { cluster: 'main', service: 'shop', baseline: 2 } } } as unknown as CapacityPlan;
  const ecs = () => ecsCapacity(() => new ECSClient(leadingTo(wire, 'eu-west-1')));

  test('counts are read and the desired count is set', async () => {
    await replying(json({ services: [{ status: 'ACTIVE', desiredCount: 2, runningCount: 1 }] }), json({ service: {} }));
    expect(await ecs().read(capacity, 'eu-west-1')).toEqual({ desired: 2, running: 1 });
    await ecs().setDesired(capacity, 'eu-west-1', 4);
    expect(JSON.parse(wire.calls[1]?.body ?? '')).toEqual({ cluster: 'main', service: 'shop', desiredCount: 4 });
  });
  test.each([
    ['missing', { services: [], failures: [{ reason: 'MISSING' }] }, 'RefusedByAwsError'], ['draining', { services: [{ status: 'DRAINING', desiredCount: 0, runningCount: 0 }] }, 'RefusedByAwsError'],
    ['without counts', { services: [{ status: 'ACTIVE' }] }, 'UnexpectedAnswerError'],
  ])('a service that is %s', async (_what, answer, name) => {
    await replying(json(answer));
    await expect(ecs().read(capacity, 'eu-west-1')).rejects.toMatchObject({ name });
  });
});

describe('EventBridge', () => {
  const suspicion = { application: 'shop', region: 'us-east-1', vantagePoint: 'eu-west-1', incident: 'i-1', since: 5, reason: 'r'.repeat(900) };
  const events = () => eventBridgeEvents(() => new EventBridgeClient(leadingTo(wire, 'eu-west-1')), 'hotshift-bus');

  test('one event with the contract in its detail', async () => {
    await replying(json({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }));
    await events().suspect(suspicion, 'eu-west-1');
    const [entry] = (JSON.parse(wire.calls[0]?.body ?? '') as { readonly Entries: readonly { readonly Detail: string }[] }).Entries;
    expect(entry).toMatchObject({ EventBusName: 'hotshift-bus', Source: 'hotshift', DetailType: 'Outage suspected' });
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({ ...suspicion, reason: 'r'.repeat(500) });
  });
  test.each([['ThrottlingException', 'TryAgainError'], ['InternalFailure', 'TryAgainError'], ['NotAuthorizedForSourceException', 'RefusedByAwsError']])('an entry refused inside a good answer: %s', async (code, name) => {
    await replying(json({ FailedEntryCount: 1, Entries: [{ ErrorCode: code, ErrorMessage: 'm' }] }));
    await expect(events().suspect(suspicion, 'eu-west-1')).rejects.toMatchObject({ name, message: expect.stringContaining(code) });
  });
});

describe('security groups', () => {
  const rule = (id: string, extra: string) => `<item><securityGroupRuleId>${id}</securityGroupRuleId><isEgress>false</isEgress>${extra}</item>`;
  const world = '<cidrIpv4>0.0.0.0/0</cidrIpv4>';
  const group = '<referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo>';
  const rules = (inner: string, token = '') => xml(`<DescribeSecurityGroupRulesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><securityGroupRuleSet>${inner}</securityGroupRuleSet>${token === '' ? '' : `<nextToken>${token}</nextToken>`}</DescribeSecurityGroupRulesResponse>`);
  const revoked = xml('<RevokeSecurityGroupIngressResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return></RevokeSecurityGroupIngressResponse>');
  const gone = xml('<Response><Errors><Error><Code>InvalidSecurityGroupRuleId.NotFound</Code><Message>gone</Message></Error></Errors></Response>', 400);
  const locks = () => databaseLocks(() => new EC2Client(leadingTo(wire, 'eu-west-1')), { secrets: { text: async () => '{"username":"u","password":"p"}', forget: () => undefined }, tls: 'off' });
  const kept = rule('sgr-keep', `<description>hotshift-keep: the agent</description>${group}`);
  const revokedIds = (turn: number) => Object.entries(form(turn)).filter(([name]) => name.startsWith('SecurityGroupRuleId')).map(([, value]) => value);

  test('all ways in are closed, over pages; egress and the marked group stay', async () => {
    await replying(rules(rule('sgr-1', world) + kept, 'more'), rules(rule('sgr-2', group) + '<item><securityGroupRuleId>sgr-out</securityGroupRuleId><isEgress>true</isEgress></item>'), revoked);
    await locks().closeNetwork(database, 'eu-west-1');
    expect(revokedIds(2)).toEqual(['sgr-1', 'sgr-2']);
  });
  test('closed as read back, with nothing left to revoke', async () => {
    await replying(rules(kept));
    expect(await locks().networkClosed(database, 'eu-west-1')).toBe(true);
    await locks().closeNetwork(database, 'eu-west-1');
    expect(wire.calls.map((call) => new URLSearchParams(call.body).get('Action'))).not.toContain('RevokeSecurityGroupIngress');
  });
  test('a whole range stays open to nobody, however it is marked', async () => {
    await replying(rules(rule('sgr-wide', `<description>hotshift-keep</description>${world}`)));
    expect(await locks().networkClosed(database, 'eu-west-1')).toBe(false);
  });
  test('a rule that somebody else revoked meanwhile: the rest is closed all the same', async () => {
    await replying(rules(rule('sgr-1', world) + rule('sgr-2', group)), gone, rules(rule('sgr-2', group)), revoked);
    await locks().closeNetwork(database, 'eu-west-1');
    expect(revokedIds(3)).toEqual(['sgr-2']);
  });
  test('an engine that cannot be reached has no known sessions', async () => {
    await replying(revoked);
    const port = Number(new URL(wire.url).port);
    await wire.stop();
    const instances = { 'eu-west-1': { ...database.instances['eu-west-1'], host: '127.0.0.1', port } } as DatabasePlan['instances'];
    expect(await locks().endSessions({ ...database, instances }, 'eu-west-1')).toBeUndefined();
  });
});

describe('secrets', () => {
  const store = () => secrets(() => new SecretsManagerClient(leadingTo(wire, 'eu-west-1')));

  test('read once per process, and again after it was forgotten', async () => {
    await wire.start((_call, turn) => json({ SecretString: `value-${turn}` }));
    const held = store();
    expect([await held.text('a', 'eu-west-1'), await held.text('a', 'eu-west-1')]).toEqual(['value-0', 'value-0']);
    held.forget('a', 'eu-west-1');
    expect(await held.text('a', 'eu-west-1')).toBe('value-1');
  });
  test('not found is refused and not remembered', async () => {
    await replying(json({ __type: 'ResourceNotFoundException', message: 'no' }, 400), json({ SecretString: 'later' }));
    const held = store();
    await expect(held.text('a', 'eu-west-1')).rejects.toMatchObject({ name: 'RefusedByAwsError' });
    expect(await held.text('a', 'eu-west-1')).toBe('later');
  });
  test.each(['hunter2', '{"username":"u"}', 'null', '{"username":"u","password":7}'])('a login that is none (%s) is not quoted', (text) => {
    let error: Error | undefined;
    try { loginOf(text, 'db'); } catch (thrown) { error = thrown as Error; }
    expect(error?.name).toBe('UnexpectedAnswerError');
    expect(`${error?.message} ${String(error?.cause)}`).not.toContain('hunter2');
  });
});
