// May a failback begin, and from where does it go on? Everything must be well but for what it is there to mend; a failover that was not
// acknowledged was not looked at. Pure.
import { isFresh } from '../../domain/freshness.ts';
import { gate, type Gate } from '../../domain/journal.ts';
import type { FenceIntent, Lease, Permit } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import { survivorOf, vantagePointsOf, type ApplicationPlan, type Instant, type Region } from '../../domain/plan.ts';
import type { InstanceFacts } from '../../domain/ports.ts';
import { blocksOf } from '../../domain/control.ts';

export interface DatabaseFound {
  readonly database: string;
  readonly permit: Permit | undefined;
  /** Orders of both regions. */
  readonly orders: readonly FenceIntent[];
  /** The instance of the region that has the writer. */
  readonly writer: InstanceFacts | undefined;
}
export interface Found { readonly lease: Lease; readonly observations: readonly Observation[]; readonly databases: readonly DatabaseFound[] }

/** `writer`: the region that has it now. `resumes`: permits of it are withdrawn, so the switchover is gone on with. */
export interface Direction { readonly writer: Region; readonly resumes: boolean; readonly trouble?: string }

/** Where the writer is, by the permits: what servers obey is the truth about it. */
export function direction(plan: ApplicationPlan, found: readonly DatabaseFound[], home: Region): Direction {
  const other = survivorOf(plan, home);
  const missing = found.filter(({ permit }) => permit === undefined).map(({ database }) => database);
  if (missing.length > 0) return { writer: other, resumes: false, trouble: `no permit was ever granted for ${missing.join(', ')}` };
  const stuck = found.filter(({ permit }) => permit?.withdrawn === true && permit.writer === home).map(({ database }) => database);
  if (stuck.length > 0) return { writer: home, resumes: false, trouble: `the permits of ${stuck.join(', ')} for ${home} are withdrawn: a failover out of it is not finished` };
  if (found.every(({ permit }) => permit?.writer === home)) return { writer: home, resumes: false };
  const withdrawn = found.some(({ permit }) => permit?.withdrawn === true);
  const mixed = found.some(({ permit }) => permit?.writer === home);
  return { writer: other, resumes: withdrawn || mixed };
}

/** A drill begins with a whole pair and moves something; what is half done is a failback's to end. */
export const drillGate = ({ writer, resumes }: Direction, home: Region): Gate =>
  gate('switchover', [...(resumes ? ['a failback ended in the middle of its switchover'] : []), ...(writer === home ? [`the writer is in ${home} already`] : [])], 'a whole pair whose writer is in the other region');

export function gatesOf(plan: ApplicationPlan, found: Found, { writer, resumes, trouble }: Direction, now: Instant): readonly Gate[] {
  // A failback is no repetition of the failover: its cooldown does not hold it up.
  const { cooldownUntil: _cooldown, ...lease } = found.lease;
  return [
    gate('lease', blocksOf(lease, now), 'no pause, no other execution, the last failover acknowledged'),
    gate('permits', trouble === undefined ? [] : [trouble], 'they say where the writer is'),
    gate('quorum', unwell(plan, found.observations, writer, resumes, now), `${plan.detection.quorum} vantage points see ${writer} serve and write, and ${survivorOf(plan, writer)} answer`),
    gate('writer', found.databases.flatMap(({ database, writer: instance, permit }) => (permit?.writer !== writer ? [] : instanceProblems(database, instance))), 'available, no replica, with backups, without which it can have no replica'),
  ];
}

/** The other region answers, and nothing but its database may be amiss: that one is fenced, and is what is to be mended. */
function unwell(plan: ApplicationPlan, observations: readonly Observation[], writer: Region, resumes: boolean, now: Instant): readonly string[] {
  const fresh = observations.filter((entry) => isFresh(entry, plan, now) && vantagePointsOf(plan).includes(entry.vantagePoint));
  const well = ({ target, result, write, databaseOnly }: Observation): boolean =>
    (target === writer && !resumes ? result === 'up' && write === 'ok' : result === 'up' || result === 'slow' || databaseOnly === true);
  return plan.regions.flatMap((region) => {
    const seen = fresh.filter((entry) => entry.target === region && well(entry));
    return seen.length >= plan.detection.quorum ? [] : [`${seen.length} vantage points see ${region} ${region === writer ? 'serve and write' : 'answer'}`];
  });
}

function instanceProblems(database: string, instance: InstanceFacts | undefined): readonly string[] {
  if (instance === undefined) return [`RDS does not know the writer of ${database}`];
  return [
    ...(instance.status === 'available' || instance.status === 'backing-up' ? [] : [`the writer of ${database} is ${instance.status}`]),
    ...(instance.isReplica ? [`the writer of ${database} is a replica of ${instance.sourceIdentifier ?? 'another one'}`] : []),
    ...(instance.backupRetentionDays > 0 ? [] : [`the writer of ${database} has no automated backups`]),
  ];
}
