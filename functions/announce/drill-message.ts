// What people are told of a drill: that it begins, since they will see users move, and what it was worth.
import type { DrillMode, DrillOutcome } from '../../domain/drill.ts';
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan } from '../../domain/plan.ts';
import type { Announcement } from '../../domain/ports.ts';

export type DrillInput =
  | { readonly moment: 'drilling'; readonly failover: Failover; readonly reason: string }
  | { readonly moment: 'drilled'; readonly failover: Failover; readonly settled: SettledDrill };
interface SettledDrill { readonly mode: DrillMode; readonly outcome: DrillOutcome; readonly step: string; readonly reason: string; readonly seconds: number; readonly heldSeconds: number; readonly runbook: string }

/** Only users that are not back wake anybody. */
const SEVERITY: Readonly<Record<DrillOutcome, Announcement['severity']>> = {
  'Drill passed': 'info', 'Drill stopped': 'warning', 'Drill refused': 'warning', 'Drill yielded': 'warning', 'Handed to a human': 'page',
};

export function drillMessage(input: DrillInput, plan: ApplicationPlan): Announcement {
  const { failover } = input;
  const route = `${failover.application}: ${failover.evacuated} -> ${survivorOf(plan, failover.evacuated)}`;
  const base = { application: failover.application, incident: failover.incident };
  if (input.moment === 'drilling') {
    return {
      ...base, key: `${failover.execution}/drilling`, severity: 'info', title: `Drill begins: ${route}`,
      lines: ['Nothing is broken. Users are moved in steps and come back.', `Bring them back at once: hotshift abort ${failover.execution}`], card: { state: 'drill', seen: 'nothing is broken' },
    };
  }
  const { mode, outcome, step, reason, seconds, heldSeconds, runbook } = input.settled;
  return {
    ...base, key: `${failover.execution}/${outcome}`, severity: SEVERITY[outcome], title: `${outcome === 'Handed to a human' ? 'Drill handed to a human' : outcome}: ${route}`,
    lines: [
      `${step}: ${reason}`, mode === 'switchover' ? `Took ${seconds} s.` : `Took ${seconds} s; all users were in one region for ${Math.round(heldSeconds)} s.`,
      ...(mode === 'switchover' && outcome === 'Drill passed' ? [`The writer stays in ${survivorOf(plan, failover.evacuated)}; the next switchover is the way back.`] : []),
      ...(outcome === 'Handed to a human' && mode === 'switchover' ? [`The writer or the users may be half-way. When you have looked: hotshift failback ${failover.application} --plan`] : []),
      ...(outcome === 'Handed to a human' && mode !== 'switchover' ? [`Users or capacity may not be back. When you have looked: hotshift drill ${failover.application} --return`] : []),
      `See ${runbook}. Every step: hotshift report ${failover.execution}`,
    ],
    card: { state: outcome.toLowerCase(), next: outcome === 'Handed to a human' ? `See ${runbook}.` : 'Nothing more.' },
  };
}
