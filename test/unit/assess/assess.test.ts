// Is the replica fit: each gate alone, the RPO at its threshold, and that what cannot be read never counts as fit.
import { describe, expect, test } from '@jest/globals';
import { LeaseLostError, RefusedByAwsError, TryAgainError } from '../../../domain/errors.ts';
import type { FenceIntent } from '../../../domain/lease.ts';
import type { Observation } from '../../../domain/observation.ts';
import type { Ports } from '../../../domain/ports.ts';
import { assess } from '../../../functions/assess/assess.ts';
import { readiness, type ReplicaView } from '../../../functions/assess/readiness.ts';
import { database, failover, home, Memory, permitOf, plan, seen, start, survivor, twoDatabases, witness } from '../ports.ts';

const rpoMs = plan.budgets.rpoSeconds * 1000;
const wrote = [seen(witness, home, 'down', { lastWriteAt: start })];
const order: FenceIntent = { application: 'shop', database: 'orders', region: survivor, epoch: 1, recordedAt: start - 9e6, execution: 'run-0' };
const view: ReplicaView = {
  instance: { identifier: 'replica', status: 'available', isReplica: true, backupRetentionDays: 7 },
  facts: { inRecovery: true, replayedAt: start - 1000, readAt: start }, trouble: '',
};
const promoted = { inRecovery: false, readAt: start };
describe('readiness', () => {
  test.each<[string, Partial<ReplicaView>, readonly string[]]>([
    ['a replica that is close', {}, []],
    ['behind by exactly the RPO', { facts: { inRecovery: true, replayedAt: start - rpoMs, readAt: start } }, []],
    ['behind by more', { facts: { inRecovery: true, replayedAt: start - rpoMs - 1, readAt: start } }, ['RPO']],
    ['what it holds is unknown', { facts: { inRecovery: true, readAt: start } }, ['RPO']],
    ['promoted already: a resumed run', { facts: promoted, isWeighed: true }, []],
    ['the writer already', { facts: promoted, permit: permitOf(survivor), isWeighed: true }, []],
    ['promoted, whatever RDS still says', { facts: promoted, isWeighed: true, instance: { ...view.instance!, status: 'storage-full' } }, []],
    ['promoted by somebody, who knows when', { facts: promoted, permit: permitOf(home) }, ['RPO']],
    ['promoted by somebody just now', { facts: { ...promoted, heartbeatAt: start - rpoMs }, permit: permitOf(home) }, []],
    ['an old writer that came back is not promoted, it is behind', { facts: promoted, order, isWeighed: true }, ['order to fence it']],
    ['the order was lifted by a failback', { facts: promoted, isWeighed: true, order: { ...order, liftedAt: start } }, []],
    ['broken', { instance: { ...view.instance!, status: 'failed' } }, ['replica status']],
    ['being backed up: that ends', { instance: { ...view.instance!, status: 'backing-up' } }, []],
  ])('%s', (_, change, failed) => {
    const found = readiness(database, { ...view, ...change }, wrote, plan, home);
    expect(found.gates.filter((gate) => !gate.passed).map((gate) => gate.gate)).toEqual(failed);
    expect(found.ready).toBe(failed.length === 0);
    for (const gate of failed) expect(found.reason).toContain(gate);
  });

  test.each<[string, ReplicaView, readonly string[]]>([
    ['no answer by SQL', { instance: view.instance!, trouble: 'timed out' }, ['replica reachable', 'RPO']],
    ['RDS knows no such instance', { facts: view.facts!, trouble: '' }, ['replica known to RDS']],
    ['nothing could be read', { trouble: 'access denied' }, ['replica reachable', 'replica known to RDS', 'RPO']],
  ])('%s', (_, seenView, failed) => {
    const found = readiness(database, seenView, wrote, plan, home);
    expect(found.gates.filter((gate) => !gate.passed).map((gate) => gate.gate)).toEqual(failed);
    if (seenView.trouble !== '') expect(found.reason).toContain(seenView.trouble);
  });

  test('nobody saw a write: what would be lost is unknown', () => {
    expect(readiness(database, view, [], plan, home)).toMatchObject({ ready: false, exposureSeconds: Infinity });
  });
});

describe('assess', () => {
  const run = (memory: Memory, ports: Ports = memory.ports(), of = memory.plan) => assess(ports, of)({ failover, epoch: 1 });
  const database_ = (ports: Ports, change: Partial<Ports['database']>): Ports => ({ ...ports, database: { ...ports.database, ...change } });

  test('safe, and changes nothing', async () => {
    const memory = new Memory().held();
    expect(await run(memory)).toMatchObject({ safe: true, approval: { needed: false }, databases: [{ database: 'orders', ready: true }] });
    expect(memory.promotions).toEqual([]);
    expect(memory.permits.get('orders')?.withdrawn).toBe(false);
  });

  test('one of two databases that is not fit makes the whole unsafe, and only it is named', async () => {
    const memory = new Memory(twoDatabases).held();
    memory.facts.delete(`stock#${survivor}`);
    const found = await run(memory);
    expect(found).toMatchObject({ safe: false, databases: [{ database: 'orders', ready: true }, { database: 'stock', ready: false }] });
    expect(found.reason).toMatch(/^stock: /);
    expect(memory.gates()).toEqual(['stock: replica reachable', 'stock: RPO']);
  });

  test('a throttle is asked once more, a refusal is not', async () => {
    const asked = { facts: 0, describe: 0 };
    const memory = new Memory().held();
    const ports = memory.ports();
    const found = await run(memory, database_(ports, {
      facts: async (...given) => { asked.facts += 1; if (asked.facts === 1) throw new TryAgainError('throttled'); return ports.database.facts(...given); },
      describe: async () => { asked.describe += 1; throw new RefusedByAwsError('not allowed'); },
    }));
    expect(asked).toEqual({ facts: 2, describe: 1 });
    expect(found).toMatchObject({ safe: false, reason: expect.stringContaining('not allowed') });
  });

  test.each<[string, readonly [string, Observation['result'], Partial<Observation>?][], boolean]>([
    ['both accusers see it write again', [[survivor, 'up'], [witness, 'up']], true],
    ['one of them is not enough', [[witness, 'up']], false],
    ['the region itself counts as one', [[home, 'up'], [witness, 'up']], true],
    ['old evidence is none', [[survivor, 'up'], [witness, 'up', { at: start - plan.detection.evidenceAgeSecondsMax * 1000 - 1 }]], false],
    ['nor is evidence from the future', [[survivor, 'up'], [witness, 'up', { at: start + plan.permit.clockErrorSeconds * 1000 + 1 }]], false],
    ['up to the clock error it is', [[survivor, 'up'], [witness, 'up', { at: start + plan.permit.clockErrorSeconds * 1000 }]], true],
    ['it answers, but its writes are refused', [[survivor, 'up', { write: 'refused' }], [witness, 'up', { write: 'refused' }]], false],
    ['slow is not well', [[survivor, 'slow', { write: 'ok' }], [witness, 'slow', { write: 'ok' }]], false],
  ])('a region that is well again is left alone: %s', async (_, views, well) => {
    const memory = new Memory().held();
    for (const [place, result, more] of views) memory.observations.set(`${place}#${home}`, seen(place, home, result, more));
    const found = await run(memory);
    expect(found).toMatchObject({ recovered: well, safe: !well });
    expect(memory.gates()).toEqual(well ? ['still down'] : []);
  });

  test.each<[string, 'automatic' | 'manual', 'none' | 'required', boolean]>([
    ['the policy asks for it', 'automatic', 'required', true],
    ['the policy does not', 'automatic', 'none', false],
    ['who started it by hand has approved it', 'manual', 'required', false],
  ])('approval: %s', async (_, mode, approval, needed) => {
    const memory = new Memory({ ...plan, policy: { ...plan.policy, approval } }).held();
    const found = await assess(memory.ports(), memory.plan)({ failover: { ...failover, mode }, epoch: 1 });
    expect(found.approval.needed).toBe(needed);
  });

  test('an epoch that is not ours reads nothing', async () => {
    const memory = new Memory().held(2, 'run-2');
    await expect(run(memory)).rejects.toBeInstanceOf(LeaseLostError);
    expect(memory.journal).toEqual([]);
  });
});

describe('people', () => {
  const required = { ...plan, policy: { ...plan.policy, approval: 'required', approvalsNeeded: 2, approvalDefault: 'proceed' } } as const;

  test('somebody holds it and nobody decided: silence is no yes, whatever the policy says', async () => {
    const memory = new Memory(required).held();
    memory.heldBy.set('run-1', 'ana');
    expect(await assess(memory.ports(), required)({ failover, epoch: 1 })).toMatchObject({ safe: false, reason: 'ana holds it, and nobody has decided' });
    expect(memory.gates()).toEqual(['not held']);
  });
  test('a failover that one of two started by hand is asked about; one that broke the glass is not', async () => {
    const needed = async (more: object) => (await assess(new Memory(required).held().ports(), required)({ failover: { ...failover, mode: 'manual', ...more }, epoch: 1 })).approval.needed;
    expect([await needed({ requestedBy: 'ana' }), await needed({ requestedBy: '' }), await needed({})]).toEqual([true, false, false]);
  });
});
