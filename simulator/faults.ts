// The menu of faults: what can be done to the world, as plain data, so that a schedule can be drawn, shrunk, written into a scenario
// and replayed. `for` takes a fault back again. Some are outside of what Hotshift promises to survive: these excuse invariants, by name.
import type { CallFaultKind } from './calls.ts';
import { databases } from './database-faults.ts';
import type { HookFault } from './hooks.ts';
import type { Oracle } from './oracle.ts';
import { people } from './people.ts';
import { INTERNET, type Place } from './places.ts';
import { placeOf as placeIn, roles, type PlaceName } from './plan.ts';
import type { AppFault } from './servers.ts';
import type { World } from './world.ts';

export type { PlaceName };
/** Seconds from the start of the run; `for`: seconds until it is taken back. */
interface When { readonly at: number; readonly for?: number }
export type Fault = When & (
  | { readonly do: 'crash' | 'hang'; readonly place: PlaceName }
  | { readonly do: 'cut'; readonly from: PlaceName; readonly to: PlaceName; readonly bothWays?: boolean }
  | { readonly do: 'isolate'; readonly place: PlaceName }
  | { readonly do: 'slow'; readonly place: PlaceName; readonly ms: number }
  /** `database`: this one alone; all of them when absent. */
  | { readonly do: 'crash database'; readonly place: PlaceName; readonly database?: string }
  | { readonly do: 'stop replication'; readonly database?: string } | { readonly do: 'lag'; readonly seconds: number; readonly database?: string }
  | { readonly do: 'lose replica'; readonly place: PlaceName }
  | { readonly do: 'events'; readonly lost?: number; readonly duplicated?: number; readonly lateSeconds?: number }
  | { readonly do: 'application'; readonly place: PlaceName; readonly fault: AppFault }
  | { readonly do: 'status'; readonly place: PlaceName; readonly status: string; readonly database?: string }
  | { readonly do: 'promotion'; readonly database?: string; readonly stalls?: boolean; readonly readOnly?: boolean; readonly seconds?: number }
  /** Somebody else moves an Aurora global database: to a region of the pair, or to a third cluster. */
  | { readonly do: 'foreign move'; readonly to: 'home' | 'standby' | 'elsewhere'; readonly status?: string; readonly losesData?: boolean; readonly database?: string }
  | { readonly do: 'block times out' }
  | { readonly do: 'slow names'; readonly seconds: number } | { readonly do: 'no capacity'; readonly place: PlaceName; readonly most: number } | { readonly do: 'hook'; readonly hook: string; readonly fault: HookFault }
  | { readonly do: 'chat down' } | { readonly do: 'all messages down' }
  | { readonly do: 'no agents'; readonly place: PlaceName; /** Only this one; both when absent. */ readonly agent?: 'observe' | 'enforce' }
  | { readonly do: 'open network'; readonly place: PlaceName }
  | { readonly do: 'clock'; readonly place: PlaceName; readonly seconds: number } | { readonly do: 'server clock'; readonly place: PlaceName; readonly seconds: number }
  | { readonly do: 'call'; readonly port: string; readonly step?: string; readonly fault: CallFaultKind; readonly times?: number; readonly skip?: number }
  | { readonly do: 'budget'; readonly service: 'traffic' | 'database' | 'capacity' | 'leases' | 'permits' | 'journal'; readonly burst: number; readonly perSecond: number }
  | { readonly do: 'pause'; readonly seconds: number } | { readonly do: 'resume' } | { readonly do: 'ack' } | { readonly do: 'abort'; /** The one that holds the lease when absent. */ readonly execution?: string }
  | { readonly do: 'answer approval'; readonly decision: 'approve' | 'reject' }
  | { readonly do: 'drill'; readonly place: PlaceName; readonly mode?: 'traffic' | 'switchover' | 'rehearsal' | 'return'; readonly evacuate?: PlaceName; readonly name?: string; readonly seconds?: number }
  /** StopExecution of whatever holds the lease. */
  | { readonly do: 'stop execution' }
  | { readonly do: 'alarm'; readonly name: string } | { readonly do: 'critical finding'; readonly name: string }
  /** In the witness when no place is named. Lost writes are accepted unless it says otherwise. */
  | { readonly do: 'failback'; readonly place?: PlaceName; readonly home?: PlaceName; readonly keepWriter?: boolean; readonly acceptLost?: boolean; readonly drill?: boolean; readonly name?: string }
  | { readonly do: 'start'; readonly place: PlaceName; readonly evacuate: PlaceName; readonly mode: 'automatic' | 'manual'; readonly name?: string }
);

/** Puts the faults into the world's queue. `startedAt` is the beginning of the run. */
export function schedule(world: World, oracle: Oracle, faults: readonly Fault[], startedAt: number): void {
  const callFaults: { readonly port: string; readonly step: string | undefined; readonly fault: CallFaultKind; left: number; skip: number }[] = [];
  world.calls.faults = (caller, port) => {
    const found = callFaults.find((entry) => entry.left > 0 && entry.port === port && (entry.step ?? caller.label) === caller.label);
    if (found === undefined) return undefined;
    if (found.skip > 0) {
      found.skip -= 1;
      return undefined;
    }
    found.left -= 1;
    world.facts.tell({ kind: 'fault', text: `${port} ${found.fault}`, ends: false });
    return found.fault;
  };
  for (const fault of faults) {
    world.clock.at(startedAt + fault.at * 1000, () => {
      if (fault.do === 'call') {
        callFaults.push({ port: fault.port, step: fault.step, fault: fault.fault, left: fault.times ?? 1, skip: fault.skip ?? 0 });
        return;
      }
      world.facts.tell({ kind: 'fault', text: described(fault), ends: false });
      const takeBack = apply(world, oracle, fault);
      if (fault.for === undefined || takeBack === undefined) return;
      world.clock.after(fault.for * 1000, () => {
        world.facts.tell({ kind: 'fault', text: described(fault), ends: true });
        takeBack();
        world.clock.touched();
      });
    });
  }
}

export function described(fault: Fault): string {
  const { do: what, at: _at, for: _for, ...rest } = fault;
  return [what, ...Object.entries(rest).map(([name, value]) => (name === 'place' ? String(value) : `${name} ${String(value)}`))].join(' ');
}

export type TakeBack = (() => void) | undefined;

function apply(world: World, oracle: Oracle, fault: Fault): TakeBack {
  const at = (name: PlaceName): Place => placeIn(world.plan, name);
  switch (fault.do) {
    case 'crash': {
      world.places.kill(at(fault.place));
      return () => world.places.revive(at(fault.place));
    }
    case 'hang': {
      world.places.hang(at(fault.place));
      return () => world.places.resume(at(fault.place));
    }
    case 'cut': case 'isolate': return cut(world, fault);
    case 'slow': {
      world.places.setSlow(at(fault.place), fault.ms);
      return () => world.places.setSlow(at(fault.place), 0);
    }
    case 'lose replica': {
      world.table.loseReplica(at(fault.place));
      return () => world.table.returnReplica(at(fault.place));
    }
    case 'events': return events(world, fault);
    case 'application': {
      world.appFaults.set(at(fault.place), fault.fault);
      return () => world.appFaults.delete(at(fault.place));
    }
    case 'hook': case 'no capacity': return owned(world, fault);
    case 'slow names': {
      world.names.insyncMs = [fault.seconds * 500, fault.seconds * 1000];
      return undefined;
    }
    case 'chat down': case 'all messages down': {
      [world.messages.chatDown, world.messages.topicsDown] = [true, fault.do === 'all messages down'];
      return () => { [world.messages.chatDown, world.messages.topicsDown] = [false, false]; };
    }
    case 'no agents': {
      const agents = (fault.agent === undefined ? ['observe', 'enforce'] : [fault.agent]).map((agent) => `${agent}@${at(fault.place)}`);
      for (const agent of agents) world.agentsOff.add(agent);
      return () => agents.forEach((agent) => world.agentsOff.delete(agent));
    }
    case 'clock': case 'server clock': return clocks(world, oracle, fault);
    case 'budget': {
      world.calls.budgets.limit(fault.service, fault.burst, fault.perSecond);
      return () => world.calls.budgets.lift(fault.service);
    }
    case 'call': return undefined;
    case 'stop execution': {
      world.executions.stop(world.table.lease.holder ?? '');
      return undefined;
    }
    case 'alarm': {
      world.ringing = [fault.name];
      return () => { world.ringing = []; };
    }
    case 'critical finding': {
      world.critical = [fault.name];
      return () => { world.critical = []; };
    }
    case 'crash database': case 'stop replication': case 'lag': case 'status': case 'promotion': case 'open network': case 'foreign move': case 'block times out': return databases(world, fault);
    default: {
      people(world, fault);
      return undefined;
    }
  }
}

/** What belongs to others: the owners' functions, and what AWS has to give. */
function owned(world: World, fault: Fault & { readonly do: 'hook' | 'no capacity' }): TakeBack {
  if (fault.do === 'hook') {
    world.owners.faults.set(fault.hook, fault.fault);
    return () => world.owners.faults.delete(fault.hook);
  }
  const place = placeIn(world.plan, fault.place);
  world.stock.limit(place, fault.most);
  return () => world.stock.lift(place);
}

function cut(world: World, fault: Fault & { readonly do: 'cut' | 'isolate' }): TakeBack {
  const { home, standby, witness } = roles(world.plan);
  const links: (readonly [Place, Place])[] = [];
  if (fault.do === 'isolate') {
    const place = placeIn(world.plan, fault.place);
    for (const other of [home, standby, witness, INTERNET].filter((entry) => entry !== place)) links.push([place, other], [other, place]);
  } else {
    const [from, to] = [placeIn(world.plan, fault.from), placeIn(world.plan, fault.to)];
    links.push([from, to]);
    if (fault.bothWays === true) links.push([to, from]);
  }
  for (const [from, to] of links) world.places.cut(from, to);
  return () => links.forEach(([from, to]) => world.places.heal(from, to));
}

function events(world: World, fault: Fault & { readonly do: 'events' }): TakeBack {
  const { bus } = world;
  bus.lostChance = fault.lost ?? 0;
  bus.duplicateChance = fault.duplicated ?? 0;
  if (fault.lateSeconds !== undefined) bus.lateMs = [50, fault.lateSeconds * 1000];
  return () => { [bus.lostChance, bus.duplicateChance, bus.lateMs] = [0, 0, [50, 600]]; };
}

/** Clocks that differ by more than permit.clockError break what rests on it, and only that (docs: the bound is an assumption). */
function clocks(world: World, oracle: Oracle, fault: Fault & { readonly do: 'clock' | 'server clock' }): TakeBack {
  const place = placeIn(world.plan, fault.place);
  if (Math.abs(fault.seconds) > world.plan.permit.clockErrorSeconds / 2) {
    for (const invariant of ['I1', 'I2', 'I3', 'I9']) oracle.excused.set(invariant, 'clocks differ by more than permit.clockError');
  }
  if (fault.do === 'clock') {
    const before = world.places.skew(place);
    world.places.setSkew(place, fault.seconds * 1000);
    return () => world.places.setSkew(place, before);
  }
  const servers = world.servers.filter((server) => server.region === place);
  const before = servers.map((server) => server.skewMs);
  for (const server of servers) server.skewMs = fault.seconds * 1000;
  return () => servers.forEach((server, index) => { server.skewMs = before[index] ?? 0; });
}
