// What deserves to be told after a rehearsal: findings that are new, and findings that are gone. Figures that move are no change.
import type { Finding, Remembered } from '../../domain/inventory.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import type { Announcement } from '../../domain/ports.ts';
import { keyOf } from './catalogue.ts';

export interface Change {
  /** Keys that people know of after the message. */
  readonly told: readonly string[];
  readonly appeared: readonly Finding[];
  readonly gone: readonly string[];
}

/** Information is never told. What could not be checked is told when it lasted for two rehearsals: one throttle is no news. */
export function changeOf(findings: readonly Finding[], before: Remembered | undefined): Change {
  const seenBefore = new Set(before?.seen ?? []);
  const lasting = findings.filter((found) => found.severity !== 'info' && (found.id !== 'not-checked' || seenBefore.has(keyOf(found))));
  const told = lasting.map(keyOf).sort();
  const toldBefore = new Set(before?.told ?? []);
  return { told, appeared: lasting.filter((found) => !toldBefore.has(keyOf(found))), gone: [...toldBefore].filter((key) => !told.includes(key)).sort() };
}

/** Lines shown at most; a deployment that is missing as a whole has a hundred. */
const LINES_MAX = 12;

export function changeMessage({ appeared, gone, told }: Change, plan: ApplicationPlan, region: Region, now: Instant): Announcement {
  const critical = appeared.filter(({ severity }) => severity === 'critical').length;
  const found = appeared.map((one) => `${one.severity.toUpperCase()} ${one.title}: ${one.subject} (${one.region}): ${one.evidence}. Fix: ${one.fix}`);
  const settled = gone.map((key) => `Settled: ${key}`);
  const lines = [...found, ...settled];
  return {
    key: `rehearsal/${region}/${now}`, application: plan.application, incident: `rehearsal-${region}`,
    severity: critical > 0 ? 'page' : appeared.length > 0 ? 'warning' : 'info',
    title: critical > 0 ? `A failover of ${plan.application} would not work now: ${critical} critical in ${region}` : `Rehearsal of ${plan.application} in ${region}: ${appeared.length} new, ${gone.length} settled, ${told.length} open`,
    lines: [...lines.slice(0, LINES_MAX), ...(lines.length > LINES_MAX ? [`and ${lines.length - LINES_MAX} more`] : []), 'All of it: hotshift check --aws'],
  };
}
