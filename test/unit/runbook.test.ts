// The runbook at 3 a.m.: each entry is complete, each command of the CLI exists, and what people are told to write into the table is what
// the stores and the guard understand.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { intentStore } from '../../adapters/intent-store.ts';
import { permitStore } from '../../adapters/permit-store.ts';
import { table } from '../../adapters/table.ts';
import { suspicion } from '../../events/contracts.ts';
import { dynamodbRenewal } from '../../guard/dynamodb.ts';
import { dynamodbService } from '../../twin/aws/services/dynamodb.ts';
import { EAST, openWorld, type World } from '../twin/aws/world.ts';
import { home, start, survivor } from './ports.ts';

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

describe('giving the writes back', () => {
  let world: World;
  beforeAll(async () => { world = await openWorld(({ clock, network }) => [dynamodbService({ clock, network, tables: [{ name: 'hotshift', partitionKey: 'pk', sortKey: 'sk', regions: [EAST] }] })]); });
  afterAll(() => world.close());

  /** The n-th `aws dynamodb update-item` of the runbook, as the CLI would send it. */
  const command = (index: number): UpdateItemCommandInput => {
    const line = [...text.matchAll(/aws dynamodb update-item[\s\S]*?(?=\n\s*```)/g)][index]![0].replaceAll(/\\\n\s*/g, '');
    const option = (name: string): string => new RegExp(`--${name} (?:'([^']+)'|(\\S+))`).exec(line)!.slice(1).find((value) => value !== undefined)!;
    return {
      TableName: option('table-name'), Key: JSON.parse(option('key')) as never, UpdateExpression: option('update-expression'), ConditionExpression: option('condition-expression'),
      ExpressionAttributeValues: JSON.parse(option('expression-attribute-values')) as never,
    };
  };

  test('lifts the order, grants under the new epoch, and the next failover can withdraw again', async () => {
    const client = new DynamoDBClient(world.client(EAST));
    const [permits, intents] = [permitStore(table(client, 'hotshift')), intentStore(table(client, 'hotshift'))];
    const renew = dynamodbRenewal({ send: (input: unknown) => client.send(input as never) as never, UpdateItemCommand: UpdateItemCommand as never, tableName: 'hotshift', application: 'shop', database: 'orders' } as never);
    await permits.grant({ application: 'shop', database: 'orders', epoch: 7, writer: home });
    await permits.withdraw('shop', 'orders', 8, start);
    await intents.record({ application: 'shop', database: 'orders', region: home, epoch: 8, recordedAt: start, execution: 'run-1' });
    expect(await renew('server')).toMatchObject({ granted: false });

    await client.send(new UpdateItemCommand(command(0)));
    await client.send(new UpdateItemCommand(command(1)));
    expect(await intents.listOpen('shop', home)).toEqual([]);
    expect(await permits.read('shop', 'orders')).toEqual({ application: 'shop', database: 'orders', epoch: 8, writer: home, withdrawn: false, renewals: {}, surrenders: {} });
    expect(await renew('server')).toMatchObject({ granted: true, epoch: 8, writer: home });
    // Said twice, or after somebody else has granted, it changes nothing.
    await expect(client.send(new UpdateItemCommand(command(1)))).rejects.toThrow(/conditional/i);

    expect(await permits.withdraw('shop', 'orders', 9, start)).toBe(true);
    expect(await permits.grant({ application: 'shop', database: 'orders', epoch: 9, writer: survivor })).toBe(true);
    client.destroy();
  });
});
