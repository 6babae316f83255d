// Moving traffic: weights are never all zero, a record is moved when the authoritative servers say so, permits come last.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError, LeaseLostError, RefusedByAwsError, TryAgainError } from '../../../domain/errors.ts';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { Ports } from '../../../domain/ports.ts';
import { shiftReads } from '../../../functions/shift/shift-reads.ts';
import { shiftWrites } from '../../../functions/shift/shift-writes.ts';
import { answersOnly, weighting } from '../../../functions/shift/weights.ts';
import { database, failover, home, Memory, plan, start, survivor } from '../ports.ts';

const web = plan.traffic[0]!;
const host = database.instances[survivor]!.host;
const rtoMs = plan.budgets.rtoSeconds * 1000;

describe('weighting', () => {
  const nowhere = { ...web, endpoints: { ...web.endpoints, [survivor]: { ipv4: [], ipv6: [], weight: 100 } } };
  test.each<[string, typeof web, Record<string, number>, string]>([
    ['half and half', web, { [home]: 100, [survivor]: 100 }, 'set'],
    ['moved already', web, { [home]: 0, [survivor]: 100 }, 'done'],
    ['moved, but to less', web, { [home]: 0, [survivor]: 1 }, 'set'],
    ['a record of the survivor is missing', web, { [home]: 100 }, 'set'],
    ['no endpoint there', nowhere, { [home]: 100, [survivor]: 100 }, 'refuse'],
    ['an unknown region', { ...web, endpoints: { [home]: web.endpoints[home]! } }, { [home]: 100 }, 'refuse'],
  ])('%s', (_, traffic, current, kind) => {
    expect(weighting(traffic, current, survivor).kind).toBe(kind);
  });

  test('never all zero, all of it to the survivor, and done once it is done', () => {
    const weights = fc.record({ [home]: fc.nat(255), [survivor]: fc.nat(255) });
    fc.assert(fc.property(weights, weights, fc.constantFrom(home, survivor), (planned, current, to) => {
      const traffic = { ...web, endpoints: Object.fromEntries(Object.entries(web.endpoints).map(([region, endpoint]) => [region, { ...endpoint, weight: (planned as Record<string, number>)[region] ?? 0 }])) };
      const found = weighting(traffic, current, to);
      if (found.kind === 'refuse') throw new Error(found.reason);
      const after = found.kind === 'set' ? found.weights : current;
      expect(after[to]).toBeGreaterThan(0);
      expect(Object.entries(after).filter(([region, weight]) => region !== to && weight > 0)).toEqual([]);
      expect(Math.max(...Object.values(after))).toBeLessThanOrEqual(255);
      expect(weighting(traffic, after, to).kind).toBe('done');
    }));
  });

  test.each<[readonly string[], boolean]>([
    [['198.51.100.10', '2001:db8:2::10'], true], [['198.51.100.10'], true], [[], false],
    [['198.51.100.10', '192.0.2.10'], false], [['203.0.113.9'], false],
  ])('answers %j', (answers, only) => {
    expect(answersOnly(answers, web, survivor)).toBe(only);
  });
});

describe('shift reads', () => {
  const run = (memory: Memory, ports: Ports = memory.ports()) => shiftReads(ports, memory.plan)({ failover, epoch: 1 });

  test('moves and sees it answered', async () => {
    const memory = new Memory().held();
    expect(await run(memory)).toMatchObject({ shift: 'moved' });
    expect(memory.weights.get('web')).toEqual({ [home]: 0, [survivor]: 100 });
    expect(memory.journal.map((entry) => entry.kind)).toEqual(['decision', 'intent', 'result', 'result']);
  });

  test.each([[0, 'waiting'], [rtoMs, 'waiting'], [rtoMs + 1, 'unseen']])('accepted and not answered after %i ms: %s', async (afterMs, shift) => {
    const memory = new Memory();
    memory.now += afterMs;
    memory.held();
    memory.answers = () => ['192.0.2.10'];
    expect(await run(memory)).toMatchObject({ shift });
  });

  test('a place without an endpoint is refused before anything is changed', async () => {
    const memory = new Memory({ ...plan, traffic: [{ ...web, endpoints: { ...web.endpoints, [survivor]: { ipv4: [], ipv6: [], weight: 0 } } }] }).held();
    await expect(run(memory)).rejects.toBeInstanceOf(RefusedByAwsError);
    expect(memory.weights.get('web')).toEqual({ [home]: 100, [survivor]: 100 });
  });

  test('a lease that was lost moves nothing', async () => {
    const memory = new Memory().held(2, 'run-2');
    await expect(run(memory)).rejects.toBeInstanceOf(LeaseLostError);
    expect(memory.weights.get('web')).toEqual({ [home]: 100, [survivor]: 100 });
  });
});

describe('shift writes', () => {
  const proof: JournalEntry = { execution: 'run-1', application: 'shop', at: start, step: 'Promote replica', kind: 'result', epoch: 1, summary: 'orders: a write was committed and read back' };
  const proven = (of = plan): Memory => {
    const memory = new Memory(of).held();
    memory.permits.set('orders', { ...memory.permits.get('orders')!, withdrawn: true, withdrawnAt: start });
    memory.journal.push(proof);
    return memory;
  };
  const run = (memory: Memory, ports: Ports = memory.ports()) => shiftWrites(ports, memory.plan)({ failover, epoch: 1, database: 'orders' });

  test('repoints the record, then grants', async () => {
    const memory = proven();
    expect(await run(memory)).toMatchObject({ shift: 'moved' });
    expect([...memory.records.values()]).toEqual([host]);
    expect(memory.permits.get('orders')).toMatchObject({ epoch: 1, writer: survivor, withdrawn: false });
  });

  test.each<[string, Partial<JournalEntry>]>([
    ['of an older epoch', { epoch: 0 }], ['of another database', { summary: 'stock: a write was committed and read back' }],
    ['of another execution', { execution: 'run-0' }], ['that was only intended', { kind: 'intent' }], ['that was only accepted', { summary: 'orders: RDS accepted the promotion' }],
  ])('a proof %s is none: nothing is granted or repointed', async (_, change) => {
    const memory = proven();
    memory.journal[0] = { ...proof, ...change };
    await expect(run(memory)).rejects.toBeInstanceOf(InvalidInputError);
    expect([memory.records.size, memory.permits.get('orders')?.withdrawn]).toEqual([0, true]);
  });

  test('no permit is granted while the authoritative servers lead to the old writer', async () => {
    const memory = proven();
    memory.answers = () => ['old-writer'];
    expect(await run(memory)).toMatchObject({ shift: 'waiting' });
    expect(memory.permits.get('orders')?.withdrawn).toBe(true);
  });

  test('a promotion that took longer than the RTO does not use up that wait; it is counted from its own begin', async () => {
    const memory = proven();
    memory.answers = () => ['old-writer'];
    memory.now += rtoMs * 2;
    memory.held();
    expect(await run(memory)).toMatchObject({ shift: 'waiting' });
    memory.now += rtoMs - 1;
    memory.held();
    expect(await run(memory)).toMatchObject({ shift: 'waiting' });
    memory.now += 1;
    // No time makes it safe to let servers write that are led to the old writer: a person goes on.
    expect(await run(memory)).toMatchObject({ shift: 'unseen', reason: expect.stringContaining('would write to the old writer') });
    expect(memory.permits.get('orders')?.withdrawn).toBe(true);
    expect(memory.gates()).toEqual(["writer's record"]);
  });

  test.each([[['old-writer', host]], [[host, 'old-writer']], [[]]])('%j does not lead there: one old answer misleads a server, and none leads nowhere', async (answers) => {
    const memory = proven();
    memory.answers = () => answers;
    expect(await run(memory)).toMatchObject({ shift: 'waiting' });
    expect(memory.permits.get('orders')?.withdrawn).toBe(true);
  });

  const counting = (memory: Memory, point: Ports['traffic']['pointWriter'] = memory.ports().traffic.pointWriter) => {
    const asked: string[] = [];
    const ports = memory.ports();
    return { asked, ports: { ...ports, traffic: { ...ports.traffic, pointWriter: (...input: Parameters<typeof point>) => { asked.push('changed'); return point(...input); } } } };
  };

  test('a record that leads there already is not changed, and one that was changed under this epoch is not changed again', async () => {
    const right = proven();
    right.answers = () => [host];
    const looked = counting(right);
    expect(await run(right, looked.ports)).toMatchObject({ shift: 'moved' });
    expect(looked.asked).toEqual([]);
    const slow = proven();
    slow.answers = () => ['old-writer'];
    const once = counting(slow);
    for (let look = 0; look < 4; look += 1) expect(await run(slow, once.ports)).toMatchObject({ shift: 'waiting' });
    expect(once.asked).toEqual(['changed']);
  });

  const down = () => Promise.reject(new TryAgainError('route53:ChangeResourceRecordSets: 503'));

  test("Route 53's API is down: who follows the record waits, is tried again, and is handed over after the RTO", async () => {
    const memory = proven();
    memory.answers = () => ['old-writer'];
    const { asked, ports } = counting(memory, down);
    expect(await run(memory, ports)).toMatchObject({ shift: 'waiting', reason: expect.stringContaining('503') });
    expect(await run(memory, ports)).toMatchObject({ shift: 'waiting' });
    expect(asked).toHaveLength(2);
    memory.now += rtoMs;
    memory.held();
    expect(await run(memory, ports)).toMatchObject({ shift: 'unseen', reason: expect.stringContaining('the change was not accepted') });
    expect(memory.permits.get('orders')?.withdrawn).toBe(true);
  });

  test("Route 53's API is down: who goes by the permit gets it at once, and the record is a remark", async () => {
    const memory = proven({ ...plan, databases: [{ ...database, writerRecord: { ...database.writerRecord!, leads: false } }] });
    memory.answers = () => ['old-writer'];
    expect(await run(memory, counting(memory, down).ports)).toMatchObject({ shift: 'moved', remark: expect.stringMatching(/still names the old writer \(.*503\)/) });
    expect(memory.permits.get('orders')).toMatchObject({ epoch: 1, writer: survivor, withdrawn: false });
  });

  test('authoritative servers that say nothing lead nowhere', async () => {
    const memory = proven();
    const ports = memory.ports();
    expect(await run(memory, { ...ports, traffic: { ...ports.traffic, resolve: () => Promise.reject(new TryAgainError('no server answers')) } })).toMatchObject({ shift: 'waiting', reason: expect.stringContaining('no authoritative server answers') });
    expect(memory.permits.get('orders')?.withdrawn).toBe(true);
  });

  test('looking again and again journals the intent once', async () => {
    const memory = proven();
    memory.answers = () => ['old-writer'];
    for (let look = 0; look < 5; look += 1) await run(memory);
    expect(memory.journal.filter((entry) => entry.kind === 'intent')).toHaveLength(1);
  });

  test('the answer may be written in another case and with a final dot', async () => {
    const memory = proven();
    memory.answers = () => [`${host.toUpperCase()}.`];
    expect(await run(memory)).toMatchObject({ shift: 'moved' });
  });

  test('a newer grant stands: this execution has lost', async () => {
    const memory = proven();
    memory.permits.set('orders', { ...memory.permits.get('orders')!, epoch: 5, withdrawn: false });
    await expect(run(memory)).rejects.toBeInstanceOf(LeaseLostError);
    expect(memory.permits.get('orders')).toMatchObject({ epoch: 5, writer: home });
  });
});
