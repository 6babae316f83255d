// Every verb, killed before and after each of its port calls and then called again, ends where the undisturbed one ends; called once
// more, it changes nothing. What people are told may come twice after a crash, but never not at all.
import { describe, expect, test } from '@jest/globals';
import type { Ports } from '../../domain/ports.ts';
import { announce } from '../../functions/announce/announce.ts';
import { approve } from '../../functions/approve/approve.ts';
import { assess } from '../../functions/assess/assess.ts';
import { claim } from '../../functions/claim/claim.ts';
import { conclude } from '../../functions/conclude/conclude.ts';
import { confirm } from '../../functions/confirm/confirm.ts';
import { enforce } from '../../functions/enforce/enforce.ts';
import { fence } from '../../functions/fence/fence.ts';
import { observe } from '../../functions/observe/observe.ts';
import { promote } from '../../functions/promote/promote.ts';
import { scale } from '../../functions/scale/scale.ts';
import { shiftReads } from '../../functions/shift/shift-reads.ts';
import { shiftWrites } from '../../functions/shift/shift-writes.ts';
import { verify } from '../../functions/verify/verify.ts';
import { warm } from '../../functions/warm/warm.ts';
import { watch } from '../../functions/watch/watch.ts';
import { crashing, type Crash } from './interrupted.ts';
import { failover, home, Memory, plan, seen, survivor, twoDatabases, witness } from './ports.ts';

interface Verb {
  readonly name: string;
  readonly world: () => Memory | Promise<Memory>;
  /** Calls the verb until it waits for nothing any more, as the workflow does. */
  readonly act: (ports: Ports, memory: Memory) => Promise<unknown>;
}

const input = { failover, epoch: 1 };
const orders = { ...input, database: 'orders' };
const again = async (memory: Memory, call: () => Promise<object>): Promise<object> => {
  for (let look = 0; look < 300; look += 1) {
    const result = await call() as { readonly nextCheckAt?: string };
    if (result.nextCheckAt === undefined) return result;
    memory.now = Math.max(memory.now, Date.parse(result.nextCheckAt));
  }
  throw new Error('it never ends');
};
const held = (of = plan): Memory => new Memory(of).held();
const fenced = async (): Promise<Memory> => {
  const memory = held();
  await again(memory, () => fence(memory.ports(), plan)(orders));
  return memory;
};
const promoted = async (): Promise<Memory> => {
  const memory = await fenced();
  await again(memory, () => promote(memory.ports(), plan)(orders));
  return memory;
};
const moved = (): Memory => held().see(...[survivor, witness].map((place) => seen(place, survivor, 'up', { epoch: 1 })));
const conclusion = { outcome: 'Failed over', step: 'Confirm service', reason: 'seen', seconds: 1, runbook: 'docs/runbook.md#failed-over' } as const;
const ordered = (): Memory => {
  const memory = new Memory(twoDatabases);
  for (const name of ['orders', 'stock']) memory.intents.set(`${name}#${home}`, { application: 'shop', database: name, region: home, epoch: 1, recordedAt: memory.now, execution: 'run-1' });
  return memory;
};
const dying = (): Memory => {
  const memory = new Memory();
  memory.probe = (url) => (url.includes(home) ? { answered: false, failure: 'timed-out', read: 'unknown', write: 'unknown', latencyMs: 1 } : { answered: true, read: 'ok', write: 'failed', latencyMs: 1, writer: home });
  return memory;
};
const behind = (): Memory => {
  const memory = new Memory();
  memory.facts.set(`orders#${survivor}`, { inRecovery: true, replayedAt: memory.now - 999_000, readAt: memory.now });
  return memory;
};

const verbs: readonly Verb[] = [
  { name: 'verify', world: () => new Memory(), act: (ports) => verify(ports, plan)({ failover }) },
  { name: 'claim', world: () => new Memory(), act: (ports) => claim(ports, plan)({ failover }) },
  { name: 'assess', world: () => held(twoDatabases), act: (ports) => assess(ports, twoDatabases)(input) },
  { name: 'approve', world: held, act: (ports) => approve(ports, plan)({ ...input, taskToken: 'token', summary: 'home is down', exposureSeconds: 1 }) },
  { name: 'fence', world: held, act: (ports, memory) => again(memory, () => fence(ports, plan)(orders)) },
  { name: 'promote', world: fenced, act: (ports, memory) => again(memory, () => promote(ports, plan)(orders)) },
  { name: 'shift reads', world: held, act: (ports, memory) => again(memory, () => shiftReads(ports, plan)(input)) },
  { name: 'shift writes', world: promoted, act: (ports, memory) => again(memory, () => shiftWrites(ports, plan)(orders)) },
  { name: 'scale', world: held, act: (ports) => scale(ports, plan)(input) },
  { name: 'warm', world: held, act: (ports) => warm(ports, plan)(input) },
  { name: 'confirm', world: moved, act: (ports) => confirm(ports, plan)(input) },
  { name: 'conclude', world: held, act: (ports) => conclude(ports, plan)({ ...input, outcome: 'Failed over', step: 'Confirm service', reason: 'seen', lossWindows: [] }) },
  { name: 'announce', world: held, act: (ports) => announce(ports, plan)({ moment: 'concluded', failover, conclusion }) },
  { name: 'enforce', world: ordered, act: (ports) => enforce(ports, twoDatabases, home)({ runSeconds: 5 }) },
  { name: 'observe', world: dying, act: (ports) => observe(ports, plan, witness)({ runSeconds: 15 }) },
  { name: 'watch', world: behind, act: (ports) => watch(ports, plan, survivor)({ runSeconds: 5 }) },
];

/** The end without what a later repeat may change: times, counts of failures, and how often the same was said. */
const end = (memory: Memory): unknown => JSON.parse(JSON.stringify({
  lease: memory.lease, permits: [...memory.permits], intents: [...memory.intents].sort(), promotions: memory.promotions, closed: [...memory.closed].sort(), weights: [...memory.weights], records: [...memory.records],
  desired: [...memory.desired], approvals: [...memory.approvals], incidents: [...memory.incidents].map(([region, { isOpen }]) => [region, isOpen]), sent: [...memory.sent], told: [...new Set(memory.told.map(({ key }) => key))],
  suspected: [...new Set(memory.suspicions.map(({ region }) => region))], written: [...new Set(memory.writeProbes)],
  journal: [...new Set(memory.journal.map(({ step, kind, epoch }) => `${step} ${kind} ${epoch}`))].sort(),
}, (name, value: unknown) => (['expiresAt', 'recordedAt', 'withdrawnAt', 'at', 'cooldownUntil'].includes(name) ? undefined : value)));

async function interrupted({ world, act }: Verb, crash: Crash): Promise<Memory> {
  const memory = await world();
  const { ports, crashed } = crashing(memory.ports(), crash);
  expect(await Promise.race([act(ports, memory).then(() => 'ended'), crashed])).toBe('crashed');
  // Lambda and Step Functions need a moment to notice and to try again.
  memory.now += 2000;
  await act(memory.ports(), memory);
  return memory;
}

describe.each(verbs)('$name', (verb) => {
  test('ends in the same place after a crash anywhere', async () => {
    const undisturbed = await verb.world();
    const counted = crashing(undisturbed.ports());
    await verb.act(counted.ports, undisturbed);
    expect(counted.calls.length).toBeGreaterThan(1);
    for (let call = 1; call <= counted.calls.length; call += 1) {
      for (const when of ['before', 'after'] as const) {
        const memory = await interrupted(verb, { call, when });
        expect({ crash: `${when} ${counted.calls[call - 1]} (${call})`, end: end(memory) }).toEqual({ crash: `${when} ${counted.calls[call - 1]} (${call})`, end: end(undisturbed) });
      }
    }
  });

  test('called again after its end it changes nothing', async () => {
    const memory = await verb.world();
    await verb.act(memory.ports(), memory);
    const before = end(memory);
    await verb.act(memory.ports(), memory);
    expect(end(memory)).toEqual(before);
  });
});

test('RDS is asked to promote once, wherever the process dies', async () => {
  const verb = verbs.find(({ name }) => name === 'promote')!;
  const undisturbed = await fenced();
  const counted = crashing(undisturbed.ports());
  await verb.act(counted.ports, undisturbed);
  expect(counted.calls).toContain('database.promote');
  for (let call = 1; call <= counted.calls.length; call += 1) {
    for (const when of ['before', 'after'] as const) expect((await interrupted(verb, { call, when })).promotions).toEqual(['orders']);
  }
});
