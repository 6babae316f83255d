// Several ways to move users: in their order, each for a bounded time, with the reason of each in the journal; and the ramp of planned moves.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LeaseLostError, RefusedByAwsError, TryAgainError } from '../../../domain/errors.ts';
import type { ApplicationPlan, TrafficStrategy } from '../../../domain/plan.ts';
import type { Ports } from '../../../domain/ports.ts';
import { opening, turning } from '../../../functions/shift/doors.ts';
import { nextShare } from '../../../functions/shift/ramp.ts';
import { shiftRamp } from '../../../functions/shift/shift-ramp.ts';
import { shiftReads } from '../../../functions/shift/shift-reads.ts';
import { triesOf, turnOf, type Try } from '../../../functions/shift/turns.ts';
import { shareOf, sharing } from '../../../functions/shift/weights.ts';
import { failover, home, Memory, plan, start, survivor } from '../ports.ts';

const web = { ...plan.traffic[0]!, strategyTimeoutSeconds: 30 };
const controls = { endpoints: [{ region: 'us-east-1', url: 'https://one.example' }], controls: { [home]: 'arn-home', [survivor]: 'arn-survivor' } };
const planned = (...strategies: readonly TrafficStrategy[]): ApplicationPlan => ({ ...plan, routingControls: controls, traffic: [{ ...web, strategies }] });
/** The names answer by the health checks as well: a region that the switch or its control keeps out is not among the answers. */
const byHealthChecks = (memory: Memory): Memory => {
  memory.answers = () => Object.entries(web.endpoints).flatMap(([region, { ipv4 }]) =>
    ((memory.weights.get('web')?.[region] ?? 0) > 0 && memory.switched.evacuated !== region && memory.controls[region] !== false ? ipv4 : []));
  return memory;
};
const held = (...strategies: readonly TrafficStrategy[]): Memory => byHealthChecks(new Memory(planned(...strategies)).held());
const run = (memory: Memory, ports: Ports = memory.ports()) => shiftReads(ports, memory.plan)({ failover, epoch: 1 });
const apiDown = (memory: Memory, error: Error = new TryAgainError('route53: 503')): Ports => {
  const ports = memory.ports();
  const fails = () => Promise.reject(error);
  return { ...ports, traffic: { ...ports.traffic, read: fails, setWeights: fails } };
};
/** Looks again, as the workflow does, until it has ended. */
async function settled(memory: Memory, ports: Ports, looks = 400) {
  for (let look = 0; look < looks; look += 1) {
    const result = await run(memory, ports);
    if (result.shift !== 'waiting') return result;
    memory.now = Math.max(memory.now + 1, Date.parse(result.nextCheckAt));
    memory.held();
  }
  throw new Error('it never ended');
}
const failures = (memory: Memory): readonly string[] => triesOf(memory.journal, 'Shift reads', 1).filter(({ went }) => went === 'failed').map(({ strategy, why }) => `${strategy}: ${why}`);

describe('the order', () => {
  test('the switch moves users without a call to Route 53, and says that the weights are to be aligned', async () => {
    const memory = held('health-check-switch', 'weighted-records');
    expect(await run(memory, apiDown(memory))).toMatchObject({ shift: 'moved', reason: expect.stringContaining('by health-check-switch'), remark: expect.stringContaining('align them') });
    expect(memory.switched).toEqual({ application: plan.application, epoch: 1, evacuated: home });
    expect(memory.weights.get('web')).toEqual({ [home]: 100, [survivor]: 100 });
  });

  test('what may pass is tried until its time is over, then the next one is, with the reason of each in the journal', async () => {
    const memory = held('weighted-records', 'health-check-switch');
    expect(await settled(memory, apiDown(memory))).toMatchObject({ shift: 'moved', reason: expect.stringContaining('by health-check-switch') });
    expect(failures(memory)).toEqual([expect.stringMatching(/^weighted-records: .*503/)]);
    expect(memory.now - start).toBeGreaterThan(web.strategyTimeoutSeconds * 1000);
    expect(memory.now - start).toBeLessThan(plan.budgets.rtoSeconds * 1000);
  });

  test('a clear no goes on to the next one at once', async () => {
    const memory = held('weighted-records', 'routing-control', 'health-check-switch');
    const ports = apiDown(memory, new RefusedByAwsError('AccessDenied'));
    expect(await settled(memory, { ...ports, controls: { ...ports.controls, set: () => Promise.reject(new RefusedByAwsError('safety rule: at least two must be on')) } })).toMatchObject({ shift: 'moved' });
    expect(failures(memory)).toEqual([expect.stringContaining('AccessDenied'), expect.stringContaining('safety rule')]);
    expect(memory.now - start).toBeLessThan(1000);
  });

  test('accepted is not answered: a switch that no health check follows gives way to the weights', async () => {
    const memory = held('health-check-switch', 'weighted-records');
    memory.answers = () => Object.entries(web.endpoints).flatMap(([region, { ipv4 }]) => ((memory.weights.get('web')?.[region] ?? 0) > 0 ? ipv4 : []));
    const result = await settled(memory, memory.ports());
    expect(result).toMatchObject({ shift: 'moved', reason: expect.stringContaining('by weighted-records') });
    expect(result).not.toHaveProperty('remark');
    expect(failures(memory)).toEqual([expect.stringMatching(/^health-check-switch: .*not seen at the authoritative servers/)]);
  });

  test('when none is left a person is told of all of them', async () => {
    const memory = held('routing-control', 'weighted-records');
    const ports = apiDown(memory);
    const result = await settled(memory, { ...ports, controls: { read: () => Promise.reject(new TryAgainError('none of 5 cluster endpoints answers')), set: () => Promise.reject(new Error('never asked')) } });
    expect(result.shift).toBe('unseen');
    expect(failures(memory)).toEqual([expect.stringContaining('none of 5'), expect.stringContaining('503')]);
    expect(await run(memory, ports)).toMatchObject({ shift: 'unseen', reason: expect.stringMatching(/routing-control: .*weighted-records: /) });
  });

  test('a lease that was lost is no failure of a strategy: nothing else is tried', async () => {
    const memory = held('health-check-switch', 'weighted-records').held(2, 'run-2');
    await expect(run(memory)).rejects.toBeInstanceOf(LeaseLostError);
    expect([memory.switched.epoch, memory.weights.get('web')]).toEqual([0, { [home]: 100, [survivor]: 100 }]);
  });

  test('a newer epoch has turned the switch: this execution has lost', async () => {
    const memory = held('health-check-switch', 'weighted-records');
    memory.switched = { ...memory.switched, epoch: 5, evacuated: survivor };
    await expect(run(memory)).rejects.toBeInstanceOf(LeaseLostError);
    expect(memory.switched.evacuated).toBe(survivor);
  });

  test('both routing controls go in one request and are read back', async () => {
    const memory = held('routing-control');
    const asked: unknown[] = [];
    const ports = memory.ports();
    const listening = { ...ports, controls: { ...ports.controls, set: async (...input: Parameters<Ports['controls']['set']>) => { asked.push(input[1]); await ports.controls.set(...input); } } };
    expect(await run(memory, listening)).toMatchObject({ shift: 'moved' });
    expect(asked).toEqual([{ [home]: false, [survivor]: true }]);
    const deaf = held('routing-control');
    await expect(run(deaf, { ...deaf.ports(), controls: { ...deaf.ports().controls, set: async () => undefined } })).rejects.toThrow(/read back, eu-west-1 is not off/);
  });

  test('two records: one batch, and each waits for its own answers', async () => {
    const api = { ...web, name: 'api', recordName: 'api.shop.example.com' };
    const memory = new Memory({ ...plan, traffic: [web, api] }).held();
    const batches: number[] = [];
    const ports = memory.ports();
    expect(await run(memory, { ...ports, traffic: { ...ports.traffic, setWeights: (changes) => { batches.push(changes.length); return ports.traffic.setWeights(changes); } } })).toMatchObject({ shift: 'moved' });
    expect(batches).toEqual([2]);
  });

  test('one look at a weighted name may lie: a single answer of the old region is not the end', async () => {
    const memory = held('weighted-records');
    let look = 0;
    memory.answers = () => ((look += 1) % 4 === 0 ? ['192.0.2.10'] : ['198.51.100.10']);
    expect(await run(memory)).toMatchObject({ shift: 'waiting' });
  });
});

describe('whose turn it is', () => {
  const all: readonly TrafficStrategy[] = ['health-check-switch', 'routing-control', 'weighted-records'];
  test('never one that failed, always the first that has not, and an end of its time', () => {
    const went = fc.constantFrom<Try['went']>('begun', 'accepted', 'failed');
    const one = fc.record({ traffic: fc.constantFrom('web', 'api'), strategy: fc.constantFrom(...all), went, why: fc.constant('why'), at: fc.nat(100_000) });
    fc.assert(fc.property(fc.shuffledSubarray([...all], { minLength: 1 }), fc.array(one), (strategies, tries) => {
      const turn = turnOf({ ...web, strategies }, tries, 100_000, 300_000);
      const failed = new Set(tries.filter((entry) => entry.traffic === 'web' && entry.went === 'failed').map(({ strategy }) => strategy));
      const left = strategies.filter((strategy) => !failed.has(strategy));
      expect(turn.kind === 'exhausted' ? undefined : turn.strategy).toBe(left[0]);
      if (turn.kind !== 'exhausted') expect(turn.until).toBeGreaterThan(0);
    }));
  });
});

describe('the doors', () => {
  test('the switch never goes back to an older epoch and says one region only', () => {
    expect(turning({ application: 'shop', epoch: 3, evacuated: home }, home, 3).kind).toBe('done');
    expect(turning({ application: 'shop', epoch: 2, evacuated: home }, home, 3)).toMatchObject({ kind: 'set', next: { epoch: 3, evacuated: home } });
    expect(turning({ application: 'shop', epoch: 4 }, home, 3).kind).toBe('refuse');
    expect(turning({ application: 'shop', epoch: 2, evacuated: home }, survivor, 3)).toMatchObject({ kind: 'set', next: { evacuated: survivor } });
  });
  test('a routing control of the survivor must be there', () => {
    expect(opening(controls, { [home]: true, [survivor]: true }, 'eu-north-1').kind).toBe('refuse');
    expect(opening(controls, { [home]: false, [survivor]: true }, survivor).kind).toBe('done');
    expect(opening(undefined, {}, survivor).kind).toBe('refuse');
  });
});

describe('the ramp of a planned move', () => {
  const ramp = { ramp: [50, 75, 100] };
  test.each<[number | undefined, 'survivor' | 'both', number | 'plan' | undefined]>([
    [50, 'survivor', 75], [75, 'survivor', 100], [100, 'survivor', undefined], [10, 'survivor', 50], [undefined, 'survivor', 100],
    [100, 'both', 75], [75, 'both', 'plan'], [60, 'both', 'plan'], [undefined, 'both', 100],
  ])('%s %% towards %s: %s', (current, towards, next) => {
    expect(nextShare(ramp, current, towards)).toBe(next);
  });

  test('no share leaves the survivor without users, whatever is stored', () => {
    fc.assert(fc.property(fc.constantFrom(1, 25, 50, 75, 99, 100), fc.record({ [home]: fc.nat(255), [survivor]: fc.nat(255) }), (share, current) => {
      const found = sharing(web, current, survivor, share);
      if (found.kind === 'refuse') throw new Error(found.reason);
      expect(shareOf(found.kind === 'set' ? found.weights : current, survivor)).toBe(share);
    }));
    expect(sharing(web, {}, survivor, 0).kind).toBe('refuse');
  });

  const steps = async (memory: Memory, towards: 'survivor' | 'both') => {
    const shares: unknown[] = [];
    for (let step = 0; step < 10; step += 1) {
      const { more } = await shiftRamp(memory.ports(), memory.plan)({ failover, epoch: 1, towards });
      shares.push([memory.weights.get('web')?.[survivor], memory.switched.evacuated === home ? 'held out' : 'let in']);
      if (!more) return shares;
    }
    throw new Error('the ramp never ends');
  };

  test('to the survivor and back, with every step a call of its own', async () => {
    const memory = held('weighted-records');
    expect(await steps(memory, 'survivor')).toEqual([[75, 'let in'], [100, 'let in']]);
    expect(await steps(memory, 'both')).toEqual([[75, 'let in'], [100, 'let in']]);
    expect(memory.weights.get('web')).toEqual({ [home]: 100, [survivor]: 100 });
  });

  test('after the switch has led users away, the weights are set right before it lets them in', async () => {
    const memory = held('health-check-switch', 'weighted-records');
    await run(memory);
    expect(await steps(memory, 'both')).toEqual([[100, 'held out'], [100, 'let in'], [75, 'let in'], [100, 'let in']]);
    expect(memory.switched).toEqual({ application: plan.application, epoch: 1 });
    expect(memory.weights.get('web')).toEqual({ [home]: 100, [survivor]: 100 });
  });
});
