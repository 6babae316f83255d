// I17: a failback is a switchover that a person asked for. Both regions are well when it begins, the last failover was acknowledged, nothing
// that was acknowledged is lost by it, and one that says that it is done leaves a whole pair behind.
import { survivorOf } from '../../domain/plan.ts';
import { type MakeCheck } from './check.ts';

export const failbackIsPlanned: MakeCheck = (world, violate) => {
  const acknowledged = new Map<string, Set<number>>();
  const goneAt = new Map<string, number>();
  const known = (database: string): Set<number> => acknowledged.get(database) ?? new Set();
  return {
    invariant: 'I17',
    onFact: (fact) => {
      if (fact.kind === 'acknowledged') acknowledged.set(fact.database, known(fact.database).add(fact.id));
      if (fact.kind === 'lease' && fact.after.epoch > fact.before.epoch && fact.after.failback === true) {
        const run = world.executions.runs.get(fact.after.holder ?? '');
        if (run?.failback !== true) violate(`epoch ${fact.after.epoch} was granted for a failback to ${fact.after.holder ?? 'nobody'}, which is none`);
        if (fact.before.acknowledgementDue) violate(`epoch ${fact.after.epoch} was granted for a failback before a person acknowledged the last failover`);
        const gone = world.plan.regions.filter((region) => fact.at - (goneAt.get(region) ?? fact.at) > 60_000);
        if (gone.length > 0) violate(`epoch ${fact.after.epoch} was granted for a failback while ${gone.join(' and ')} was gone`);
      }
      for (const region of world.plan.regions) {
        if (world.places.state(region) === 'up') goneAt.delete(region);
        else if (!goneAt.has(region)) goneAt.set(region, fact.at);
      }
      if (fact.kind === 'acted' && fact.port === 'database.promote' && world.executions.runs.get(fact.caller.execution ?? '')?.failback === true) {
        const { database, region } = fact.detail as { readonly database: string; readonly region: string };
        const pair = world.pair(database);
        pair.advance();
        const [held, old] = [new Set(pair.in(region).log.map(({ id }) => id)), pair.in(survivorOf(world.plan, region))];
        const lacking = old.log.filter(({ id }) => id !== 0 && known(database).has(id) && !held.has(id));
        if (pair.in(region).inRecovery && lacking.length > 0) violate(`a failback promotes ${database} in ${region}, which lacks ${lacking.length} acknowledged writes`);
      }
      if (fact.kind === 'ended' && fact.outcome === 'Failed back') whole();
    },
  };

  function whole(): void {
    for (const pair of world.pairs) {
      const permit = world.table.permits.get(pair.name);
      if (permit === undefined || permit.withdrawn) return violate(`a failback ended "Failed back" and nobody may write to ${pair.name}`);
      const replica = pair.in(survivorOf(world.plan, permit.writer));
      if (!replica.exists || !replica.inRecovery || replica.source !== permit.writer) violate(`a failback ended "Failed back" and ${pair.name} in ${replica.region} is no replica of ${permit.writer}`);
      for (const instance of pair.instances.values()) if (!instance.networkOpen && world.table.intents.get(`${pair.name}#${instance.region}`)?.enforced?.networkClosed === true) violate(`a failback ended "Failed back" and ${pair.name} in ${instance.region} is still closed`);
    }
    const open = [...world.table.intents.values()].filter(({ liftedAt }) => liftedAt === undefined);
    if (open.length > 0) violate(`a failback ended "Failed back" and an order to fence ${open[0]?.database ?? ''} in ${open[0]?.region ?? ''} stands`);
  }
};
