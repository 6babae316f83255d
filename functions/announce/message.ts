// What people are told: what was seen, what happened, what may be lost and what to do. One message per incident and moment.
import type { Failover, Outcome } from '../../domain/journal.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Announcement } from '../../domain/ports.ts';

export type AnnounceInput =
  | { readonly moment: 'failing-over'; readonly failover: Failover; readonly reason: string }
  | { readonly moment: 'concluded'; readonly failover: Failover; readonly conclusion: Concluded };
interface Concluded {
  readonly outcome: Outcome; readonly step: string; readonly reason: string; readonly epoch?: number | undefined; readonly seconds: number; readonly runbook: string;
  readonly lossWindow?: { readonly from: Instant; readonly to: Instant; readonly seconds: number } | undefined;
}

export function message(input: AnnounceInput, plan: ApplicationPlan): Announcement {
  const { failover } = input;
  const route = `${failover.application}: ${failover.evacuated} -> ${survivorOf(plan, failover.evacuated)}`;
  const base = { application: failover.application, incident: failover.incident };
  if (input.moment === 'failing-over') {
    return { ...base, key: `${failover.incident}/${failover.execution}/failing-over`, severity: 'page', title: `Failing over ${route}`, lines: [input.reason, `Follow it with: hotshift why ${failover.execution}`] };
  }
  const { conclusion } = input;
  const loss = conclusion.lossWindow;
  const lines = [
    conclusion.reason,
    ...(loss === undefined ? [] : [`Writes acknowledged between ${iso(loss.from)} and ${iso(loss.to)} (${loss.seconds} s) may be lost.`]),
    `Took ${conclusion.seconds} s; the RTO is ${plan.budgets.rtoSeconds} s.`,
    `What to do: ${conclusion.runbook}. Every gate: hotshift why ${failover.execution}`,
    ...(conclusion.outcome === 'Stood down' ? [] : ['No automatic failover follows until a person runs: hotshift ack']),
  ];
  return { ...base, key: keyOf(failover, conclusion), severity: severity(conclusion), title: `${conclusion.outcome}: ${route}`, lines };
}

/**
 * While an incident lasts, the workflow stands down again and again: that is told once for each step at which it did, since "not enough
 * votes yet" must not silence "confirmed, but nobody may act". What acted is told every time.
 */
function keyOf(failover: Failover, conclusion: Concluded): string {
  return conclusion.outcome === 'Stood down' ? `${failover.incident}/stood-down/${conclusion.step}` : `${failover.incident}/${failover.execution}/${conclusion.outcome}`;
}

/** A confirmed outage that is not acted on (paused, cooling down, not acknowledged) needs a person as much as one that was. */
const severity = ({ outcome, step }: Concluded): Announcement['severity'] => (outcome === 'Stood down' && step !== 'Claim lease' ? 'warning' : 'page');
const iso = (at: Instant): string => new Date(at).toISOString();
