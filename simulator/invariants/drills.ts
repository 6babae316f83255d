// I16: a drill stays a drill. It asks for nothing that touches databases, permits or fences; a rehearsal changes nothing at all; the lease
// says which of the two holds it; and a drill that says that it is back has brought everything back.
import { countedIn } from '../../domain/capacity.ts';
import { DESTRUCTIVE, type MakeCheck } from './check.ts';

/** What a drill may change. */
const ALLOWED: ReadonlySet<string> = new Set(['traffic.setWeights', 'switches.set', 'controls.set']);
const CHANGES: ReadonlySet<string> = new Set([...DESTRUCTIVE, 'capacity.setDesired', 'leases.replace', 'locks.closeNetwork', 'locks.endSessions', 'database.writeProbe']);

export const drillsStayDrills: MakeCheck = (world, violate) => ({
    invariant: 'I16',
    onFact: (fact) => {
      if (fact.kind === 'called' && fact.caller.kind === 'step') {
        const { execution = '' } = fact.caller;
        const drill = world.executions.runs.get(execution)?.drill;
        if (drill === undefined) return;
        if (drill === 'rehearsal' && CHANGES.has(fact.port)) violate(`${execution} is a rehearsal and asks for ${fact.port}`);
        if ((DESTRUCTIVE.has(fact.port) && !ALLOWED.has(fact.port)) || fact.port.startsWith('locks.') || fact.port.startsWith('database.')) violate(`${execution} is a drill and asks for ${fact.port}`);
      }
      if (fact.kind === 'lease' && fact.after.epoch > fact.before.epoch) {
        const isDrill = world.executions.runs.get(fact.after.holder ?? '')?.drill !== undefined;
        if (isDrill !== (fact.after.drill === true)) violate(`${fact.after.holder ?? 'nobody'} was granted epoch ${fact.after.epoch} ${fact.after.drill === true ? 'for a drill and is none' : 'for a failover and is a drill'}`);
      }
      if (fact.kind !== 'ended' || (fact.outcome !== 'Drill passed' && fact.outcome !== 'Drill stopped')) return;
      for (const { recordName, endpoints } of world.plan.traffic) {
        const stored = world.names.stored.get(recordName) ?? {};
        const wrong = Object.entries(endpoints).filter(([region, { weight }]) => stored[region] !== weight).map(([region]) => `${region} has ${stored[region] ?? 'none'}`);
        if (wrong.length > 0) violate(`${fact.execution} ended "${fact.outcome}" while in ${recordName} ${wrong.join(', ')}`);
      }
      for (const capacity of world.plan.capacity) {
        const { name } = capacity;
        for (const [region, { baseline }] of Object.entries(countedIn(capacity))) {
          const desired = world.desired.get(`${name}#${region}`) ?? baseline;
          // A failover scales as well, and nothing scales back what it has added.
          if (desired !== baseline && !acted(world)) violate(`${fact.execution} ended "${fact.outcome}" with ${desired} of ${name} in ${region}, not ${baseline}`);
        }
      }
      if (world.load !== 1) violate(`${fact.execution} ended "${fact.outcome}" with ${world.load} times the load`);
    },
});

const acted = (world: Parameters<MakeCheck>[0]): boolean => [...world.executions.runs.values()].some(({ drill, outcome }) => drill === undefined && outcome !== 'Stood down');
