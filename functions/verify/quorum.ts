// Do enough vantage points agree that a region is down, and is the other one fit to take over?
// Silence, a sick monitor and old evidence are not votes; "both look down" means that the monitor or the world is sick.
import { isFresh } from '../../domain/freshness.ts';
import type { Observation, Verdict, VoteCount } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import { survivorOf, vantagePointsOf } from '../../domain/plan.ts';

export type Vote = 'down' | 'healthy' | 'abstained' | 'silent';
interface Ballot { readonly vantagePoint: Region; readonly vote: Vote; readonly observation?: Observation | undefined }

/** The vote of one vantage point on one region, from its newest observation. A run of failures that is still too short is silence. */
export function vote(observation: Observation | undefined, plan: ApplicationPlan, now: Instant): Vote {
  if (observation === undefined) return 'silent';
  if (!isFresh(observation, plan, now)) return 'silent';
  if (observation.result === 'abstained') return 'abstained';
  if (!isOutage(observation)) return 'healthy';
  return observation.consecutiveFailures >= plan.detection.failuresToSuspect && lastedLong(observation, plan) ? 'down' : 'silent';
}

/**
 * A number of failures is no length of time: two runs of an agent may look twice within a second. Rounds may be a fifth early. And a
 * region that answers without its database is given the time in which RDS moves it to another zone.
 */
function lastedLong({ at, failingSince, databaseOnly }: Observation, { detection }: ApplicationPlan): boolean {
  // Without a begin only the count is known.
  if (failingSince === undefined) return databaseOnly !== true;
  const lastedSeconds = (at - failingSince) / 1000;
  if (databaseOnly === true && lastedSeconds < detection.databaseOutageSeconds) return false;
  return lastedSeconds >= (detection.failuresToSuspect - 1) * detection.probeIntervalSeconds * 0.8;
}

/** A region that cannot write is only out itself if the writer is there; otherwise it suffers from the other one. */
export function isOutage(observation: Pick<Observation, 'result' | 'writer' | 'target'>): boolean {
  if (observation.result === 'down') return true;
  return observation.result === 'impaired' && (observation.writer === undefined || observation.writer === observation.target);
}

/**
 * Counts the votes on `evacuated` and holds them against the survivor's.
 * `down` needs: K of N say down, one of them the witness, and K of those that say so see the survivor serve.
 */
export function quorum(observations: readonly Observation[], plan: ApplicationPlan, evacuated: Region, now: Instant): Verdict {
  const seen = (vantagePoint: Region, target: Region): Observation | undefined =>
    observations.find((entry) => entry.vantagePoint === vantagePoint && entry.target === target);
  const ballots = discardOutdated(vantagePointsOf(plan).map((vantagePoint) => {
    const observation = seen(vantagePoint, evacuated);
    return { vantagePoint, observation, vote: vote(observation, plan, now) };
  }));
  const votes = count(ballots, plan.detection.quorum);
  const accusers = ballots.filter((ballot) => ballot.vote === 'down').map((ballot) => ballot.vantagePoint);
  const survivor = survivorOf(plan, evacuated);
  const bothDown = accusers.filter((vantagePoint) => vote(seen(vantagePoint, survivor), plan, now) === 'down');
  const serving = accusers.filter((vantagePoint) => serves(seen(vantagePoint, survivor), plan, now));

  if (bothDown.length >= plan.detection.quorum) {
    return { kind: 'undecided', final: true, votes, reason: `both regions look down from ${bothDown.join(' and ')}: the monitor or the world is sick` };
  }
  if (votes.down < votes.needed) return tooFew(votes, evacuated, ballots, plan);
  if (!accusers.includes(plan.witness)) {
    return { kind: 'undecided', final: false, votes, reason: `${summary(votes, evacuated)}, but the witness ${plan.witness} does not say so` };
  }
  if (serving.length < votes.needed) {
    return { kind: 'undecided', final: false, votes, reason: `the survivor ${survivor} is seen serving by ${serving.length} of the ${accusers.length} that see ${evacuated} down; ${votes.needed} needed` };
  }
  return { kind: 'down', final: true, votes, reason: `${summary(votes, evacuated)}; ${survivor} serves` };
}

/** A "healthy" seen before the accusers' first failure says nothing about the time since: the vantage point may be dead itself. */
function discardOutdated(ballots: readonly Ballot[]): readonly Ballot[] {
  const since = ballots.flatMap((ballot) => (ballot.vote === 'down' && ballot.observation?.failingSince !== undefined ? [ballot.observation.failingSince] : []));
  // Nobody accuses: health contradicts nobody and stands.
  if (since.length === 0) return ballots;
  const accusedSince = Math.min(...since);
  return ballots.map((ballot) =>
    ballot.vote === 'healthy' && (ballot.observation?.at ?? 0) < accusedSince ? { ...ballot, vote: 'silent' } : ballot);
}

/** A survivor is fit if it answers and reads; it cannot be asked to write while the writer is elsewhere and gone. */
function serves(observation: Observation | undefined, plan: ApplicationPlan, now: Instant): boolean {
  if (observation === undefined || vote(observation, plan, now) !== 'healthy') return false;
  return observation.result === 'up' || observation.result === 'impaired';
}

function tooFew(votes: VoteCount, evacuated: Region, ballots: readonly Ballot[], plan: ApplicationPlan): Verdict {
  const abstaining = ballots.filter((ballot) => ballot.vote === 'abstained').map((ballot) => ballot.vantagePoint);
  const slow = ballots.filter((ballot) => ballot.vote === 'healthy' && ballot.observation?.result === 'slow').length;
  const waiting = ballots.filter((ballot) => ballot.vote === 'silent' && ballot.observation?.databaseOnly === true && isOutage(ballot.observation)).map((ballot) => ballot.vantagePoint);
  const remarks = [
    abstaining.length > 0 ? `${abstaining.join(', ')} cannot reach the control endpoint: the monitor is sick there` : '',
    waiting.length > 0 ? `${waiting.join(', ')} get answers without a database, which is given ${plan.detection.databaseOutageSeconds} s to move to another zone` : '',
    slow > 0 ? `${slow} see it slow: a grey failure, which pages and moves nothing` : '',
  ].filter((remark) => remark !== '');
  const reason = [`${summary(votes, evacuated)}; ${votes.needed} needed`, ...remarks].join('; ');
  // Enough healthy votes make a quorum impossible: no need to wait for the rest.
  const impossible = votes.healthy > votes.of - votes.needed;
  return { kind: impossible ? 'healthy' : 'undecided', final: impossible, votes, reason };
}

const summary = (votes: VoteCount, region: Region): string =>
  `${votes.down} of ${votes.of} vantage points see ${region} down (${votes.healthy} healthy, ${votes.abstained} abstaining, ${votes.silent} silent)`;

function count(ballots: readonly Ballot[], needed: number): VoteCount {
  const of = (kind: Vote): number => ballots.filter((ballot) => ballot.vote === kind).length;
  return { down: of('down'), healthy: of('healthy'), abstained: of('abstained'), silent: of('silent'), needed, of: ballots.length };
}
