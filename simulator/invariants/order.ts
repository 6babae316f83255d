// I9, I10 and I18: fence before promote before writes, never zero regions serving, and no call to the region that is being left.
import type { Permit } from '../../domain/lease.ts';
import type { Region } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import { DESTRUCTIVE, type MakeCheck } from './check.ts';

/** I9. When a promotion takes effect nobody can write to the old writer; when writes are granted a commit was proven there. */
export const fenceBeforePromote: MakeCheck = (world, violate) => ({
  invariant: 'I9',
  onFact: (fact) => {
    if (fact.kind !== 'acted') return;
    if (fact.port === 'database.promote') {
      const { database, region } = fact.detail as { readonly database: string; readonly region: Region };
      if (!world.pair(database).in(region).inRecovery) return;
      const old = world.pair(database).in(survivorOf(world.plan, region));
      if (!old.networkOpen && !old.sessionsLive) return;
      const holders = world.servers.filter((server) => server.name.startsWith(`${database}-`) && world.places.state(server.region) !== 'dead' && server.permit().writable && server.permit().writer === old.region);
      const [holder] = holders;
      if (holder !== undefined) violate(`${database} is promoted in ${region} while ${holder.name} may write in ${old.region} for another ${(holder.permit().remainingMs / 1000).toFixed(2)} s`);
    }
    if (fact.port === 'permits.grant') {
      const { database, epoch, writer } = fact.detail as Pick<Permit, 'database' | 'epoch' | 'writer'>;
      if (!world.proven.has(`${database}#${writer}#${epoch}`)) violate(`writes of ${database} are granted to ${writer} under epoch ${epoch} before a commit was proven there`);
    }
  },
});

/** I10. Each set of records leaves some region with a weight, and that region was not accused itself. */
export const neverZeroRegions: MakeCheck = (world, violate) => ({
  invariant: 'I10',
  onFact: (fact) => {
    const { evacuated: leaving, holder } = world.table.lease;
    if (fact.kind === 'switch' && holder !== undefined && fact.next.evacuated !== undefined && fact.next.evacuated !== leaving) violate(`the switch leads users away from ${fact.next.evacuated}, which is not being left`);
    if (fact.kind === 'acted' && fact.port === 'controls.set') {
      const open = Object.entries(fact.detail as Readonly<Record<Region, boolean>>).filter(([, on]) => on).map(([region]) => region);
      if (open.length === 0 || (open.length === 1 && open[0] === leaving)) violate(`routing controls let users into ${open.join(', ') || 'no region'}`);
    }
    if (fact.kind !== 'weights') return;
    const serving = Object.entries(fact.weights).filter(([, weight]) => weight > 0).map(([region]) => region);
    if (serving.length === 0) violate(`no region has a weight in ${fact.record}`);
    const { evacuated, failback } = world.table.lease;
    // A failback moves users to and fro between two regions that are well, and rebuilds only the one without them.
    if (failback === true) return;
    if (serving.length === 1 && serving[0] === evacuated && world.table.lease.holder !== undefined) violate(`all traffic of ${fact.record} goes to ${evacuated}, the region that is being left`);
  },
});

/** I18. A step asks nothing of the region that is being left, directly or through a control plane there; one that a person starts there cannot help it. */
export const independentOfEvacuated: MakeCheck = (_world, violate) => ({
  invariant: 'I18',
  onFact: (fact) => {
    if (fact.kind === 'called' && fact.caller.kind === 'step' && fact.target === fact.caller.evacuated && fact.caller.place !== fact.target) violate(`${fact.caller.label} calls ${fact.port} in ${fact.target}, the region that is being left`);
  },
});

const STEP_OF: Readonly<Record<string, string>> = {
  'permits.withdraw': 'Fence writer', 'intents.record': 'Fence writer', 'database.promote': 'Promote replica',
  'permits.grant': 'Shift writes', 'traffic.pointWriter': 'Shift writes', 'traffic.setWeights': 'Shift reads',
  'switches.set': 'Shift reads', 'controls.set': 'Shift reads',
  'intents.lift': 'Rebuild replica', 'replicas.setAside': 'Rebuild replica', 'replicas.create': 'Rebuild replica',
};

/** I15. Before each destructive call its intent is in the journal; and what succeeded says so there. */
export const completeJournal: MakeCheck = (world, violate) => ({
  invariant: 'I15',
  onFact: (fact) => {
    if (fact.kind === 'acted' && fact.caller.kind === 'step' && DESTRUCTIVE.has(fact.port)) {
      const entries = world.table.journal.get(fact.caller.execution ?? '') ?? [];
      const step = STEP_OF[fact.port];
      if (!entries.some((entry) => entry.step === step && entry.kind === 'intent' && entry.epoch === fact.caller.epoch)) violate(`${fact.port} without an intent of "${step ?? ''}" in the journal`);
    }
    if (fact.kind === 'ended' && fact.outcome === 'Failed over') {
      const entries = world.table.journal.get(fact.execution) ?? [];
      for (const step of ['Verify outage', 'Claim lease', 'Assess survivor', 'Promote replica', 'Shift writes', 'Confirm service', 'Conclude']) {
        if (!entries.some((entry) => entry.step === step && entry.kind !== 'intent')) violate(`${fact.execution} ended "Failed over" without a result of "${step}" in the journal`);
      }
    }
  },
});
