// What people are told of a snapshot of lost writes and of writes that Aurora could not block, and what a copy is called. Pure.
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Region } from '../../domain/plan.ts';
import type { Announcement, WriteBlock } from '../../domain/ports.ts';

const SYSTEM = /^rds:unplanned-global-failover-/;

/** RDS takes 63 characters for the copy: the end tells one failover from the next one, so that it stays. Colons are RDS's own. */
export function copyOf(snapshot: string): string {
  const [beginning, rest] = ['hotshift-lost-writes-', snapshot.replace(SYSTEM, '')];
  const room = 63 - beginning.length;
  return `${beginning}${rest.slice(-room)}`.replace(/[^A-Za-z0-9-]/g, '-').replace(/-{2,}/g, '-').replace(/-$/, '');
}

export function keptPage(snapshot: string, as: string, database: DatabasePlan, region: Region, plan: ApplicationPlan): Announcement {
  return {
    key: `lost-writes/${database.name}/${snapshot}`, application: plan.application, incident: `lost-writes-${database.name}`, severity: 'page',
    title: `Snapshot of lost writes: ${plan.application}/${database.name} in ${region}`,
    lines: [
      `Aurora gave the old cluster a new volume and kept the old one as ${snapshot}; it is copied as ${as}, which no retention deletes.`,
      `Restore ${as} in ${region} as a cluster of its own and compare it with the writer in ${survivorOf(plan, region)}; nothing is replayed by itself.`,
    ],
  };
}

export function blockPage({ at, text }: WriteBlock, database: DatabasePlan, plan: ApplicationPlan): Announcement {
  return {
    key: `write-block/${database.name}/${at}`, application: plan.application, incident: `write-block-${database.name}`, severity: 'page',
    title: `Aurora could not block writes: ${plan.application}/${database.name}`,
    lines: [
      `${text} (${new Date(at).toISOString()})`,
      'The failover goes on all the same. Servers without a permit write nothing, and the agent there closes the network; who ignores both may have written to the old cluster.',
      'Look for such writes in the snapshot of the old volume, once its region is back.',
    ],
  };
}
