// Lag that deserves a page: unknown is too much, a writer has none, an idle writer has none, and an hour of it is told once.
import { describe, expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import type { Observation } from '../../../domain/observation.ts';
import type { DatabaseFacts, Ports } from '../../../domain/ports.ts';
import { lag } from '../../../functions/watch/lag.ts';
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

  test('moves nothing', async () => {
    const memory = behind();
    const before = JSON.stringify([memory.lease, [...memory.permits], [...memory.intents], memory.promotions]);
    await run(memory);
    expect(JSON.stringify([memory.lease, [...memory.permits], [...memory.intents], memory.promotions])).toBe(before);
  });
});
