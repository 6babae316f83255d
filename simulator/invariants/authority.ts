// I5, I6, I12 and I13: who may act. One execution per epoch, epochs that only grow, one failover per incident until a person
// acknowledged, and a pause or an abort that stops everything that has not been asked for yet.
import type { Caller } from '../calls.ts';
import { abortedIn, isAborted } from '../../domain/aborts.ts';
import type { Region } from '../../domain/plan.ts';
import type { World } from '../world.ts';
import { DESTRUCTIVE, type MakeCheck } from './check.ts';

/** I5. Each destructive call follows, in the same invocation, a reading of the lease that names this execution and epoch, and the lease still stands. */
export const oneCoordinator: MakeCheck = (world, violate) => {
  const acting = new Map<number, string>();
  return {
    invariant: 'I5',
    onFact: (fact) => {
      if (fact.kind !== 'called' || fact.caller.kind !== 'step' || !DESTRUCTIVE.has(fact.port)) return;
      const { caller, port, at } = fact;
      const mine = (epoch: number | undefined, holder: string | undefined): boolean => epoch === caller.epoch && holder === caller.execution;
      const who = `${port} by ${caller.execution ?? caller.label} under epoch ${caller.epoch ?? 'none'}`;
      if (caller.lease === undefined) violate(`${who} without having read the lease`);
      else if (!mine(caller.lease.epoch, caller.lease.holder)) violate(`${who}, which had read that ${caller.lease.holder ?? 'nobody'} holds epoch ${caller.lease.epoch}`);
      const { lease } = world.table;
      if (!mine(lease.epoch, lease.holder)) violate(`${who} while ${lease.holder ?? 'nobody'} holds epoch ${lease.epoch}`);
      else if (lease.expiresAt <= at) violate(`${who} ${((at - lease.expiresAt) / 1000).toFixed(1)} s after its lease expired`);
      const first = acting.get(caller.epoch ?? 0) ?? caller.execution ?? '';
      acting.set(caller.epoch ?? 0, first);
      if (first !== caller.execution) violate(`${who}, under which ${first} acts as well`);
    },
  };
};

/** I6. No lease, permit or order goes back to a smaller epoch; nor do the records, by a request that was not delayed beyond its limit. */
export const epochsOnlyGrow: MakeCheck = (_world, violate) => {
  let weightsEpoch = 0;
  return {
    invariant: 'I6',
    onFact: (fact) => {
      if ((fact.kind === 'lease' || fact.kind === 'permit' || fact.kind === 'intent') && fact.before !== undefined && fact.after.epoch < fact.before.epoch) {
        violate(`the ${fact.kind} went from epoch ${fact.before.epoch} back to ${fact.after.epoch}`);
      }
      if (fact.kind === 'acted' && fact.port === 'traffic.setWeights' && fact.at - fact.issuedAt < 10_000) {
        const epoch = fact.caller.epoch ?? 0;
        if (epoch < weightsEpoch) violate(`records were changed under epoch ${epoch} after epoch ${weightsEpoch}`);
        weightsEpoch = Math.max(weightsEpoch, epoch);
      }
    },
  };
};

/**
 * I12. After a failover ended that acted or was handed over, the next automatic lease waits for the acknowledgement and the cooldown;
 * and none is taken to leave a region that was left already. A failback that ended well was a person's own: the pair is whole again.
 */
export const oneFailoverPerIncident: MakeCheck = (world, violate) => {
  const released = new Set<string>();
  let endedAt: number | undefined;
  let acknowledged = true;
  let left: Region | undefined;
  return {
    invariant: 'I12',
    onFact: (fact) => {
      if (fact.kind === 'lease' && fact.before.holder !== undefined && fact.after.holder === undefined) released.add(fact.before.holder);
      if (fact.kind === 'journaled' && fact.entry.step === 'Conclude' && released.has(fact.entry.execution)) {
        const { outcome } = fact.entry.evidence as { readonly outcome?: string };
        if (outcome === 'Failed over') left = world.table.lease.evacuated;
        // The person who brought it back is there: the whole pair is protected at once.
        if (outcome === 'Failed back') [left, endedAt, acknowledged] = [undefined, undefined, true];
        // A failback that left a whole pair asks nobody: the person who started it is there (functions/conclude/conclusion.ts).
        if (outcome !== 'Stood down' && outcome !== 'Failed back') [endedAt, acknowledged] = [fact.at, false];
      }
      if (fact.kind === 'person' && fact.did.startsWith('ack')) acknowledged = true;
      if (fact.kind !== 'lease' || fact.after.epoch <= fact.before.epoch) return;
      const holder = fact.after.holder ?? '';
      if (endedAt === undefined || world.executions.runs.get(holder)?.manual === true) return;
      if (left !== undefined && left === fact.after.evacuated && fact.after.drill !== true && fact.after.failback !== true && [...world.table.permits.values()].every(({ writer }) => writer !== left)) {
        violate(`${holder} was granted epoch ${fact.after.epoch} to leave ${left}, which was left already`);
      }
      const cooledAt = endedAt + (world.plan.policy.cooldownSeconds - 60) * 1000;
      if (!acknowledged) violate(`${holder} was granted epoch ${fact.after.epoch} before a person acknowledged the last failover`);
      // A person starts a failback; only the acknowledgement holds it up (I17).
      else if (fact.at < cooledAt && fact.after.failback !== true) violate(`${holder} was granted epoch ${fact.after.epoch} during the cooldown`);
    },
  };
};

/**
 * I13. A caller that has read a pause, or an abort of itself, asks for nothing destructive any more; and nobody acts without reading. What
 * a person has said once stands until that execution has concluded, whatever the lease says meanwhile.
 */
export const pauseWins: MakeCheck = (world, violate) => {
  // An abort of a drill asks for its return, which is all that it does from there.
  const returning = new Set<string>();
  const asked = new Map<string, number>();
  return {
    invariant: 'I13',
    onFact: (fact) => {
      if (fact.kind === 'state' && fact.state === 'Turn back') returning.add(fact.execution);
      if (fact.kind === 'lease') for (const name of abortedIn(fact.after)) if (!asked.has(name) && !isAborted(fact.before, name)) asked.set(name, fact.at);
      if (fact.kind === 'journaled' && ['Conclude', 'Settle drill'].includes(fact.entry.step)) asked.delete(fact.entry.execution);
      if (fact.kind === 'called' && fact.caller.kind === 'step' && DESTRUCTIVE.has(fact.port)) {
        const stopped = stoppedBy(fact.caller, world, returning, asked);
        if (stopped !== undefined) violate(`${fact.port} by ${fact.caller.execution ?? ''} ${stopped}`);
      }
      if (fact.kind === 'lease' && fact.after.epoch > fact.before.epoch && (fact.before.pausedUntil ?? 0) > fact.at + world.plan.permit.clockErrorSeconds * 1000) {
        violate(`epoch ${fact.after.epoch} was granted during a pause`);
      }
      if (fact.kind === 'lease' && fact.after.epoch > fact.before.epoch && asked.has(fact.after.holder ?? '')) violate(`epoch ${fact.after.epoch} was granted to ${fact.after.holder ?? ''}, which a person had asked to stop`);
    },
  };
};

function stoppedBy(caller: Caller, world: World, returning: ReadonlySet<string>, asked: ReadonlyMap<string, number>): string | undefined {
  const now = world.places.now(caller.place);
  if ((caller.lease?.pausedUntil ?? 0) > now) return 'after it had read that it is paused';
  const askedAt = asked.get(caller.execution ?? '');
  if (askedAt !== undefined && (caller.lease?.at ?? 0) > askedAt && !returning.has(caller.execution ?? '')) return 'after it had read the lease in which a person had asked it to stop';
  return undefined;
}
