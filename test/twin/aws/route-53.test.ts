// Route 53 through the real SDK client, and what the name server then answers.
import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  ChangeResourceRecordSetsCommand, CreateHealthCheckCommand, CreateHostedZoneCommand, DeleteHealthCheckCommand, GetChangeCommand, GetHealthCheckCommand,
  GetHealthCheckStatusCommand, GetHostedZoneCommand, ListHealthChecksCommand, ListHostedZonesByNameCommand, ListResourceRecordSetsCommand, Route53Client,
  UpdateHealthCheckCommand, type Change, type ChangeAction, type ResourceRecordSet, type RRType,
} from '@aws-sdk/client-route-53';
import { DnsServer } from '../../../twin/dns/server.ts';
import { HealthCheckers } from '../../../twin/dns/health-checkers.ts';
import { ZoneStore } from '../../../twin/dns/zones.ts';
import { route53Service } from '../../../twin/aws/services/route-53.ts';
import { seeded } from '../dns/zone-fixture.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';
import { serve, type Served } from './served.ts';

let clock: ManualClock;
let served: Served;
let client: Route53Client;
let checkers: HealthCheckers;
let dns: DnsServer;
let resolver: Resolver;
let zoneId: string;

async function open(more: { processingMs?: number; rate?: { burst: number; refillPerSecond: number } } = {}): Promise<void> {
  clock = manualClock();
  const zones = new ZoneStore();
  checkers = new HealthCheckers({ random: seeded(4) });
  served = await serve(route53Service({ zones, checkers, clock, random: seeded(9), insyncMs: 60_000, rate: { burst: 10_000, refillPerSecond: 10 }, ...more }));
  client = new Route53Client(served.client);
  dns = new DnsServer({ zones, healthy: checkers.isHealthy, random: seeded(1) });
  const { port } = await dns.listen({ host: '127.0.0.1' });
  resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const created = await client.send(new CreateHostedZoneCommand({ Name: 'Twin.Test', CallerReference: 'first', HostedZoneConfig: { Comment: 'for tests' } }));
  zoneId = created.HostedZone?.Id ?? '';
}

beforeEach(() => open());
afterEach(async () => {
  client.destroy();
  await Promise.all([served.close(), checkers.close(), dns.close()]);
});

const set = (Name: string, Type: RRType, values: readonly string[], more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({ Name, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })), ...more });
const change = (...changes: readonly (readonly [ChangeAction, ResourceRecordSet])[]) =>
  client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes: changes.map(([Action, ResourceRecordSet]): Change => ({ Action, ResourceRecordSet })) } }));
const list = (more: object = {}) => client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...more }));
const weighted = (SetIdentifier: string, Weight: number, address: string): ResourceRecordSet => set('app.twin.test', 'A', [address], { SetIdentifier, Weight });

describe('hosted zones', () => {
  test('are created with NS and SOA, found by name, and answered at once', async () => {
    const zone = await client.send(new GetHostedZoneCommand({ Id: zoneId }));
    expect(zone.HostedZone).toMatchObject({ Name: 'twin.test.', CallerReference: 'first', ResourceRecordSetCount: 2, Config: { Comment: 'for tests', PrivateZone: false } });
    expect(zone.DelegationSet?.NameServers).toHaveLength(4);
    const named = await client.send(new ListHostedZonesByNameCommand({ DNSName: 'twin.test' }));
    expect(named.HostedZones?.[0]?.Id).toBe(zoneId);
    expect(await resolver.resolveNs('twin.test')).toHaveLength(4);
  });

  test('errors: same caller reference, unknown zone, unknown change', async () => {
    await expect(client.send(new CreateHostedZoneCommand({ Name: 'other.test', CallerReference: 'first' }))).rejects.toMatchObject({ name: 'HostedZoneAlreadyExists', $metadata: { httpStatusCode: 409 } });
    await expect(client.send(new GetHostedZoneCommand({ Id: 'Z404' }))).rejects.toMatchObject({ name: 'NoSuchHostedZone', message: 'No hosted zone found with ID: Z404' });
    await expect(client.send(new GetChangeCommand({ Id: 'C404' }))).rejects.toMatchObject({ name: 'NoSuchChange' });
  });
});

describe('changes', () => {
  test('are PENDING and listed at once, reach DNS no later than INSYNC', async () => {
    const { ChangeInfo } = await change(['CREATE', set('App.Twin.Test', 'A', ['192.0.2.1'])]);
    expect(ChangeInfo?.Status).toBe('PENDING');
    expect((await list()).ResourceRecordSets?.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual(['twin.test. NS', 'twin.test. SOA', 'app.twin.test. A']);
    await expect(resolver.resolve4('app.twin.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await clock.advance(59_999);
    expect((await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status).toBe('PENDING');
    expect(await resolver.resolve4('app.twin.test')).toEqual(['192.0.2.1']);
    await clock.advance(1);
    expect((await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status).toBe('INSYNC');
  });

  test('weights move in one batch', async () => {
    await change(['CREATE', weighted('a', 100, '192.0.2.1')], ['CREATE', weighted('b', 0, '192.0.2.2')]);
    await clock.advance(60_000);
    for (let query = 0; query < 10; query += 1) expect(await resolver.resolve4('app.twin.test')).toEqual(['192.0.2.1']);
    await change(['UPSERT', weighted('a', 0, '192.0.2.1')], ['UPSERT', weighted('b', 100, '192.0.2.2')]);
    await clock.advance(60_000);
    for (let query = 0; query < 10; query += 1) expect(await resolver.resolve4('app.twin.test')).toEqual(['192.0.2.2']);
    expect((await list()).ResourceRecordSets?.filter(({ Name }) => Name === 'app.twin.test.')).toEqual([weighted('a', 0, '192.0.2.1'), weighted('b', 100, '192.0.2.2')].map((one) => expect.objectContaining({ ...one, Name: 'app.twin.test.' })));
  });

  test('a refused batch changes nothing and names everything that is wrong', async () => {
    await change(['CREATE', set('a.twin.test', 'A', ['192.0.2.1'])]);
    const before = (await list()).ResourceRecordSets;
    const refused = change(
      ['CREATE', set('fine.twin.test', 'A', ['192.0.2.9'])],
      ['CREATE', set('a.twin.test', 'A', ['192.0.2.2'])],
      ['DELETE', set('b.twin.test', 'A', ['192.0.2.2'])],
      ['DELETE', set('a.twin.test', 'A', ['192.0.2.2'])],
      ['CREATE', set('www.example.org', 'A', ['192.0.2.2'])],
      ['CREATE', set('bad.twin.test', 'A', ['a host'])],
    );
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message:
        "[Tried to create resource record set [name='a.twin.test.', type='A'] but it already exists, " +
        "Tried to delete resource record set [name='b.twin.test.', type='A'] but it was not found, " +
        "Tried to delete resource record set [name='a.twin.test.', type='A'] but the values provided do not match the current values, " +
        'RRSet with DNS name www.example.org. is not permitted in zone twin.test., ' +
        "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'a host'']",
    });
    expect((await list()).ResourceRecordSets).toEqual(before);
  });

  test.each<[string, RegExp, readonly (readonly [ChangeAction, ResourceRecordSet])[]]>([
    ['a CNAME at the apex', /is not permitted at apex in zone twin\.test\./, [['CREATE', set('twin.test', 'CNAME', ['x.test.'])]]],
    ['a CNAME beside another type', /RRSet of type CNAME with DNS name c\.twin\.test\. is not permitted as it conflicts/, [['CREATE', set('c.twin.test', 'A', ['192.0.2.1'])], ['CREATE', set('c.twin.test', 'CNAME', ['x.test.'])]]],
    ['a simple set beside weighted ones', /type A cannot be created as other RRSets exist/, [['CREATE', weighted('a', 1, '192.0.2.1')], ['CREATE', set('app.twin.test', 'A', ['192.0.2.3'])]]],
    ['a weighted set beside a failover one', /SetIdentifier a cannot be created as a non-weighted set exists/, [['CREATE', weighted('a', 1, '192.0.2.1')], ['CREATE', set('app.twin.test', 'A', ['192.0.2.3'], { SetIdentifier: 'p', Failover: 'PRIMARY' })]]],
    ['two primaries', /PRIMARY failover set exists/, ['p', 'q'].map((SetIdentifier) => ['CREATE', set('f.twin.test', 'A', ['192.0.2.3'], { SetIdentifier, Failover: 'PRIMARY' })] as const)],
    ['a set written twice', /invalid set of changes for a resource record set 'A d\.twin\.test\.'/, [['UPSERT', set('d.twin.test', 'A', ['192.0.2.1'])], ['UPSERT', set('d.twin.test', 'A', ['192.0.2.2'])]]],
    ['a second SOA', /must contain exactly one SOA record/, [['CREATE', set('twin.test', 'SOA', ['ns. h. 1 2 3 4 5'], { SetIdentifier: 'x', Weight: 1 })]]],
    ['a repeated value', /Duplicate Resource Record: '192\.0\.2\.1'/, [['CREATE', set('e.twin.test', 'A', ['192.0.2.1', '192.0.2.1'])]]],
    ['an unquoted text', /InvalidCharacterString \(Value should be enclosed in quotation marks\) encountered with 'bare'/, [['CREATE', set('t.twin.test', 'TXT', ['bare'])]]],
  ])('%s is refused', async (_, message, changes) => {
    await expect(change(...changes)).rejects.toMatchObject({ name: 'InvalidChangeBatch', message: expect.stringMatching(message) });
  });

  test('limits: 1,000 values, and an UPSERT counts twice', async () => {
    const many = (count: number): ResourceRecordSet[] => Array.from({ length: count }, (_, at) => set(`n${at}.twin.test`, 'A', ['192.0.2.1']));
    await expect(change(...many(501).map((one) => ['UPSERT', one] as const))).rejects.toMatchObject({ name: 'InvalidChangeBatch', message: '[Number of records limit of 1000 exceeded.]' });
    await expect(change(...many(1_000).map((one) => ['CREATE', one] as const))).resolves.toMatchObject({ ChangeInfo: { Status: 'PENDING' } });
    await expect(change(['CREATE', set('long.twin.test', 'TXT', Array.from({ length: 200 }, (_, at) => `"${at}${'x'.repeat(200)}"`))])).rejects.toMatchObject({ message: '[Number of characters limit of 32000 exceeded.]' });
  });

  test('wrong form is InvalidInput, and so is what the twin cannot serve', async () => {
    await expect(change(['CREATE', { Name: 'x.twin.test', Type: 'A' }])).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(/Expected exactly one of \[AliasTarget, all of \[TTL, and ResourceRecords\]/) });
    await expect(change(['CREATE', set('x.twin.test', 'A', ['192.0.2.1'], { SetIdentifier: 's' })])).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(/but found none in Change with \[Action=CREATE/) });
    await expect(change(['CREATE', set('x.twin.test', 'A', ['192.0.2.1'], { Weight: 1 })])).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(change(['CREATE', set('x.twin.test', 'A', ['192.0.2.1'], { SetIdentifier: 's', Region: 'us-east-1' })])).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(/does not serve Region/) });
    await expect(change(['CREATE', set('x.twin.test', 'A', ['192.0.2.1'], { HealthCheckId: 'nobody' })])).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
  });

  test('names: wildcards are kept in octal, and pages go by reversed names, types and identifiers', async () => {
    await change(['CREATE', set('*.twin.test', 'A', ['192.0.2.1'])], ['CREATE', weighted('b', 1, '192.0.2.2')], ['CREATE', weighted('a', 1, '192.0.2.1')], ['CREATE', set('app.twin.test', 'AAAA', ['2001:db8::1'])]);
    const seen: string[] = [];
    let start: object = {};
    for (;;) {
      const page = await list({ MaxItems: 2, ...start });
      seen.push(...(page.ResourceRecordSets ?? []).map(({ Name, Type, SetIdentifier }) => [Name, Type, SetIdentifier].filter(Boolean).join(' ')));
      if (!page.IsTruncated) break;
      start = { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType, StartRecordIdentifier: page.NextRecordIdentifier };
    }
    expect(seen).toEqual(['twin.test. NS', 'twin.test. SOA', '\\052.twin.test. A', 'app.twin.test. A a', 'app.twin.test. A b', 'app.twin.test. AAAA']);
    await clock.advance(60_000);
    expect(await resolver.resolve4('whatever.twin.test')).toEqual(['192.0.2.1']);
  });
});

test('while a change of a zone is processed, the next is refused; afterwards it is not', async () => {
  await Promise.all([served.close(), checkers.close(), dns.close()]);
  await open({ processingMs: 1_000 });
  const slow = change(['CREATE', set('a.twin.test', 'A', ['192.0.2.1'])]);
  const eager = change(['CREATE', set('b.twin.test', 'A', ['192.0.2.1'])]);
  const [refused] = await Promise.allSettled([Promise.race([slow, eager])]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { name: 'PriorRequestNotComplete', message: 'The request was rejected because Route 53 was still processing a prior request.' } });
  await clock.advance(1_000);
  const [first, second] = await Promise.allSettled([slow, eager]);
  expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
});

test('the rate of the account: a burst, then a refill', async () => {
  await Promise.all([served.close(), checkers.close(), dns.close()]);
  await open({ rate: { burst: 3, refillPerSecond: 1 } });
  await list();
  await list();
  await expect(list()).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } });
  await clock.advance(1_000);
  await expect(list()).resolves.toMatchObject({ IsTruncated: false });
});

describe('health checks', () => {
  const http = { Type: 'HTTP', IPAddress: '127.0.0.1', Port: 1, ResourcePath: '/health', RequestInterval: 10, FailureThreshold: 3 } as const;
  const create = async (CallerReference: string, HealthCheckConfig: object): Promise<string> =>
    (await client.send(new CreateHealthCheckCommand({ CallerReference, HealthCheckConfig: HealthCheckConfig as typeof http }))).HealthCheck?.Id ?? '';

  test('a disabled check that is inverted takes its record out of DNS: the switch of a failover', async () => {
    const [first, second] = [await create('1', { ...http, Disabled: true }), await create('2', { ...http, Disabled: true })];
    await change(['CREATE', { ...weighted('a', 255, '192.0.2.1'), HealthCheckId: first }], ['CREATE', { ...weighted('b', 1, '192.0.2.2'), HealthCheckId: second }]);
    await clock.advance(60_000);
    expect(await resolver.resolve4('app.twin.test')).toEqual(['192.0.2.1']);
    const updated = await client.send(new UpdateHealthCheckCommand({ HealthCheckId: first, HealthCheckVersion: 1, Inverted: true }));
    expect(updated.HealthCheck).toMatchObject({ HealthCheckVersion: 2, HealthCheckConfig: { Inverted: true, Disabled: true, Port: 1 } });
    for (let query = 0; query < 20; query += 1) expect(await resolver.resolve4('app.twin.test')).toEqual(['192.0.2.2']);
    await expect(client.send(new UpdateHealthCheckCommand({ HealthCheckId: first, HealthCheckVersion: 1, Inverted: false }))).rejects.toMatchObject({ name: 'HealthCheckVersionMismatch', $metadata: { httpStatusCode: 409 } });
  });

  test('are made once per caller reference, listed in pages, and deleted', async () => {
    const id = await create('1', http);
    expect(await create('1', http)).toBe(id);
    await expect(create('1', { ...http, Port: 2 })).rejects.toMatchObject({ name: 'HealthCheckAlreadyExists' });
    const other = await create('2', { Type: 'CALCULATED', ChildHealthChecks: [id], HealthThreshold: 1 });
    const page = await client.send(new ListHealthChecksCommand({ MaxItems: 1 }));
    const rest = await client.send(new ListHealthChecksCommand({ MaxItems: 1, Marker: page.NextMarker }));
    expect([page, rest].flatMap((one) => one.HealthChecks?.map(({ Id }) => Id))).toEqual([id, other].sort());
    expect((await client.send(new GetHealthCheckStatusCommand({ HealthCheckId: id }))).HealthCheckObservations).toHaveLength(8);
    await client.send(new DeleteHealthCheckCommand({ HealthCheckId: id }));
    await expect(client.send(new GetHealthCheckCommand({ HealthCheckId: id }))).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
  });

  test('what the twin cannot run is refused by name', async () => {
    await expect(create('1', { Type: 'CLOUDWATCH_METRIC', AlarmIdentifier: { Region: 'us-east-1', Name: 'x' }, InsufficientDataHealthStatus: 'Healthy' })).rejects.toMatchObject({ name: 'InvalidInput', message: 'The twin does not run health checks of type CLOUDWATCH_METRIC.' });
    await expect(create('2', { ...http, RequestInterval: 20 })).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(create('3', { Type: 'CALCULATED', ChildHealthChecks: ['nobody'], HealthThreshold: 1 })).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
  });
});
