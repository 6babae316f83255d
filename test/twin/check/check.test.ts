// A deployed example in which all is well is all green; each thing put wrong has its own finding and no other.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Finding, Packaged } from '../../../domain/inventory.ts';
import { CATALOGUE, FINDING_IDS } from '../../../functions/rehearse/catalogue.ts';
import { inspect, type Inspection } from '../../../functions/rehearse/inspect.ts';
import { FIRST, SECOND, startCloud, WITNESS, type Cloud } from './cloud.ts';
import { NOT_WRONG, WRONGS } from './wrong.ts';

// Some hundred questions over the wire, on a machine that may be busy.
const PATIENCE_MS = 120_000;
let cloud: Cloud;
let before = 0;
beforeAll(async () => { cloud = await startCloud(); before = cloud.endpoint.calls.length; }, PATIENCE_MS);
afterEach(() => { cloud.reset(); });
afterAll(() => cloud?.close());

const look = (places: readonly string[], plan = cloud.plan, packaged: Packaged = cloud.packaged): Promise<Inspection> =>
  inspect({ inventory: cloud.inventory, clock: { now: () => Date.now() } }, { plan, table: 'hotshift', packaged })({ places, withGlobal: true, runSeconds: 300 });
const unwell = ({ findings }: Inspection): readonly Finding[] => findings.filter(({ severity }) => severity !== 'info');

/** Two functions stand for all: the rights and the code of each are asked in the same way. */
const small = (packaged: Packaged): Packaged => ({
  ...packaged,
  places: Object.fromEntries(Object.entries(packaged.places).map(([region, place]) => [region, { ...place, functions: { verify: place.functions['verify']!, promote: place.functions['promote']! } }])),
});

test('all is well: every question is answered, and nothing is wrong', async () => {
  const found = await look([FIRST, SECOND, WITNESS]);
  expect(unwell(found)).toEqual([]);
  expect(found.checks).toBeGreaterThan(150);
  expect([...new Set(found.findings.map(({ id }) => id))]).toEqual(['connection-values-not-scanned', 'control-plane-us-east-1']);
}, PATIENCE_MS);

describe('each thing put wrong has its own finding', () => {
  test.each(WRONGS.map((wrong) => [wrong.what, wrong] as const))('%s', async (_what, { id, changes = {}, plan = (same) => same, slack, nameServers, from }) => {
    cloud.change(changes);
    if (slack !== undefined) cloud.slack.answer = slack;
    if (nameServers !== undefined) cloud.nameServers = nameServers;
    const found = unwell(await look([from === 'second' ? SECOND : from === 'witness' ? WITNESS : FIRST], plan(cloud.plan), small(cloud.packaged)));
    expect([...new Set(found.map((one) => one.id))]).toEqual([id]);
    for (const one of found) {
      expect(one.evidence).not.toBe('');
      expect(one.fix).toBe(CATALOGUE[id].fix);
    }
  }, PATIENCE_MS);

  test('and every finding of the catalogue is brought about, but for mere information', () => {
    expect(FINDING_IDS.filter((id) => !WRONGS.some((wrong) => wrong.id === id))).toEqual(NOT_WRONG);
  });
});

test('I16: a rehearsal only reads; every command is a Describe, Get, List, Query or Simulate', async () => {
  const sent = [...new Set(cloud.endpoint.calls.slice(before).map(({ service, operation }) => `${service}:${operation}`))].sort();
  expect(sent.length).toBeGreaterThan(20);
  expect(sent.filter((name) => !/:(Describe|Get|List|Query|Simulate)/.test(name))).toEqual([]);
});

test('a value is never told, only where it stands', async () => {
  cloud.change(WRONGS.find(({ what }) => what === 'a setting with an instance\'s endpoint')!.changes!);
  const found = unwell(await look([FIRST], cloud.plan, small(cloud.packaged)));
  expect(found.map(({ subject }) => subject)).toEqual(['shop/web DATABASE_URL']);
  expect(JSON.stringify(found)).not.toContain('secret@');
}, PATIENCE_MS);
