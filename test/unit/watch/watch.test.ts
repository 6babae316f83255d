// Lag that deserves a page: unknown is too much, a writer has none, an idle writer has none, and an hour of it is told once.
import { describe, expect, test } from '@jest/globals';
import type { DrillRecord } from '../../../domain/drill.ts';
import { TryAgainError } from '../../../domain/errors.ts';
import type { Observation } from '../../../domain/observation.ts';
import type { DatabaseFacts, Figures, Ports } from '../../../domain/ports.ts';
import { lag, lagFigures } from '../../../functions/watch/lag.ts';
import { watch } from '../../../functions/watch/watch.ts';
import { database, home, Memory, plan, seen, start, survivor, twoDatabases, witness } from '../ports.ts';

const rpoMs = plan.budgets.rpoSeconds * 1000;
const replica = (behindMs: number): DatabaseFacts => ({ inRecovery: true, replayedAt: start - behindMs, readAt: start });
const wrote = [seen(witness, home, 'up', { lastWriteAt: start })];

describe('lag', () => {
  test.each<[string, DatabaseFacts | undefined, readonly Observation[], string]>([
    ['close', replica(0), wrote, 'near'],
    ['behind by exactly the RPO', replica(rpoMs), wrote, 'near'],
    ['behind by more', replica(rpoMs + 1), wrote, 'behind'],
    ['no answer is not no lag', undefined, wrote, 'behind'],
    ['it does not know what it holds', { inRecovery: true, readAt: start }, wrote, 'behind'],
    ['the writer itself', { inRecovery: false, readAt: start }, wrote, 'writer'],
    ['an idle writer: nothing was written since', replica(9_000_000), [seen(witness, home, 'up', { lastWriteAt: start - 9_000_000 })], 'near'],
    ['nobody ever saw a write', replica(0), [], 'near'],
    ['only writes of this region were seen', undefined, [seen(witness, survivor, 'up', { lastWriteAt: start })], 'near'],
  ])('%s', (_, facts, observations, kind) => {
    expect(lag(facts, observations, database, survivor, plan).kind).toBe(kind);
  });
});

describe('figures of lag', () => {
  test.each<[string, DatabaseFacts | undefined, Readonly<Record<string, number>>]>([
    ['known', replica(4000), { LagUnknown: 0, Lag: 4 }],
    ['beyond the RPO', replica(rpoMs + 1000), { LagUnknown: 0, Lag: plan.budgets.rpoSeconds + 1 }],
    ['unknown is no number', { inRecovery: true, readAt: start }, { LagUnknown: 1 }],
    ['a writer has none', { inRecovery: false, readAt: start }, {}],
  ])('%s', (_, facts, expected) => {
    expect(Object.fromEntries(lagFigures(lag(facts, wrote, database, survivor, plan)).map(({ name, value }) => [name, value]))).toEqual(expected);
  });
});

describe('watch', () => {
  const behind = (of = plan): Memory => {
    const memory = new Memory(of);
    for (const { name } of of.databases) memory.facts.set(`${name}#${survivor}`, replica(9_000_000));
    return memory;
  };
  const run = (memory: Memory, rounds = 3, ports: Ports = memory.ports()) => watch(ports, memory.plan, survivor)({ runSeconds: rounds * plan.detection.probeIntervalSeconds });

  test('tells once within an hour, and again in the next', async () => {
    const memory = behind();
    expect(await run(memory)).toEqual({ rounds: 3, paged: ['orders'] });
    await run(memory);
    expect(memory.told).toEqual([expect.objectContaining({ severity: 'page', title: 'Replication lag: shop/orders in eu-central-1' })]);
    memory.now += 3_600_000;
    await run(memory);
    expect(memory.told).toHaveLength(2);
  });

  test('a messenger that fails for a moment is asked again with the next round', async () => {
    const memory = behind(twoDatabases);
    const ports = memory.ports();
    let asked = 0;
    const flaky: Ports = { ...ports, messenger: { send: async (...given) => { asked += 1; if (asked === 1) throw new TryAgainError('no route'); await ports.messenger.send(...given); } } };
    await expect(run(memory, 2, flaky)).rejects.toBeInstanceOf(TryAgainError);
    expect(memory.told.map(({ title }) => title)).toEqual(['Replication lag: shop/orders in eu-central-1', 'Replication lag: shop/stock in eu-central-1']);
  });

  test('counts what was not drilled well for 90 days, in its own region; who never drilled is told elsewhere', async () => {
    const day = 86_400_000;
    const drill = (evacuated: string, days: number, more: Partial<DrillRecord> = {}): DrillRecord =>
      ({ application: 'shop', execution: `d-${days}`, mode: 'traffic', outcome: 'Drill passed', evacuated, startedAt: start, at: start - days * day, step: '', reason: '', heldSeconds: 1, open: false, scaled: [], ...more });
    const counted = async (records: readonly DrillRecord[]): Promise<unknown> => {
      const memory = behind();
      memory.now = start;
      let found: unknown;
      const figures: Figures = { publish: (of, values) => { if (!('database' in of)) found = { ...of, values: values.map(({ name, value }) => [name, value]) }; } };
      await watch({ ...memory.ports(), figures, drills: { list: async () => records } }, memory.plan, survivor)({ runSeconds: plan.detection.probeIntervalSeconds });
      return found;
    };
    const stale = (count: number) => ({ application: 'shop', region: survivor, values: [['StaleDrills', count]] });
    expect(await counted([])).toEqual(stale(0));
    expect(await counted([drill(survivor, 90)])).toEqual(stale(0));
    expect(await counted([drill(survivor, 92), drill(home, 1)])).toEqual(stale(1));
    expect(await counted([drill(home, 1), drill(survivor, 1, { outcome: 'Drill stopped' })])).toEqual(stale(1));
    expect(await counted([drill(survivor, 92), drill(survivor, 93, { mode: 'switchover' })])).toEqual(stale(2));
    expect(await counted([drill(survivor, 1), drill(survivor, 2, { mode: 'switchover' })])).toEqual(stale(0));
  });

  test('drills that cannot be read make the run fail, after it has looked at the lag', async () => {
    const memory = behind();
    const drills = { list: () => Promise.reject(new TryAgainError('no table')) };
    await expect(watch({ ...memory.ports(), figures: { publish: () => undefined }, drills }, memory.plan, survivor)({ runSeconds: plan.detection.probeIntervalSeconds })).rejects.toBeInstanceOf(TryAgainError);
    expect(memory.told).toHaveLength(1);
  });

  test('moves nothing', async () => {
    const memory = behind();
    const before = JSON.stringify([memory.lease, [...memory.permits], [...memory.intents], memory.promotions]);
    await run(memory);
    expect(JSON.stringify([memory.lease, [...memory.permits], [...memory.intents], memory.promotions])).toBe(before);
  });

  test('writes the lag of each database of its region beside its work', async () => {
    const memory = behind(twoDatabases);
    const about: object[] = [];
    await watch({ ...memory.ports(), figures: { publish: (of) => about.push(of) } }, memory.plan, survivor)({ runSeconds: plan.detection.probeIntervalSeconds });
    expect(about).toEqual(['orders', 'stock'].map((name) => ({ application: plan.application, region: survivor, database: name })));
  });
});

test('servers that have not renewed for an hour are forgotten, a few at a time, and nobody else is', async () => {
  const memory = new Memory();
  memory.facts.set(`orders#${survivor}`, replica(0));
  const hour = 3_600_000;
  const gone = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`gone-${index}`, memory.now - hour - 1]));
  const stay = { writing: memory.now, quiet: memory.now - hour + 60_000 };
  memory.permits.set('orders', { ...memory.permits.get('orders')!, renewals: { ...gone, ...stay } });
  const round = () => watch(memory.ports(), memory.plan, survivor)({ runSeconds: plan.detection.probeIntervalSeconds });
  await round();
  expect(Object.keys(memory.permits.get('orders')!.renewals)).toHaveLength(4);
  await round();
  expect(memory.permits.get('orders')!.renewals).toEqual(stay);
});

describe('writes refused and nobody at work', () => {
  const minute = 60_000;
  const stalled = (): Memory => {
    const memory = new Memory();
    memory.facts.set(`orders#${survivor}`, replica(0));
    memory.permits.set('orders', { ...memory.permits.get('orders')!, withdrawn: true, withdrawnAt: start - 5 * minute });
    memory.lease = { ...memory.lease, epoch: 1, expiresAt: start - 2 * minute, acknowledgementDue: true };
    return memory;
  };
  const run = (memory: Memory) => watch(memory.ports(), memory.plan, survivor)({ runSeconds: plan.detection.probeIntervalSeconds });

  test('is a page that names both ways out, once an hour', async () => {
    const memory = stalled();
    expect(await run(memory)).toMatchObject({ paged: ['orders'] });
    await run(memory);
    expect(memory.told).toHaveLength(1);
    expect(memory.told[0]).toMatchObject({ severity: 'page', title: 'Nobody can write: shop/orders' });
    expect(memory.told[0]!.lines.join(' ')).toMatch(/withdrawn 30\d s ago.*hotshift failover shop --evacuate eu-west-1.*hotshift reinstate shop/);
    memory.now += 60 * minute;
    await run(memory);
    expect(memory.told).toHaveLength(2);
  });

  test.each<[string, (memory: Memory) => void]>([
    ['an execution holds the lease', (memory) => void memory.held()],
    ['the last one ended less than a minute ago: another may follow', (memory) => void (memory.lease = { ...memory.lease, expiresAt: start - minute + 1 })],
    ['they were granted again', (memory) => void memory.permits.set('orders', { ...memory.permits.get('orders')!, withdrawn: false })],
    ['nothing was ever granted', (memory) => void memory.permits.delete('orders')],
  ])('is no page while %s', async (_, change) => {
    const memory = stalled();
    change(memory);
    await run(memory);
    expect(memory.told).toEqual([]);
  });

  test('is none for an application that checks no permits: it writes on', async () => {
    const before = stalled();
    const memory = new Memory({ ...plan, permit: { ...plan.permit, enforced: false } });
    memory.facts.set(`orders#${survivor}`, replica(0));
    memory.permits.set('orders', before.permits.get('orders')!);
    memory.lease = before.lease;
    await run(memory);
    expect(memory.told).toEqual([]);
  });
});

