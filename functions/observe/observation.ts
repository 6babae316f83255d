// From one probe's outcome and the view before it to the new view of a region. A sick monitor abstains.
import type { Observation, ObservationResult, ProbeOutcome } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';

export interface Probe {
  readonly vantagePoint: Region;
  readonly target: Region;
  readonly outcome: ProbeOutcome;
  /** Could this vantage point reach the control endpoint in the same round? */
  readonly control: boolean;
  readonly at: Instant;
}

/** The new observation. A failure while the control endpoint is out of reach is not evidence against the target. */
export function observation(previous: Observation | undefined, probe: Probe, plan: ApplicationPlan): Observation {
  const { result, reason } = judge(probe, plan);
  const bad = result === 'down' || result === 'impaired' || result === 'slow';
  const wrote = probe.outcome.write === 'ok';
  const lastWriteAt = wrote ? probe.at : previous?.lastWriteAt;
  const unwritten = wrote ? undefined : unwrittenSince(previous, { result, at: probe.at }, plan);
  // A region that gives no answer cannot say who the writer is: what it said last still stands.
  const writer = probe.outcome.writer ?? previous?.writer;
  const continues = bad && previous !== undefined && sameRun(previous, { result, target: probe.target, writer });
  const epoch = probe.outcome.epoch ?? previous?.epoch;
  return {
    application: plan.application, vantagePoint: probe.vantagePoint, target: probe.target, at: probe.at,
    result, reason, latencyMs: probe.outcome.latencyMs, write: probe.outcome.write,
    consecutiveFailures: bad ? (continues ? previous.consecutiveFailures + 1 : 1) : 0,
    ...(bad ? { failingSince: continues ? previous.failingSince ?? probe.at : probe.at } : {}),
    ...(lastWriteAt === undefined ? {} : { lastWriteAt }),
    ...(unwritten === undefined ? {} : { unwrittenSince: unwritten }),
    ...(writer === undefined ? {} : { writer }),
    ...(epoch === undefined ? {} : { epoch }),
    // It answers, and says that its database does not.
    ...(probe.outcome.answered && (result === 'down' || result === 'impaired') ? { databaseOnly: true as const } : {}),
  };
}

/** Who did not look for a while cannot say what was written meanwhile: the run begins anew. A sick monitor looked at nothing. */
function unwrittenSince(previous: Observation | undefined, { result, at }: Pick<Observation, 'result' | 'at'>, { detection }: ApplicationPlan): Instant | undefined {
  const since = previous !== undefined && at - previous.at <= detection.evidenceAgeSecondsMax * 1000 ? previous.unwrittenSince : undefined;
  return since ?? (result === 'abstained' ? undefined : at);
}

type Accusation = Pick<Observation, 'result' | 'target'> & { readonly writer?: Region | undefined };

/**
 * `down` and `impaired` are one run of failures (a dying region passes through both); `slow` is a run of its own. So is suffering
 * from a writer elsewhere: else the first real failure after it would count as a long run of them.
 */
function sameRun(before: Accusation, now: Accusation): boolean {
  if (now.result === 'slow') return before.result === 'slow';
  return (before.result === 'down' || before.result === 'impaired') && isAboutTarget(before) === isAboutTarget(now);
}

const isAboutTarget = ({ result, target, writer }: Accusation): boolean => result === 'down' || writer === undefined || writer === target;

/** Does it speak against the region? A refused write is the fence at work. */
export const isBad = ({ answered, read, write }: ProbeOutcome): boolean => !answered || read !== 'ok' || write === 'failed';

function judge(probe: Probe, plan: ApplicationPlan): { readonly result: ObservationResult; readonly reason: string } {
  const { outcome } = probe;
  if (isBad(outcome) && !probe.control) return { result: 'abstained', reason: 'the control endpoint cannot be reached either' };
  if (!outcome.answered || outcome.read !== 'ok') {
    return { result: 'down', reason: [outcome.failure ?? 'read-failed', outcome.detail].filter(Boolean).join(': ') };
  }
  if (outcome.write === 'failed') return { result: 'impaired', reason: outcome.detail ?? 'reads work, writes do not' };
  // A refused write is the fence at work, not an outage.
  if (outcome.latencyMs / 1000 > plan.detection.slowSeconds) {
    return { result: 'slow', reason: `answered after ${outcome.latencyMs.toFixed(0)} ms; slow is more than ${plan.detection.slowSeconds} s` };
  }
  return { result: 'up', reason: outcome.write === 'ok' ? 'reads and writes' : `reads; write ${outcome.write}` };
}
