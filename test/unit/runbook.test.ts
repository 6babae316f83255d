// The runbook at 3 a.m.: each entry is complete, each command of the CLI exists, and what it does to the table is
// what the stores and the guard understand.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { intentStore } from '../../adapters/intent-store.ts';
import { journal } from '../../adapters/journal.ts';
import { leaseStore } from '../../adapters/lease-store.ts';
import { permitStore } from '../../adapters/permit-store.ts';
import { table } from '../../adapters/table.ts';
import { alarms } from '../../resources/alarms.ts';
import { allRegions, readPlans } from '../../resources/plans.ts';
import { suspicion } from '../../events/contracts.ts';
import { dynamodbRenewal } from '../../guard/dynamodb.ts';
import { dynamodbService } from '../../twin/aws/services/dynamodb.ts';
import { calm, connection, hotshift } from './cli/memory.ts';
import { EAST, openWorld, type World } from '../twin/aws/world.ts';
import { home, start, survivor } from './ports.ts';

const exampleFile = new URL('../../hotshift.example.yml', import.meta.url).pathname;
const text = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const sections = text.split(/^(?=#{2,3} )/m).slice(1).map((section) => ({ heading: section.split('\n')[0]!.replace(/^#+ /, ''), section }));

test('each end and each hand-over says what it means, what is true, what to look at, what to do and what not', () => {
  const entries = sections.filter(({ heading }) => /^(Failed over|Stood down|Handed over at .+)$/.test(heading));
  expect(entries.length).toBeGreaterThanOrEqual(14);
  const lacking = entries.flatMap(({ heading, section }) => ['**Means.**', '**True now.**', '**Look at**', '**Do.**', '**Do not**'].filter((part) => !section.includes(part)).map((part) => `${heading}: ${part}`));
  expect(lacking).toEqual([]);
});

test('each command that it names exists', () => {
  const known = readFileSync(new URL('../../cli/program.ts', import.meta.url), 'utf8').match(/commands\/(\w+)\.ts/g)!.map((path) => path.slice(9, -3));
  const named = [...text.matchAll(/`hotshift (\w+)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('links within it lead somewhere', () => {
  const anchors = sections.map(({ heading }) => heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'));
  expect([...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!).filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

test('the input of a start by hand has the fields that the workflow reads', () => {
  const input = JSON.parse(/--input '([^']+)'/.exec(text)![1]!) as Record<string, unknown>;
  expect(Object.keys(input)).toEqual(['application', 'region', 'incident', 'mode']);
  expect(suspicion.pick({ application: true, region: true, incident: true }).safeParse({ ...input, mode: undefined }).error?.issues.filter(({ code }) => code !== 'unrecognized_keys') ?? []).toEqual([]);
  expect(input['mode']).toBe('manual');
});

test('each alarm that pages somebody says there what to do, and the runbook knows no alarm that does not exist', () => {
  const rows = [...text.slice(text.indexOf('## Alarms')).matchAll(/^\| `(hotshift-[^`]+)` \|/gm)].map(([, name]) => name!);
  const plans = readPlans(exampleFile);
  const paging = allRegions(plans).flatMap((region) => Object.values(alarms(region, plans)) as any[]).filter(({ Type, Properties }) => /Alarm$/.test(Type) && (Properties.AlarmActions ?? []).length > 0).map(({ Properties }) => Properties.AlarmName as string);
  expect(paging.length).toBeGreaterThan(20);
  const patterns = rows.map((name) => new RegExp(`^${name.replaceAll(/<[a-z]+>|\*/g, '[a-z0-9-]+')}$`));
  expect(paging.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  expect(rows.filter((_, index) => !paging.some((name) => patterns[index]!.test(name)))).toEqual([]);
});

describe('giving the writes back', () => {
  let world: World;
  beforeAll(async () => { world = await openWorld(({ clock, network }) => [dynamodbService({ clock, network, tables: [{ name: 'hotshift', partitionKey: 'pk', sortKey: 'sk', regions: [EAST] }] })]); });
  afterAll(() => world.close());

  test('lifts the order, grants under the new epoch, and the next failover can withdraw again', async () => {
    const client = new DynamoDBClient(world.client(EAST));
    const [permits, intents] = [permitStore(table(client, 'hotshift')), intentStore(table(client, 'hotshift'))];
    const renew = dynamodbRenewal({ send: (input: unknown) => client.send(input as never) as never, GetItemCommand: GetItemCommand as never, UpdateItemCommand: UpdateItemCommand as never, tableName: 'hotshift', application: 'shop', database: 'orders' } as never);
    await permits.grant({ application: 'shop', database: 'orders', epoch: 7, writer: home });
    await permits.withdraw('shop', 'orders', 8, start);
    await intents.record({ application: 'shop', database: 'orders', region: home, epoch: 8, recordedAt: start, execution: 'run-1' });
    expect(await renew('server')).toMatchObject({ granted: false });

    const [leases, lines] = [leaseStore(table(client, 'hotshift')), journal(table(client, 'hotshift'))];
    await leases.replace(await leases.read('shop'), { application: 'shop', epoch: 8, expiresAt: start, acknowledgementDue: true });
    await lines.record({ execution: 'run-1', application: 'shop', at: start, step: 'Fence writer', kind: 'intent', summary: 'withdraw', epoch: 8 });
    const reinstate = () => hotshift(['reinstate', 'shop', '--reason', 'it is back', '--region', EAST], { connect: async () => ({ ...connection(calm()), leases, permits, intents, journal: lines }) });
    expect(await reinstate()).toMatchObject({ code: 0, out: expect.stringContaining(`writes go to ${home} again`) });
    expect(await intents.listOpen('shop', home)).toEqual([]);
    expect(await permits.read('shop', 'orders')).toEqual({ application: 'shop', database: 'orders', epoch: 9, writer: home, withdrawn: false, renewals: {}, surrenders: {} });
    expect(await renew('server')).toMatchObject({ granted: true, epoch: 9, writer: home });
    expect(await leases.read('shop')).toMatchObject({ epoch: 9, acknowledgementDue: true });
    expect(await reinstate()).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do') });

    expect(await permits.withdraw('shop', 'orders', 10, start)).toBe(true);
    expect(await permits.grant({ application: 'shop', database: 'orders', epoch: 10, writer: survivor })).toBe(true);
    client.destroy();
  });
});
