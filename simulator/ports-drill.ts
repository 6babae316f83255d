// The ports that only drills use. What rehearsals found and which alarms ring is set by the schedule of faults.
import type { DrillPorts } from '../domain/drill.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { FollowUpStore } from '../domain/follow-ups.ts';
import type { RehearsalStore } from '../domain/inventory.ts';
import type { Caller } from './calls.ts';
import { asking, READING } from './ports.ts';
import type { World } from './world.ts';

/** What only drills ask. Rehearsals are always fresh here, and find what the world says that they find. */
export function drilling(world: World, caller: Caller): DrillPorts & { readonly rehearsals: RehearsalStore; readonly followUps: Pick<FollowUpStore, 'add'> } {
  const ask = asking(world, caller);
  return {
    drills: {
      list: () => ask('drills.list', () => [...world.drills].sort((left, right) => right.at - left.at)),
      put: (record) => ask('drills.put', () => { if (!world.drills.some(({ execution }) => execution === record.execution)) world.drills.push(record); }),
    },
    followUps: { add: (found) => ask('followUps.add', () => { if (!world.followUps.some(({ id }) => id === found.id)) world.followUps.push(found); }) },
    alarms: { ringing: (region) => world.calls.call(caller, { port: 'alarms.ringing', target: region, ...READING }, () => world.ringing.map((name) => ({ name, reason: 'it rings' }))) },
    rehearsals: {
      read: () => ask('rehearsals.read', () => ({ at: world.places.now(caller.place), seen: world.critical, told: [], critical: world.critical })),
      write: () => Promise.reject(new InvalidInputError('no step of a workflow writes what a rehearsal found')),
    },
  };
}
