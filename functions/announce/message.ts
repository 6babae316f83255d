// What people are told: what was seen, what happened, what may be lost and what to do. One message per incident and moment.
import type { FailbackOutcome } from '../../domain/failback.ts';
import type { Failover, Outcome } from '../../domain/journal.ts';
import { WAS_LEFT } from '../../domain/lease.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Announcement, Card } from '../../domain/ports.ts';

export type AnnounceInput =
  | { readonly moment: 'failing-over'; readonly failover: Failover; readonly reason: string }
  | { readonly moment: 'concluded'; readonly failover: Failover; readonly conclusion: Concluded };
interface Concluded {
  readonly outcome: Outcome | FailbackOutcome; readonly step: string; readonly reason: string; readonly epoch?: number | undefined; readonly seconds: number; readonly runbook: string;
  readonly lossWindow?: { readonly from: Instant; readonly to: Instant; readonly seconds: number } | undefined;
}

export function message(input: AnnounceInput, plan: ApplicationPlan): Announcement {
  const { failover } = input;
  const route = `${failover.application}: ${failover.evacuated} -> ${survivorOf(plan, failover.evacuated)}`;
  const base = { application: failover.application, incident: failover.incident };
  if (input.moment === 'failing-over') {
    return { ...base, key: `${failover.incident}/${failover.execution}/failing-over`, severity: 'page', title: `Failing over ${route}`, lines: [input.reason, `Follow it with: hotshift why ${failover.execution}`], card: { state: 'failing over', seen: input.reason, next: `The writer in ${failover.evacuated} is fenced, ${survivorOf(plan, failover.evacuated)} is promoted, and users are moved there.`, question: null } };
  }
  const { conclusion } = input;
  if (failover.mode === 'failback') return failbackMessage(failover, conclusion);
  const loss = conclusion.lossWindow;
  const lines = [
    conclusion.reason,
    ...(loss === undefined ? [] : [lossText(loss)]),
    `Took ${conclusion.seconds} s; the RTO is ${plan.budgets.rtoSeconds} s.`,
    `What to do: ${conclusion.runbook}. Every gate: hotshift why ${failover.execution}`,
    ...(conclusion.outcome === 'Stood down' || conclusion.outcome === 'Failed back' ? [] : ['No automatic failover follows until a person runs: hotshift ack']),
  ];
  return { ...base, key: keyOf(failover, conclusion), severity: severity(conclusion), title: `${conclusion.outcome}: ${route}`, lines, card: cardOf(conclusion, failover, plan) };
}

/** Of a failback, which a person has asked for and follows. */
function failbackMessage({ application, incident, execution, mode }: Failover, { outcome, reason, seconds, step, runbook }: Concluded): Announcement {
  const title = outcome === 'Stood down' ? `Failback stood down: ${application}` : `${outcome}: ${application}${outcome === 'Handed to a human' ? ` (${mode})` : ''}`;
  return {
    application, incident, key: `${execution}/${outcome}`, severity: outcome === 'Handed to a human' ? 'page' : 'info', title,
    lines: [reason, `Took ${seconds} s.`, `What to do: ${runbook}. Every gate: hotshift why ${execution}`],
    card: { state: outcome.toLowerCase(), question: null, next: `See ${runbook}.`, ...(outcome === 'Failed back' ? {} : { refused: [`${step}: ${reason}`] }) },
  };
}

function cardOf({ outcome, step, reason, seconds, lossWindow, runbook }: Concluded, failover: Failover, { budgets, application }: ApplicationPlan): Card {
  const acted = outcome === 'Failed over';
  return {
    state: outcome.toLowerCase(), question: null,
    next: acted ? `Acknowledge it (hotshift ack ${application}); nothing automatic happens before.` : `Nothing more by itself. See ${runbook}.`,
    ...(acted ? {} : { refused: [`${step}: ${reason}`] }),
    spent: `RTO: ${seconds} s of ${budgets.rtoSeconds} s. RPO: ${lossWindow === undefined ? 'nothing was promoted' : lossWindow.from > 0 ? `${lossWindow.seconds} s` : 'unknown'} of ${budgets.rpoSeconds} s. (${failover.execution})`,
  };
}

/**
 * While an incident lasts, the workflow stands down again and again: that is told once for each step at which it did, since "not enough
 * votes yet" must not silence "confirmed, but nobody may act". What acted is told every time.
 */
function keyOf(failover: Failover, conclusion: Concluded): string {
  return conclusion.outcome === 'Stood down' ? `${failover.incident}/stood-down/${conclusion.step}` : `${failover.incident}/${failover.execution}/${conclusion.outcome}`;
}

/** A confirmed outage that is not acted on (paused, cooling down, not acknowledged) needs a person as much as one that was. */
const severity = ({ outcome, step, reason }: Concluded): Announcement['severity'] =>
  (outcome === 'Stood down' && (step !== 'Claim lease' || reason.includes(WAS_LEFT)) ? 'warning' : 'page');
/** A window without a beginning is no number of seconds: nobody knows how much was lost. */
const lossText = ({ from, to, seconds }: NonNullable<Concluded['lossWindow']>): string =>
  (from > 0 ? `Writes acknowledged between ${iso(from)} and ${iso(to)} (${seconds} s) may be lost.` : `An unknown amount of writes acknowledged before ${iso(to)} may be lost.`);
const iso = (at: Instant): string => new Date(at).toISOString();
