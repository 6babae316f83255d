// The agent that closes a database on order: it trusts the lock and not its own record, one database does not hold up the next.
import { describe, expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import type { FenceIntent } from '../../../domain/lease.ts';
import type { Ports } from '../../../domain/ports.ts';
import { enforce } from '../../../functions/enforce/enforce.ts';
import { locking } from '../../../functions/enforce/locking.ts';
import { home, Memory, plan, start, survivor, twoDatabases } from '../ports.ts';

const order = (database = 'orders', more: Partial<FenceIntent> = {}): FenceIntent => ({ application: 'shop', database, region: home, epoch: 3, recordedAt: start, execution: 'run-1', ...more });
const proof = { at: start, networkClosed: true, sessionsEnded: 2, detail: 'closed' };

test.each<[string, FenceIntent, boolean, 'close' | 'leave']>([
  ['ordered and open', order(), false, 'close'],
  ['ordered, closed, and never said so', order(), true, 'close'],
  ['closed and proven', order('orders', { enforced: proof }), true, 'leave'],
  ['proven once, and opened since: the record is not believed', order('orders', { enforced: proof }), false, 'close'],
  ['closed, but the engine was not reached', order('orders', { enforced: { ...proof, networkClosed: false } }), true, 'close'],
  ['lifted by a failback', order('orders', { liftedAt: start }), false, 'leave'],
])('%s', (_, intent, closed, kind) => {
  expect(locking(intent, closed).kind).toBe(kind);
});

describe('enforce', () => {
  const with_ = (memory: Memory, ...orders: readonly FenceIntent[]): Memory => {
    for (const intent of orders) memory.intents.set(`${intent.database}#${intent.region}`, intent);
    return memory;
  };
  const run = (memory: Memory, rounds = 1, ports: Ports = memory.ports()) => enforce(ports, memory.plan, home)({ runSeconds: rounds * plan.detection.probeIntervalSeconds });
  const locks = (ports: Ports, change: Partial<Ports['locks']>): Ports => ({ ...ports, locks: { ...ports.locks, ...change } });

  test('carries out an order, once, and proves it', async () => {
    const memory = with_(new Memory(), order());
    expect(await run(memory, 3)).toEqual({ rounds: 3, fenced: ['orders'] });
    expect(memory.intents.get(`orders#${home}`)?.enforced).toMatchObject({ networkClosed: true, sessionsEnded: 2 });
    expect(memory.journal).toHaveLength(1);
  });

  test('leaves a database without an order, and one of another region, alone', async () => {
    const memory = with_(new Memory(), order('orders', { region: survivor }), order('unknown'));
    expect(await run(memory)).toEqual({ rounds: 1, fenced: [] });
    expect(memory.closed.size).toBe(0);
  });

  test('closes again what was opened, and journals that', async () => {
    const memory = with_(new Memory(), order());
    await run(memory);
    memory.closed.clear();
    await run(memory);
    expect(memory.closed).toContain(`orders#${home}`);
    expect(memory.journal).toHaveLength(2);
  });

  test('the network is closed before the sessions are ended, and read back after', async () => {
    const memory = with_(new Memory(), order());
    const calls: string[] = [];
    const ports = memory.ports();
    await run(memory, 1, locks(ports, {
      closeNetwork: async (...given) => { calls.push('close'); await ports.locks.closeNetwork(...given); },
      endSessions: async () => { calls.push('end'); return { ended: 1, loginSeconds: 0 }; },
      networkClosed: async (...given) => { calls.push('read'); return ports.locks.networkClosed(...given); },
    }));
    expect(calls).toEqual(['read', 'close', 'end', 'read']);
  });

  test('a closed network without an answer of the engine is no proof; it is tried again, and told once', async () => {
    const memory = with_(new Memory(), order());
    const mute = locks(memory.ports(), { endSessions: async () => undefined });
    await run(memory, 4, mute);
    expect(memory.intents.get(`orders#${home}`)?.enforced).toMatchObject({ networkClosed: false, detail: expect.stringContaining('engine could not be reached') });
    expect(memory.journal).toHaveLength(1);
  });

  test('where new sessions are not read-only, only an end of sessions after the longest login proves the fence', async () => {
    const memory = with_(new Memory(), order());
    let sessions = 1;
    const ports = locks(memory.ports(), { endSessions: async () => ({ ended: sessions++, loginSeconds: 120 }) });
    await run(memory, 1, ports);
    const settlesAt = start + 120_000;
    expect(memory.intents.get(`orders#${home}`)?.enforced).toMatchObject({ networkClosed: false, settlesAt, detail: expect.stringContaining(`had until ${new Date(settlesAt).toISOString()}`) });
    memory.now = settlesAt - 1;
    await run(memory, 1, ports);
    expect(memory.intents.get(`orders#${home}`)?.enforced).toMatchObject({ networkClosed: false, settlesAt });
    memory.now = settlesAt;
    await run(memory, 1, ports);
    expect(memory.intents.get(`orders#${home}`)?.enforced).toMatchObject({ networkClosed: true, sessionsEnded: 3, rules: memory.rules });
    const ended = sessions;
    await run(memory, 1, ports);
    expect(sessions).toBe(ended);
  });

  test('one of two databases that cannot be closed does not keep the other one open, in every round', async () => {
    const memory = with_(new Memory(twoDatabases), order('orders'), order('stock'));
    const ports = memory.ports();
    const stuck = locks(ports, { closeNetwork: async (database, region) => (database.name === 'orders' ? Promise.reject(new TryAgainError('no such group')) : ports.locks.closeNetwork(database, region)) });
    await expect(run(memory, 2, stuck)).rejects.toThrow(/2 failures in 2 rounds; the last: TryAgainError: no such group/);
    expect([...memory.closed]).toEqual([`stock#${home}`]);
    expect(memory.intents.get(`stock#${home}`)?.enforced?.networkClosed).toBe(true);
  });

  test('of two agents at once, the one that finds the rules revoked already keeps what the other one wrote down', async () => {
    const memory = with_(new Memory(), order());
    const ports = memory.ports();
    const [rule] = memory.rules;
    // The other agent revokes between this one's reading of the orders and its look at the rules.
    await run(memory, 1, locks(ports, {
      openRules: async () => {
        await ports.intents.recordProof(order(), { at: start, networkClosed: false, sessionsEnded: 0, detail: 'about to revoke 1 rules', rules: [rule!] });
        memory.closed.add(`orders#${home}`);
        return [];
      },
    }));
    expect(memory.intents.get(`orders#${home}`)?.enforced).toMatchObject({ networkClosed: true, rules: [rule] });
  });

  test('an order that cannot be read again is carried out all the same', async () => {
    const memory = with_(new Memory(), order());
    const ports = memory.ports();
    expect(await run(memory, 1, { ...ports, intents: { ...ports.intents, read: () => Promise.reject(new TryAgainError('throttled')) } })).toMatchObject({ fenced: ['orders'] });
    expect(memory.intents.get(`orders#${home}`)?.enforced?.rules).toEqual(memory.rules);
  });

  test('orders that cannot be read for a moment are read in the next round', async () => {
    const memory = with_(new Memory(), order());
    const ports = memory.ports();
    let asked = 0;
    const flaky: Ports = { ...ports, intents: { ...ports.intents, listOpen: async (...given) => { asked += 1; if (asked === 1) throw new TryAgainError('throttled'); return ports.intents.listOpen(...given); } } };
    await expect(run(memory, 2, flaky)).rejects.toBeInstanceOf(TryAgainError);
    expect(memory.closed.size).toBe(1);
  });
});
