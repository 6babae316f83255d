// The edges of what a rehearsal decides. That each finding comes of its fault is shown over the wire in test/twin/check.
import { describe, expect, test } from '@jest/globals';
import type { ServiceCapacity } from '../../../domain/capacity.ts';
import type { CertificateDetails, InstanceDetails, RecordDetails, ServiceDetails, TableDetails } from '../../../domain/inventory.ts';
import { DRILL_OUTCOMES, staleDrills, staleText, type DrillRecord } from '../../../domain/drill.ts';
import { freshnessFigures } from '../../../functions/watch/freshness.ts';
import { accepted } from '../../../functions/rehearse/accepted.ts';
import { addedTasks, concurrencyFindings, quotaFindings } from '../../../functions/rehearse/capacity.ts';
import { finding, worstOf } from '../../../functions/rehearse/catalogue.ts';
import { certificateFindings } from '../../../functions/rehearse/certificates.ts';
import { balancerFindings, settingFindings } from '../../../functions/rehearse/connections.ts';
import { driftFindings, instanceFindings, parameterFindings } from '../../../functions/rehearse/database.ts';
import { drillFindings, functionDriftFindings, machineFindings, ruleFindings } from '../../../functions/rehearse/deployment.ts';
import { callsOf, permissionFindings } from '../../../functions/rehearse/permissions.ts';
import { healthCheckFindings, providerFindings, recordFindings, writerRecordFindings, zoneFindings } from '../../../functions/rehearse/records.ts';
import { lagFindings, replicaRegion, replicationFindings, writerRegion } from '../../../functions/rehearse/replication.ts';
import { secretDriftFindings, secretFindings } from '../../../functions/rehearse/secrets.ts';
import { tableFindings } from '../../../functions/rehearse/table.ts';
import { database, home, plan, start, survivor, witness } from '../ports.ts';

const DAY_MS = 86_400_000;
const traffic = plan.traffic[0]!;
const capacity = plan.capacity[0]! as ServiceCapacity;
const ids = (found: readonly { readonly id: string }[]): readonly string[] => found.map(({ id }) => id);
const instance = (more: Partial<InstanceDetails> = {}): InstanceDetails => ({
  identifier: 'orders-ireland', status: 'available', host: database.instances[home]!.host, engineVersion: '17.4', instanceClass: 'db.m7g.large', backupRetentionDays: 7, isEncrypted: true, isDeletionProtected: true,
  isMultiZone: true, securityGroupIds: [database.instances[home]!.securityGroupId], parameterGroups: [{ name: 'orders', status: 'in-sync' }], ...more,
});

describe('instances', () => {
  test.each([
    ['as planned', {}, []],
    ['storage that is optimised works', { status: 'storage-optimization' }, []],
    ['a change passes', { status: 'modifying' }, ['database-backing-up']],
    ['a state that nobody knows is not available', { status: 'inaccessible-encryption-credentials-recoverable' }, ['database-not-available']],
    ['one zone is only told', { isMultiZone: false }, ['database-single-zone']],
    ['no group at all', { securityGroupIds: [] }, ['database-security-group']],
    ['a cluster without an instance', { memberCount: 0 }, ['aurora-headless']],
    ['a cluster with one', { memberCount: 1 }, []],
  ])('%s', (_, more, expected) => { expect(ids(instanceFindings(database, home, instance(more)))).toEqual(expected); });

  test('two versions keep a global database from a managed failover, and a read replica from nothing', () => {
    const two = [instance({ engineVersion: '16.4' }), instance({ engineVersion: '16.6' })] as const;
    expect(ids(driftFindings(database, [home, survivor], two))).toEqual(['database-version-drift']);
    expect(ids(driftFindings({ ...database, kind: 'aurora-global', globalCluster: 'orders-global' }, [home, survivor], two))).toEqual(['aurora-version-mismatch']);
  });

  test('of parameters only those that differ are told, and not without end', () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`p${index}`, '1']));
    const [found] = parameterFindings(database, [home, survivor], [{ ...many, same: 'x' }, { same: 'x' }]);
    expect(found!.evidence).toMatch(/p0 1 \/ default.* and 4 more$/);
    expect(parameterFindings(database, [home, survivor], [{ same: 'x' }, { same: 'x' }])).toEqual([]);
  });
});

describe('replication', () => {
  const replica = instance({ identifier: 'orders-frankfurt', source: database.instances[home]!.arn, replication: { isNormal: true, status: 'replicating' } });
  test.each([
    ['a pair', instance(), replica, survivor, home, []],
    ['two writers', instance(), instance(), undefined, undefined, ['replication-none']],
    ['each follows the other', instance({ source: database.instances[survivor]!.arn }), replica, undefined, undefined, ['replication-none']],
    ['it follows a stranger', instance(), instance({ source: 'arn:aws:rds:eu-west-1:111122223333:db:other' }), undefined, home, ['replication-none']],
    ['no word of its state', instance(), instance({ source: database.instances[home]!.arn }), survivor, home, ['replication-stopped']],
  ])('%s', (_, one, other, follows, writes, expected) => {
    const found = { [home]: one, [survivor]: other };
    expect([replicaRegion(database, found), writerRegion(database, found)]).toEqual([follows, writes]);
    expect(ids(replicationFindings(database, found))).toEqual(expected);
  });
  test.each([[30, []], [30.1, ['replication-lag']], [undefined, ['replication-lag-unknown']], [-1, ['replication-lag-unknown']]])('a lag of %s with an RPO of 30', (lag, expected) => {
    expect(ids(lagFindings(database, survivor, lag, 30))).toEqual(expected);
  });
});

describe('records', () => {
  const [a, aaaa]: readonly RecordDetails[] = [
    { type: 'A', setIdentifier: home, weight: 100, ttlSeconds: 60, values: ['192.0.2.10'], healthCheckId: 'h' }, { type: 'AAAA', setIdentifier: home, weight: 100, ttlSeconds: 60, values: ['2001:db8:1::10'], healthCheckId: 'h' },
  ];
  const checked = { ...traffic, endpoints: { ...traffic.endpoints, [home]: { ...traffic.endpoints[home]!, healthCheckId: 'h' } } };
  test.each<[string, readonly RecordDetails[], readonly string[]]>([
    ['as planned', [a!, aaaa!], []],
    ['only the other region has one', [{ ...a!, setIdentifier: survivor }, aaaa!], ['record-missing']],
    ['an alias answers what nobody knows', [{ ...a!, values: [] }, aaaa!], ['record-values']],
    ['61 s', [{ ...a!, ttlSeconds: 61 }, aaaa!], ['record-ttl']],
    ['its health check was taken off', [{ ...a!, healthCheckId: undefined } as never, aaaa!], ['health-check-missing']],
  ])('%s', (_, stored, expected) => { expect(ids(recordFindings(checked, home, stored))).toEqual(expected); });

  test('a family that the plan does not have must not be answered', () => {
    const four = { ...checked, endpoints: { ...checked.endpoints, [home]: { ...checked.endpoints[home]!, ipv6: [] } } };
    expect(ids(recordFindings(four, home, [a!]))).toEqual([]);
    expect(ids(recordFindings(four, home, [a!, aaaa!]))).toEqual(['record-values']);
  });
  test('a health check that a shift would take away', () => { expect(ids(recordFindings(traffic, home, [a!, aaaa!]))).toEqual(['health-check-missing', 'health-check-missing']); });
  test.each([
    [{ type: 'HTTPS', isDisabled: false, isInverted: false, address: '192.0.2.10' }, ['weighted-records'] as const, []],
    [{ type: 'TCP', isDisabled: false, isInverted: false }, ['weighted-records'] as const, ['health-check-kind']],
    [{ type: 'HTTPS', isDisabled: false, isInverted: true }, ['weighted-records'] as const, ['health-check-kind']],
    [{ type: 'HTTPS', isDisabled: false, isInverted: false }, ['health-check-switch', 'weighted-records'] as const, ['health-check-kind']],
    [{ type: 'CALCULATED', isDisabled: false, isInverted: false }, ['health-check-switch', 'weighted-records'] as const, []],
    [{ type: 'RECOVERY_CONTROL', isDisabled: false, isInverted: false }, ['routing-control'] as const, []],
    [undefined, ['weighted-records'] as const, ['health-check-missing']],
  ])('health check %j of %j', (found, strategies, expected) => { expect(ids(healthCheckFindings({ ...checked, strategies }, home, found))).toEqual(expected); });

  test('a private zone has no accelerated recovery; a zone that nobody changes needs none', () => {
    const zone = { name: 'shop.internal.', isPrivate: true, acceleratedRecovery: 'DISABLED' };
    expect(ids(zoneFindings('Z1', true, zone))).toEqual(['control-plane-us-east-1']);
    expect(zoneFindings('Z1', false, { ...zone, isPrivate: false })).toEqual([]);
    expect(ids(zoneFindings('Z1', true, { ...zone, isPrivate: false, acceleratedRecovery: 'ENABLE_FAILED' }))).toContain('zone-accelerated-recovery');
  });
  test.each([
    [['ns-1.awsdns-1.com', 'ns-9.awsdns-2.co.uk.'], 1], [['ns1.other.example', 'ns2.other.example'], 1], [[], 1], [['ns-1.awsdns-1.com', 'ns1.other.example'], 0],
  ])('name servers %j', (servers, count) => { expect(providerFindings('example.com.', servers)).toHaveLength(count); });
  test('the writer record is not judged by a writer that nobody knows', () => {
    const record: RecordDetails = { type: 'CNAME', ttlSeconds: 5, values: [`${database.instances[home]!.host}.`] };
    expect(writerRecordFindings(database, home, [record])).toEqual([]);
    expect(writerRecordFindings(database, undefined, [{ ...record, values: ['elsewhere.example'] }])).toEqual([]);
    expect(ids(writerRecordFindings(database, survivor, [record]))).toEqual(['writer-record-target']);
  });
});

describe('capacity', () => {
  const service = (more: Partial<ServiceDetails> = {}): ServiceDetails => ({ status: 'ACTIVE', desired: 10, running: 10, launchType: 'FARGATE', vcpuPerTask: 2, variables: [], targetGroupArns: [], ...more });
  test('adds what is lacking to twice the baseline, and never beyond the limit of the plan', () => {
    expect(addedTasks(capacity, home, service())).toBe(10);
    expect(addedTasks(capacity, home, service({ desired: 25 }))).toBe(0);
    expect(addedTasks({ ...capacity, desiredMax: 12 }, home, service())).toBe(2);
  });
  test.each([[{ limit: 40 }, []], [{ limit: 39 }, ['quota-fargate']], [{ limit: 100, used: 81 }, ['quota-fargate']], [{ limit: 100, used: 80 }, []]])('quota %j', (quota, expected) => {
    expect(ids(quotaFindings(home, [{ capacity, found: service() }], quota))).toEqual(expected);
  });
  test('instances of one\'s own are another matter', () => { expect(ids(quotaFindings(home, [{ capacity, found: service({ launchType: 'EC2' }) }], { limit: 0 }))).toEqual(['capacity-not-fargate']); });
  test.each([[200, 0], [199, 1]])('%i executions that are not reserved', (unreserved, count) => { expect(concurrencyFindings(home, { limit: 1000, unreserved })).toHaveLength(count); });
});

describe('table and secrets', () => {
  const places = [home, survivor, witness];
  const table: TableDetails = { status: 'ACTIVE', consistency: 'STRONG', replicas: Object.fromEntries(places.map((place) => [place, 'ACTIVE'])), isDeletionProtected: true, expiry: 'DISABLED', pointInTimeRecovery: 'ENABLED' };
  test('a witness of DynamoDB\'s own is no replica that could be read', () => {
    expect(tableFindings('hotshift', home, places, table)).toEqual([]);
    expect(ids(tableFindings('hotshift', home, places, { ...table, replicas: { [home]: 'ACTIVE', [survivor]: 'ACTIVE' } }))).toEqual(['table-replicas']);
    expect(ids(tableFindings('hotshift', home, places, { ...table, replicas: { ...table.replicas, [witness]: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' } }))).toEqual(['table-replicas']);
  });
  test('a secret without a value is as good as none', () => {
    expect(ids(secretFindings('s', home, { isBeingDeleted: false }))).toEqual(['secret-missing']);
    expect(secretDriftFindings('orders', [home, survivor], [{ isBeingDeleted: false, currentVersion: 'a' }, { isBeingDeleted: false, currentVersion: 'a' }])).toEqual([]);
  });
});

describe('certificates', () => {
  const certificate = (more: Partial<CertificateDetails> = {}): CertificateDetails => ({ names: ['shop.example.com'], status: 'ISSUED', expiresAt: start + 90 * DAY_MS, isInUse: true, ...more });
  test.each<[string, readonly CertificateDetails[], readonly string[]]>([
    ['its own', [certificate()], []], ['a wildcard for one label', [certificate({ names: ['*.example.com'] })], []],
    ['a wildcard does not stand for two', [certificate({ names: ['*.com'] })], ['certificate-missing']],
    ['expired', [certificate({ expiresAt: start - 1 })], ['certificate-missing']],
    ['the one in use ends, an idle one does not help', [certificate({ expiresAt: start + 5 * DAY_MS }), certificate({ isInUse: false })], ['certificate-expiring']],
    ['two in use', [certificate({ expiresAt: start + 5 * DAY_MS }), certificate()], []],
  ])('%s', (_, found, expected) => { expect(ids(certificateFindings('shop.example.com', home, found, start))).toEqual(expected); });
});

describe('connections', () => {
  test.each([
    [`postgres://u:p@${database.instances[home]!.host}/orders`, 1], ['https://sqs.eu-central-1.amazonaws.com/1/q', 1], ['arn:aws:sqs:eu-central-1:111122223333:q', 1], ['eu-central-1', 1],
    ['https://sqs.eu-west-1.amazonaws.com/1/q', 0], ['orders-writer.shop.internal', 0], ['neu-central-12', 0],
  ])('%s, in the home region', (text, count) => {
    const found = settingFindings(plan, home, [{ place: 'shop/web X', text }]);
    expect(found).toHaveLength(count);
    for (const one of found) expect(JSON.stringify(one)).not.toContain('u:p@');
  });
  test('a keep-alive of a minute is the least that a load balancer takes', () => {
    const brief = { ...plan, traffic: plan.traffic.map((entry) => ({ ...entry, ttlSeconds: 5 })) };
    expect(balancerFindings(brief, home, [{ name: 'x', keepAliveSeconds: 60, idleSeconds: 60 }])).toEqual([]);
    expect(balancerFindings(brief, home, [{ name: 'x', keepAliveSeconds: 61, idleSeconds: 60 }])).toHaveLength(1);
  });
});

describe('deployment', () => {
  test('the packaged workflow and the deployed one are compared without their ARNs', () => {
    const packaged = '{"b":{"Resource":"${VerifyFunctionArn}"},"a":1}';
    const deployed = '{ "a": 1, "b": { "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:hotshift-verify" } }';
    expect(machineFindings('m', home, { status: 'ACTIVE', definition: deployed }, packaged)).toEqual([]);
    expect(ids(machineFindings('m', home, { status: 'ACTIVE', definition: deployed.replace('verify', 'claim') }, packaged))).toEqual(['machine-differs']);
    expect(ids(machineFindings('m', home, { status: 'ACTIVE', definition: 'garbage' }, packaged))).toEqual(['machine-differs']);
  });
  test('settings that differ are told by name, not by value', () => {
    const details = { state: 'Active', codeSha256: 'x', roleArn: '', settings: 'memory=512\nTOKEN=secret-1' };
    const [found] = functionDriftFindings('verify', survivor, details, home, { ...details, settings: 'memory=512\nTOKEN=secret-2' });
    expect(found!.evidence).toBe(`TOKEN differ; compared with ${home}`);
  });
  test('a rule must lead to its target in its own region', () => {
    const target = 'stateMachine:hotshift-failover';
    const arn = (region: string) => `arn:aws:states:${region}:111122223333:${target}`;
    expect(ruleFindings('r', home, target, { isEnabled: true, targetArns: [arn(home)] })).toEqual([]);
    expect(ruleFindings('r', home, target, { isEnabled: true, targetArns: [arn(survivor)] })).toHaveLength(1);
  });
  const drill = (days: number, evacuated: string, more: Partial<DrillRecord> = {}): DrillRecord => ({
    application: 'shop', execution: `d-${days}-${evacuated}`, mode: 'traffic', outcome: 'Drill passed', evacuated, startedAt: start - days * DAY_MS - 1, at: start - days * DAY_MS, step: '', reason: '', heldSeconds: 60, open: false, scaled: [], ...more,
  });
  test.each([[90, []], [91, ['drill-old']]])('both directions %s days ago', (days, expected) => {
    expect(ids(drillFindings(plan, [drill(days, home), drill(days, survivor)], start))).toEqual(expected);
  });
  test('no drill, and only drills that were worth nothing, are none', () => {
    expect(ids(drillFindings(plan, [], start))).toEqual(['drill-none']);
    for (const outcome of DRILL_OUTCOMES.filter((one) => one !== 'Drill passed')) expect(ids(drillFindings(plan, [drill(1, home, { outcome }), drill(1, survivor, { outcome })], start))).toEqual(['drill-none']);
    for (const mode of ['rehearsal', 'return', 'switchover'] as const) expect(ids(drillFindings(plan, [drill(1, home, { mode }), drill(1, survivor, { mode })], start))).toEqual(['drill-none']);
  });
  test('a failed drill makes an old good one no younger, and the region is named', () => {
    const records = [drill(1, home, { outcome: 'Drill stopped' }), drill(100, home), drill(2, survivor)];
    expect(drillFindings(plan, records, start)).toMatchObject([{ id: 'drill-old', evidence: expect.stringMatching(new RegExp(`^${home}: .*100 days old$`)) }]);
  });
  test('it goes by the rule of the alarm and of status', () => {
    for (const records of [[drill(100, home), drill(2, survivor)], [drill(1, home), drill(2, survivor)], [drill(1, home), drill(2, survivor), drill(3, home, { mode: 'switchover', outcome: 'Drill stopped' })]]) {
      expect(drillFindings(plan, records, start).map(({ evidence }) => evidence)).toEqual(staleDrills(plan.regions, records, start).length === 0 ? [] : [staleDrills(plan.regions, records, start).map(staleText).join('; ')]);
      expect(drillFindings(plan, records, start).length > 0).toBe((freshnessFigures(records, plan.regions, start)[0]?.value ?? 0) > 0);
    }
  });
  test('questions carry the account of the role; denials are counted, not all told', () => {
    expect(callsOf([{ actions: ['a:B'], resources: ['arn:aws:x::${AWS::AccountId}:y'], context: [{ key: 'k', values: ['${AWS::AccountId}'], isList: false }] }], 'arn:aws:iam::444455556666:role/r'))
      .toEqual([{ roleArn: 'arn:aws:iam::444455556666:role/r', actions: ['a:B'], resources: ['arn:aws:x::444455556666:y'], context: [{ key: 'k', values: ['444455556666'], isList: false }] }]);
    const denied = Array.from({ length: 6 }, (_, index) => ({ action: `a:B${index}`, resource: '*', decision: 'implicitDeny' }));
    expect(permissionFindings('promote', home, denied)[0]!.evidence).toMatch(/a:B0 on \*: implicitDeny.*; and 2 more$/);
    expect(permissionFindings('promote', home, [{ action: 'a:B', resource: '*', decision: 'allowed' }])).toEqual([]);
  });
});

test('a warning that the plan accepts is told as information, a critical finding is not', () => {
  const accept = { 'dns-single-provider': 'a second one comes in spring', 'table-not-strong': 'we are brave' };
  const place = { region: 'global', subject: 'x' } as const;
  expect(accepted(finding('dns-single-provider', place, 'e'), { accept })).toMatchObject({ severity: 'info', evidence: 'e; accepted: a second one comes in spring' });
  expect(accepted(finding('table-not-strong', place, 'e'), { accept })).toMatchObject({ severity: 'critical', evidence: 'e' });
  expect(accepted(finding('drill-none', place, 'e'), { accept: {} })).toMatchObject({ severity: 'warning' });
  expect(worstOf(['drill-none', 'table-not-strong', 'database-single-zone'])).toBe('critical');
});
