// Agents overlap, and orders come and go while one acts: what one has opened or closed for an order that is over is undone, and
// nobody believes a proof that is not true any more.
import { expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import type { FenceIntent, NetworkRule } from '../../../domain/lease.ts';
import type { Ports } from '../../../domain/ports.ts';
import { enforce } from '../../../functions/enforce/enforce.ts';
import { fencing } from '../../../functions/fence/fencing.ts';
import { permission } from '../../../functions/promote/permission.ts';
import { home, Memory, plan, start } from '../ports.ts';

const KEY = `orders#${home}`;
const rule: NetworkRule = { protocol: 'tcp', fromPort: 5432, toPort: 5432, peer: { kind: 'ipv4', value: '10.0.0.0/8' } };
const closed = { at: start, networkClosed: true, sessionsEnded: 2, detail: 'closed', rules: [rule] };
const order = (epoch: number, more: Partial<FenceIntent> = {}): FenceIntent => ({ application: 'shop', database: 'orders', region: home, epoch, recordedAt: start, execution: `run-${epoch}`, ...more });
const lifted = order(5, { liftedAt: start, enforced: closed });

/** A database with both of its locks, and an agent that is held up in one of its calls. */
class World {
  readonly memory = new Memory();
  readOnly = true;
  readonly sight: boolean[] = [];

  ports(held: Partial<Record<keyof Ports['locks'], () => Promise<unknown>>> = {}): Ports {
    const ports = this.memory.ports();
    const locks: Ports['locks'] = {
      ...ports.locks,
      openNetwork: async (...given) => { await held.openNetwork?.(); await ports.locks.openNetwork(...given); },
      allowWrites: async () => { await held.allowWrites?.(); this.readOnly = false; return true; },
      closeNetwork: async (...given) => { await held.closeNetwork?.(); this.sight.push(this.believed); await ports.locks.closeNetwork(...given); },
      endSessions: async () => { this.readOnly = true; return { ended: 2, loginSeconds: 0 }; },
    };
    return { ...ports, locks };
  }

  agent = (ports = this.ports()): Promise<unknown> => enforce(ports, plan, home)({ runSeconds: 1 });
  give = (intent: FenceIntent): void => void this.memory.intents.set(KEY, intent);
  get order(): FenceIntent { return this.memory.intents.get(KEY)!; }
  get isOpen(): boolean { return !this.memory.closed.has(KEY); }
  get believed(): boolean {
    const gates = permission({ permit: undefined, intent: this.order, facts: undefined, observations: [] }, plan, home, this.order.epoch, start);
    const promotes = gates.find(({ gate }) => gate === 'fence')!.passed;
    expect(fencing(undefined, this.order, plan, start, start).kind === 'fenced').toBe(promotes);
    return promotes;
  }
}

/** Another agent carries out a failover's order of epoch 6, and proves it. */
const newerOrder = (world: World) => async (): Promise<void> => {
  world.give(order(6, { rules: [rule] }));
  await world.agent();
  expect([world.isOpen, world.readOnly, world.believed]).toEqual([false, true, true]);
};

test.each(['openNetwork', 'allowWrites'] as const)('an agent that is held up in %s while a newer order is proven closes again, and nobody believes the proof until then', async (call) => {
  const world = new World();
  world.give(lifted);
  world.memory.closed.add(KEY);
  await expect(world.agent(world.ports({ [call]: newerOrder(world) }))).rejects.toThrow(TryAgainError);
  expect([world.isOpen, world.readOnly, world.believed]).toEqual([false, true, true]);
  // What was opened under the proof was closed after the proof had been taken back.
  expect(world.sight.at(-1)).toBe(false);
  expect(world.order).toMatchObject({ epoch: 6, enforced: { rules: [rule] } });
});

test('writes are not allowed any more when a newer order stands once the network was opened', async () => {
  const world = new World();
  world.give(lifted);
  const asked: string[] = [];
  await expect(world.agent(world.ports({ openNetwork: async () => world.give(order(6)), allowWrites: async () => asked.push('allow') }))).rejects.toThrow(/an order of epoch 6 stands/);
  expect(asked).toEqual([]);
});

test('the proof is taken back when nothing is left to revoke, since the engine took writes', async () => {
  const world = new World();
  world.give(order(5, { liftedAt: start, enforced: { ...closed, rules: [] } }));
  world.memory.closed.add(KEY);
  const ports = world.ports({ allowWrites: newerOrder(world) });
  await expect(world.agent({ ...ports, locks: { ...ports.locks, openNetwork: async () => undefined } })).rejects.toThrow(TryAgainError);
  expect(world.sight.at(-1)).toBe(false);
  expect([world.isOpen, world.readOnly]).toEqual([false, true]);
});

test('a newer order that was lifted as well keeps what was opened', async () => {
  const world = new World();
  world.give(lifted);
  world.memory.closed.add(KEY);
  await expect(world.agent(world.ports({ allowWrites: async () => world.give(order(6, { liftedAt: start, rules: [rule] })) }))).rejects.toThrow(TryAgainError);
  await world.agent();
  expect([world.isOpen, world.readOnly, world.order.enforced?.reopened]).toEqual([true, false, true]);
});

test('an agent that closes for an order that another one has taken back meanwhile opens again', async () => {
  const world = new World();
  world.give(order(5));
  await world.agent(world.ports({ closeNetwork: async () => {
    world.give({ ...world.order, liftedAt: start });
    await world.agent();
    expect([world.isOpen, world.order.enforced?.reopened]).toEqual([true, true]);
  } }));
  expect([world.isOpen, world.readOnly, world.order.enforced?.reopened]).toEqual([true, false, true]);
  expect(world.believed).toBe(false);
});

test('an order that was lifted since the orders were listed is not carried out', async () => {
  const world = new World();
  const ports = world.ports();
  world.give(order(5, { liftedAt: start }));
  await world.agent({ ...ports, intents: { ...ports.intents, listOpen: async () => [order(5)] } });
  expect([world.isOpen, world.sight.length]).toEqual([true, 0]);
});

test('an order that a newer one has replaced since the orders were listed is carried out as the newer one', async () => {
  const world = new World();
  const ports = world.ports();
  world.give(order(6));
  await world.agent({ ...ports, intents: { ...ports.intents, listOpen: async () => [order(5)] } });
  expect([world.isOpen, world.order.epoch, world.believed]).toEqual([false, 6, true]);
});
