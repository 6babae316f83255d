// All domain ports for one caller: each method crosses the modelled network to the place where its resource lives, with the limits of
// adapters/clients.ts, and takes effect on the models. Time is the clock of the caller's place.
import { countedIn } from '../domain/capacity.ts';
import type { DrillPorts } from '../domain/drill.ts';
import type { FailbackPorts } from '../domain/failback.ts';
import type { FollowUpStore } from '../domain/follow-ups.ts';
import type { RehearsalStore } from '../domain/inventory.ts';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import type { NetworkRule } from '../domain/lease.ts';
import type { EndedSessions, Ports } from '../domain/ports.ts';
import { InvalidInputError, LeaseLostError, TryAgainError } from '../domain/errors.ts';
import type { Caller, Route } from './calls.ts';
import { hooksFor } from './hooks.ts';
import { INTERNET, GLOBAL } from './places.ts';
import { failingBack } from './ports-failback.ts';
import { permitsOf } from './permits.ts';
import { intentKey } from './table.ts';
import { drilling } from './ports-drill.ts';
import { proberOf } from './prober.ts';
import type { World } from './world.ts';

const STATE = { timeoutMs: 2000, attempts: 3, workMs: [15, 70] } as const;
export const READING = { timeoutMs: 3000, attempts: 3, workMs: [30, 400] } as const;
const CHANGING = { timeoutMs: 8000, attempts: 1, workMs: [50, 800] } as const;
/** A connection and a statement: adapters/sql.ts gives both together a few seconds. */
const SQL = { timeoutMs: 3000, attempts: 1, workMs: [3, 30] } as const;
const CHAT = { timeoutMs: 4000, attempts: 2, workMs: [50, 400] } as const;

export type SimulatedPorts = Ports & DrillPorts & FailbackPorts & { readonly rehearsals: RehearsalStore; readonly followUps: Pick<FollowUpStore, 'add'> };

/** What the agent finds in the security group while it is open. */
const APPLICATION_RULE: NetworkRule = { protocol: 'tcp', fromPort: 5432, toPort: 5432, peer: { kind: 'ipv4', value: '10.0.0.0/8' } };

export function portsFor(world: World, caller: Caller): SimulatedPorts {
  return { clock: clockOf(world, caller), ...stores(world, caller), ...journals(world, caller), ...regional(world, caller), ...outside(world, caller), hooks: hooksFor(world, caller), ...drilling(world, caller), ...failingBack(world, { caller, changing: CHANGING, sql: SQL }) };
}

const clockOf = (world: World, caller: Caller): Ports['clock'] => ({
  now: () => world.places.now(caller.place),
  sleep: async (delayMs) => {
    await world.places.sleep(caller.place, delayMs);
    if (world.calls.gone(caller)) await new Promise<never>(() => undefined);
  },
});

type Stores = Pick<Ports, 'leases' | 'permits' | 'intents' | 'observations' | 'switches'>;
function stores(world: World, caller: Caller): Stores {
  const { table, clock } = world;
  const ask = asking(world, caller);
  const remember = (): void => {
    const { holder, epoch, pausedUntil } = table.lease;
    caller.lease = { at: clock.now(), holder, epoch, pausedUntil };
  };
  return {
    leases: {
      read: () => ask('leases.read', () => {
        remember();
        return table.lease;
      }),
      replace: (seen, next) => ask('leases.replace', () => {
        table.contend('lease', caller.place, clock.now());
        const replaced = table.replaceLease(seen, next, caller.label);
        remember();
        return replaced;
      }, { next }),
    },
    permits: permitsOf(table, ask),
    intents: {
      record: (intent) => ask('intents.record', () => table.recordIntent(intent), intent),
      read: (_, database, region) => ask('intents.read', () => table.intents.get(intentKey(database, region))),
      listOpen: (_, region) => ask('intents.listOpen', () => [...table.intents.values()].filter((intent) => intent.region === region && intent.liftedAt === undefined)),
      lift: (intent, at) => ask('intents.lift', () => table.liftIntent(intent, at), intent),
      recordProof: (intent, proof) => ask('intents.recordProof', () => table.recordProof(intent, proof)),
    },
    switches: {
      read: () => ask('switches.read', () => table.trafficSwitch),
      set: (next) => ask('switches.set', () => table.turnSwitch(next), next),
      glance: () => ask('switches.glance', () => table.trafficSwitch),
    },
    observations: {
      put: (observation) => ask('observations.put', () => table.observe(observation)),
      list: () => ask('observations.list', () => [...table.observations.values()]),
    },
  };
}

type Journals = Pick<Ports, 'journal' | 'incidents' | 'approvals' | 'announcements'>;
function journals(world: World, caller: Caller): Journals {
  const { table } = world;
  const ask = asking(world, caller);
  return {
    journal: {
      record: (entry) => ask('journal.record', () => table.record(entry)),
      list: (execution) => ask('journal.list', () => [...(table.journal.get(execution) ?? [])]),
    },
    incidents: {
      open: (application, region, at) => ask('incidents.open', () => table.openIncident(application, region, at)),
      close: (_, region, incident) => ask('incidents.close', () => table.closeIncident(region, incident, world.places.now(caller.place))),
    },
    approvals: {
      ask: (execution, _application, token) => {
        const askedAt = world.places.now(caller.place);
        return ask('approvals.ask', () => {
          const stored = table.approvals.get(execution);
          if (stored === undefined || (stored.askedAt <= askedAt && stored.token !== token)) table.approvals.set(execution, { token, askedAt });
          else if (stored.token !== token) throw new TryAgainError(`the question of ${execution} was asked anew, later than this one`);
        });
      },
      held: (execution) => ask('approvals.held', () => table.held.get(execution)),
    },
    announcements: {
      wasSent: (_, key) => ask('announcements.wasSent', () => table.announcements.has(key)),
      markSent: (_, key) => ask('announcements.markSent', () => void table.announcements.add(key)),
    },
  };
}

/** Every store is reached through the replica of the caller's own place. */
export const asking = (world: World, caller: Caller) => <T>(port: string, act: () => T, detail?: unknown): Promise<T> => {
  const route: Route = { port, target: caller.place, ...STATE, answers: () => world.table.answersIn(caller.place), detail };
  return world.calls.call(caller, route, act);
};

type Regional = Pick<Ports, 'database' | 'locks' | 'capacity'>;
function regional(world: World, caller: Caller): Regional {
  const { calls } = world;
  const pair = (database: DatabasePlan) => world.pair(database.name);
  const sql = (port: string, region: Region, database: DatabasePlan): Route => ({ port, target: region, ...SQL, answers: () => pair(database).in(region).running });
  return {
    database: {
      describe: (database, region) => calls.call(caller, { port: 'database.describe', target: region, ...READING }, () => world.controlOf(database).describe(database, pair(database), region)),
      facts: (database, region) => calls.call(caller, sql('database.facts', region, database), () => pair(database).facts(region)),
      position: (database, region) => calls.call(caller, sql('database.position', region, database), () => {
        pair(database).advance();
        return pair(database).in(region).log.length * 100;
      }),
      promote: (database, region, manner) => calls.call(caller, { port: 'database.promote', target: region, ...CHANGING, detail: { database: database.name, region, manner } }, () => world.controlOf(database).promote(pair(database), region, manner)),
      writeProbe: (database, region, epoch) => calls.call(caller, sql('database.writeProbe', region, database), () => {
        if (pair(database).in(region).epochMax > epoch) throw new LeaseLostError(`write probe in ${region}: the database already holds a larger epoch than ${epoch}`);
        // adapters/database.ts takes back what a fence of the old writer has sent along.
        pair(database).in(region).readOnlySetting = false;
        pair(database).commit(region, { id: 0, epoch }, true);
        world.proven.add(`${database.name}#${region}#${epoch}`);
      }),
    },
    locks: {
      openRules: (database, region) => calls.call(caller, { port: 'locks.openRules', target: region, ...READING }, () => (pair(database).in(region).networkOpen ? [APPLICATION_RULE] : [])),
      openNetwork: (database, region, rules) => calls.call(caller, { port: 'locks.openNetwork', target: region, ...READING, detail: { database: database.name, region } }, () => {
        const instance = pair(database).in(region);
        [instance.networkOpen, instance.sessionsLive] = [instance.networkOpen || rules.length > 0, instance.sessionsLive || rules.length > 0];
      }),
      allowWrites: (database, region) => calls.call(caller, { ...sql('locks.allowWrites', region, database), detail: { database: database.name, region } }, () => {
        const instance = pair(database).in(region);
        if (!instance.inRecovery) instance.readOnlySetting = false;
        return !instance.inRecovery as boolean | undefined;
      }).catch((error: unknown) => {
        if (error instanceof TryAgainError) return undefined;
        throw error;
      }),
      networkClosed: (database, region) => calls.call(caller, { port: 'locks.networkClosed', target: region, ...READING }, () => !pair(database).in(region).networkOpen),
      closeNetwork: (database, region) => calls.call(caller, { port: 'locks.closeNetwork', target: region, ...READING, detail: { database: database.name, region } }, () => {
        pair(database).in(region).networkOpen = false;
      }),
      // The engine that cannot be reached is an answer of this port, not an error (adapters/locks.ts).
      endSessions: (database, region) => calls.call(caller, { ...sql('locks.endSessions', region, database), detail: { database: database.name, region } }, () => {
        const instance = pair(database).in(region);
        if (!instance.inRecovery) instance.readOnlySetting = true;
        const ended = instance.sessionsLive ? 2 : 0;
        instance.sessionsLive = false;
        return { ended, loginSeconds: 0 } as EndedSessions | undefined;
      }).catch((error: unknown) => {
        if (error instanceof TryAgainError) return undefined;
        throw error;
      }),
    },
    capacity: {
      read: (capacity, region) => calls.call(caller, { port: 'capacity.read', target: region, ...READING }, () => {
        const desired = world.desired.get(`${capacity.name}#${region}`) ?? countedIn(capacity)[region]?.baseline ?? 1;
        return { desired, ...world.stock.of(region, desired) };
      }),
      setDesired: (capacity, region, desired) => calls.call(caller, { port: 'capacity.setDesired', target: region, ...READING, detail: { region, desired } }, () => void world.desired.set(`${capacity.name}#${region}`, desired)),
    },
  };
}

type Outside = Pick<Ports, 'prober' | 'traffic' | 'controls' | 'sessions' | 'messenger' | 'events'>;
function outside(world: World, caller: Caller): Outside {
  const { calls, names, plan } = world;
  return {
    prober: proberOf(world, caller),
    traffic: {
      read: (traffic) => calls.call(caller, { port: 'traffic.read', target: GLOBAL, ...READING }, () => ({ weights: names.stored.get(traffic.recordName) ?? {} })),
      setWeights: (changes) => calls.call(caller, { port: 'traffic.setWeights', target: GLOBAL, ...READING, detail: changes.map(({ weights }) => weights) }, () => changes.map(({ traffic, weights }) => {
        if (!Object.values(weights).some((weight) => weight > 0)) throw new InvalidInputError(`weights: no region of ${traffic.recordName} would answer`);
        return names.set(traffic, weights);
      })),
      pointWriter: (database, region) => calls.call(caller, { port: 'traffic.pointWriter', target: GLOBAL, ...READING, detail: { database: database.name, region } }, () => names.pointWriter(database.name, region)),
      // Asked of name servers all over the world: the data plane, not the control plane.
      resolve: (name) => calls.call(caller, { port: 'traffic.resolve', target: INTERNET, timeoutMs: 1000, attempts: 2, workMs: [5, 40] }, () => {
        const traffic = plan.traffic.find((entry) => entry.recordName === name);
        if (traffic !== undefined) return names.answers(traffic);
        return plan.databases.filter((database) => database.writerRecord?.name === name)
          .flatMap((database) => names.writerAnswers(database.name).map((region) => database.instances[region]?.host ?? ''));
      }),
    },
    controls: {
      // Any of five endpoints, of which three are always there: the model has one that is nowhere in particular.
      read: () => calls.call(caller, { port: 'controls.read', target: INTERNET, ...READING }, () => world.checks.controls()),
      set: (_, open) => calls.call(caller, { port: 'controls.set', target: INTERNET, ...READING, detail: open }, () => world.checks.setControls(open)),
    },
    sessions: {
      read: (_, region) => calls.call(caller, { port: 'sessions.read', target: region, ...READING }, () => world.notices.get(region)),
      write: (_, region, text) => calls.call(caller, { port: 'sessions.write', target: region, ...READING, detail: { region, text } }, () => void world.notices.set(region, text)),
      tell: (_, region, notice) => calls.call(caller, { port: 'sessions.tell', target: region, ...READING, detail: notice }, () => void world.epochsTold.push(notice)),
    },
    messenger: { send: (_, announcement) => world.messages.send(caller, announcement, CHAT) },
    events: {
      suspect: (suspicion, busRegion) => calls.call(caller, { port: 'events.suspect', target: busRegion, ...READING }, () => world.bus.accept(suspicion, busRegion)),
    },
  };
}
