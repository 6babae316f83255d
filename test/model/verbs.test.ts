// The model's executions do what the production verbs do: from states that the model reached, a verb runs undisturbed against the very
// records of the state (by simulator/table.ts, whose conditions the contract tests hold against the adapters), and what it leaves
// behind must be one of the ends to which the model's own moves of that step lead.
import { expect, test } from '@jest/globals';
import type { JournalEntry } from '../../domain/journal.ts';
import type { Ports } from '../../domain/ports.ts';
import { claim } from '../../functions/claim/claim.ts';
import { conclude } from '../../functions/conclude/conclude.ts';
import { fence } from '../../functions/fence/fence.ts';
import { promote } from '../../functions/promote/promote.ts';
import { shiftWrites } from '../../functions/shift/shift-writes.ts';
import { RESTING } from '../../simulator/model/execution.ts';
import { executionMoves } from '../../simulator/model/execution-moves.ts';
import { explore } from '../../simulator/model/explore.ts';
import type { Guard } from '../../simulator/model/guards.ts';
import { modelOf } from '../../simulator/model/moves.ts';
import { rulesOf } from '../../simulator/model/rules.ts';
import { SETTINGS, type Setting } from '../../simulator/model/settings.ts';
import { ASKED_LONG_AGO, at, database, factsOf, failoverOf, instanceOf, intentOf, leaseOf, permitOf, planOf, regionOf, SEEN, stateOfLease, ticksUntil } from '../../simulator/model/terms.ts';
import { ageLease, copyOf, otherOf, RENEWED_LONG_AGO, type Place, type Side, type State } from '../../simulator/model/state.ts';
import { Table } from '../../simulator/table.ts';

/** As production is: it lacks what the model found to be missing. */
const REMOVED: ReadonlySet<Guard> = new Set();
const BEGINNINGS: readonly Place[] = ['claim?', 'fence?', 'promote?', 'shift?', 'conclude?'];

const compare = async (setting: Setting, removed: ReadonlySet<Guard>): Promise<ReadonlyMap<Place, number>> => {
  const seen = new Map<Place, number>();
  for (const { state, index } of sample(setting)) {
    const { place } = state.executions[index]!;
    seen.set(place, (seen.get(place) ?? 0) + 1);
    const possible = ends(state, setting, index, removed).map((end) => JSON.stringify(left(end, index)));
    for (const isRecent of [true, false]) {
      const found = JSON.stringify(await verbOn(state, setting, index, isRecent));
      if (!possible.includes(found)) throw new Error(`${place} of execution ${index + 1}:\n${JSON.stringify(state)}\nthe verb leaves\n${found}\nthe model\n${possible.join('\n')}`);
    }
  }
  return seen;
};

test.each(SETTINGS.filter(({ name }) => ['two', 'by hand', 'people', 'unguarded'].includes(name)).map((setting) => [setting.name, setting] as const))('each step of the model is the verb: %s', async (_name, setting) => {
  const seen = await compare(setting, REMOVED);
  expect([...seen.keys()].sort()).toEqual([...BEGINNINGS].sort());
}, 300_000);

test.each([['pause at each mutation', 'people'], ['permit life in the wait', 'two'], ['claim waits for the holder', 'people'], ['withdrawal before the wait', 'two']] as const)('a model without "%s" is seen not to be the verbs', async (guard, name) => {
  const setting = SETTINGS.find((entry) => entry.name === name)!;
  await expect(compare(setting, new Set([...REMOVED, guard]))).rejects.toThrow('the verb leaves');
}, 300_000);

/** Some hundreds of the states in which an execution is about to begin a step, from all depths. */
function sample(setting: Setting): readonly { readonly state: State; readonly index: number }[] {
  const model = modelOf(setting, REMOVED, { ignored: ['I9'] });
  const found = new Map<Place, { readonly state: State; readonly index: number }[]>();
  for (const place of BEGINNINGS) found.set(place, []);
  explore({ ...model, broken: (state) => {
    for (const [index, { place, late }] of state.executions.entries()) if (late === undefined) found.get(place)?.push({ state, index });
    return undefined;
  } }, { statesMax: 40_000 });
  return [...found.values()].flatMap((entries) => entries.filter((_, turn) => turn % Math.ceil(entries.length / 100) === 0));
}

/** Where the moves of one execution lead, with nobody else about and no trouble, until its step is over. */
function ends(state: State, setting: Setting, index: number, removed: ReadonlySet<Guard>): readonly State[] {
  const world = { setting, removed, enforced: setting.permits, rules: rulesOf(setting, removed) };
  const alone = copyOf(state);
  Object.assign(alone.left, { losses: 0, crashes: 0 });
  const its = `execution ${index + 1} `;
  const found: State[] = [];
  let open = [alone];
  while (open.length > 0) {
    const nexts = open.flatMap((from) => executionMoves(from, world).filter(({ text }) => text.startsWith(its))).map(({ next }) => next);
    found.push(...nexts.filter((next) => RESTING.has(next.executions[index]!.place)));
    open = nexts.filter((next) => !RESTING.has(next.executions[index]!.place));
  }
  return found;
}

/** What a step leaves behind. */
const left = ({ lease, permit, orders, databases, executions }: State, index: number) => shown({
  lease: { ...lease }, permit, orders: { A: orders.A, B: orders.B }, promoting: databases.B.promoting, place: executions[index]!.place, epoch: executions[index]!.epoch,
});
function shown({ lease, permit, orders, promoting, place, epoch }: { readonly lease: State['lease']; readonly permit: State['permit']; readonly orders: State['orders']; readonly promoting: boolean; readonly place: Place; readonly epoch: number }) {
  const aged = { ...lease };
  // The end of a lease that nobody holds says nothing.
  if (aged.holder === 0) ageLease(aged);
  const order = (side: Side) => orders[side] === undefined ? null : [orders[side].epoch, orders[side].recordedAt, orders[side].proven];
  return {
    lease: [lease.epoch, lease.holder, aged.left, lease.cooling, lease.ackDue, lease.paused],
    permit: [permit.epoch, permit.writer, permit.withdrawn, permit.withdrawnBy, permit.renewed.A, permit.renewed.B, permit.surrendered],
    orders: [order('A'), order('B')], promoting, place, epoch,
  };
}

/** The production verb of the step at which an execution stands. */
async function verbOn(state: State, setting: Setting, index: number, isRecent: boolean) {
  const own = state.executions[index]!;
  const failover = failoverOf(setting, index + 1);
  const plan = planOf(setting);
  const survivor = otherOf(setting.evacuations[index]!);
  const world = recordsOf(state);
  const facts = { ...state.databases[survivor] };
  const now = at(state.clocks.executions[index] ?? 0);
  const entry = { execution: failover.execution, application: failover.application, epoch: own.epoch } as const;
  const lines: JournalEntry[] = own.place !== 'promote?' && own.place !== 'shift?' ? [] : [
    { ...entry, at: now, step: 'Fence writer', kind: 'gate', summary: `${database.name}: fenced: as the model says` },
    ...(own.asked ? [{ ...entry, at: isRecent ? now : now - ASKED_LONG_AGO * 1000, step: 'Promote replica', kind: 'intent', summary: `${database.name}: promote` } as const] : []),
    ...(own.place === 'shift?' ? [{ ...entry, at: now, step: 'Promote replica', kind: 'result', summary: `${database.name}: a write was committed and read back` } as const] : []),
  ];
  const ports = {
    ...world.ports, clock: { now: () => now, sleep: async () => undefined },
    journal: { record: async (line: JournalEntry) => void lines.push(line), list: async () => lines },
    observations: { list: async () => SEEN, put: async () => undefined },
    traffic: { pointWriter: async () => undefined, resolve: async () => [database.instances[regionOf(survivor)]!.host] },
    database: {
      facts: async () => ({ ...factsOf(facts), readAt: now }), describe: async () => instanceOf(facts, facts.recovering),
      promote: async () => { facts.promoting = true; },
      writeProbe: async () => { if (facts.recovering || facts.readOnly) throw new Error('read-only'); },
    },
  } as unknown as Ports;
  const after = await answerOf(ports, plan, own, failover);
  return world.shownWith({ place: after.place, epoch: after.epoch ?? own.epoch, promoting: survivor === 'B' ? facts.promoting : state.databases.B.promoting });
}

async function answerOf(ports: Ports, plan: ReturnType<typeof planOf>, own: State['executions'][number], failover: ReturnType<typeof failoverOf>): Promise<{ readonly place: Place; readonly epoch?: number }> {
  const input = { failover, epoch: own.epoch, database: database.name };
  try {
    switch (own.place) {
      case 'claim?': {
        const found = await claim(ports, plan)({ failover });
        return found.claimed ? { place: 'assess?', epoch: found.epoch } : { place: 'over' };
      }
      case 'fence?': return { place: ({ fenced: 'promote?', waiting: 'fence?', unproven: 'conclude?' } as const)[(await fence(ports, plan)(input)).fence] };
      case 'promote?': return { place: ({ waiting: 'promote?', writable: 'shift?', refused: 'conclude?' } as const)[(await promote(ports, plan)(input)).promotion] };
      case 'shift?': return { place: (await shiftWrites(ports, plan)(input)).shift === 'moved' ? 'confirm' : 'shift?' };
      default:
        await conclude(ports, plan)({ failover, epoch: own.epoch, outcome: own.outcome as 'Failed over', step: 'a step', reason: 'a reason' });
        return { place: 'over' };
    }
  } catch (error) {
    // statemachines/failover.asl.yaml: these end in Conclude.
    if (!['LeaseLostError', 'StoppedByOperatorError'].includes((error as Error).name)) throw error;
    return { place: 'conclude?' };
  }
}

/** The records of a state, in the simulator's table. */
function recordsOf(state: State) {
  const lease = leaseOf(state.lease);
  const table = new Table(lease.application, [], {} as never, { tell: () => undefined } as never);
  table.lease = lease;
  const { renewals, surrenders, ...granted } = permitOf(state.permit);
  table.permits.set(database.name, { ...granted, ...(state.permit.withdrawn ? { withdrawnEpoch: state.permit.withdrawnBy } : {}) });
  const servers = Object.keys({ ...renewals, ...surrenders });
  table.renewals.set(database.name, new Map(servers.map((server) => [server, { renewedAt: renewals[server] ?? at(RENEWED_LONG_AGO), ...(surrenders[server] === undefined ? {} : { surrendered: surrenders[server] }) }])));
  for (const side of ['A', 'B'] as const) if (state.orders[side] !== undefined) table.intents.set(`${database.name}#${regionOf(side)}`, intentOf(state.orders[side], side));
  const ports = {
    leases: { read: async () => table.lease, replace: async (seen: typeof lease, next: typeof lease) => table.replaceLease(seen, next, 'test') },
    permits: {
      read: async () => ({ ...table.permits.get(database.name)!, ...table.listRenewals(database.name) }), withdraw: async (_application: string, name: string, epoch: number, when: number) => table.withdraw(name, epoch, when),
      grant: async (wanted: Parameters<Table['grant']>[0]) => table.grant(wanted),
    },
    intents: { read: async (_application: string, name: string, region: string) => table.intents.get(`${name}#${region}`), record: async (intent: ReturnType<typeof intentOf>) => table.recordIntent(intent) },
  };
  const renewed = (renewals: Readonly<Record<string, number>>, side: Side): number => renewals[`server in ${side}`] === undefined ? RENEWED_LONG_AGO : ticksUntil(renewals[`server in ${side}`]!);
  const shownWith = (rest: { readonly place: Place; readonly epoch: number; readonly promoting: boolean }) => {
    const stored = { ...table.permits.get(database.name)!, ...table.listRenewals(database.name) };
    const order = (side: Side) => {
      const intent = table.intents.get(`${database.name}#${regionOf(side)}`);
      return intent === undefined ? undefined : { epoch: intent.epoch, recordedAt: ticksUntil(intent.recordedAt), proven: intent.enforced?.networkClosed === true };
    };
    return shown({
      ...rest, lease: stateOfLease(table.lease), orders: { A: order('A'), B: order('B') },
      permit: {
        epoch: stored.epoch, writer: stored.writer === regionOf('A') ? 'A' : 'B', withdrawn: stored.withdrawn, withdrawnBy: stored.withdrawn ? stored.withdrawnEpoch ?? 0 : 0,
        renewed: { A: renewed(stored.renewals, 'A'), B: renewed(stored.renewals, 'B') }, surrendered: Object.values(stored.surrenders).includes(stored.epoch),
      },
    });
  };
  return { ports, shownWith };
}
