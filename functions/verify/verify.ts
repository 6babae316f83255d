// Verify outage: gather what all vantage points saw, ask the quorum, and say when to look again while it may still change.
import type { Failover } from '../../domain/journal.ts';
import type { Verdict } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { quorum } from './quorum.ts';

export interface VerifyResult { readonly verdict: Verdict; readonly nextCheckAt?: string }

export const verify = ({ observations, journal, clock }: Pick<Ports, 'observations' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover }: { readonly failover: Failover }): Promise<VerifyResult> => {
    const seen = await observations.list(failover.application);
    const now = clock.now();
    const result = settle(quorum(seen, plan, failover.evacuated, now), plan, failover, now);
    await journal.record({
      execution: failover.execution, application: failover.application, at: now, step: 'Verify outage', kind: 'gate',
      summary: `${result.verdict.kind}: ${result.verdict.reason}`,
      gates: [{
        gate: 'quorum', passed: result.verdict.kind === 'down',
        value: `${result.verdict.votes.down} of ${result.verdict.votes.of} see ${failover.evacuated} down`,
        threshold: `${plan.detection.quorum}, one of them ${plan.witness}, evidence at most ${plan.detection.evidenceAgeSecondsMax} s old, survivor serving`,
        evidence: result.verdict.reason,
      }],
      evidence: seen,
    });
    return result;
  };

/** While it may change, look again after half a probe interval; after the wait is spent, "undecided" is the answer. */
function settle(verdict: Verdict, plan: ApplicationPlan, failover: Failover, now: Instant): VerifyResult {
  if (verdict.final) return { verdict };
  const waitedSeconds = (now - failover.startedAt) / 1000;
  if (waitedSeconds >= plan.detection.evidenceWaitSeconds) {
    return { verdict: { ...verdict, final: true, reason: `${verdict.reason} (after ${waitedSeconds.toFixed(0)} s of waiting for more evidence)` } };
  }
  return { verdict, nextCheckAt: new Date(now + plan.detection.probeIntervalSeconds * 500).toISOString() };
}
