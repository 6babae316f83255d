// What a command is answered with, in a few lines for a phone. Pure.
import { blocksOf, isHeld } from '../../domain/control.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { Lease } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import { vantagePointsOf, type ApplicationPlan, type Instant } from '../../domain/plan.ts';

/** May Hotshift act, and who sees what. */
export function statusLines(plan: ApplicationPlan, lease: Lease, observations: readonly Observation[], now: Instant): readonly string[] {
  const blocks = blocksOf(lease, now);
  return [
    blocks.length === 0 ? `*${plan.application}*: automatic failover is possible` : `*${plan.application}*: automatic failover is blocked`,
    ...blocks.map((block) => `• ${block}`),
    ...(isHeld(lease, now) && lease.evacuated !== undefined ? [`• ${lease.evacuated} is being left (epoch ${lease.epoch})`] : []),
    ...plan.regions.map((target) => `${target}: ${vantagePointsOf(plan).map((place) => `${seen(observations, place, target, plan, now)} from ${place}`).join(', ')}`),
  ];
}

function seen(observations: readonly Observation[], vantagePoint: string, target: string, plan: ApplicationPlan, now: Instant): string {
  const found = observations.find((entry) => entry.vantagePoint === vantagePoint && entry.target === target);
  if (found === undefined) return 'never seen';
  const ageSeconds = Math.round((now - found.at) / 1000);
  return ageSeconds > plan.detection.evidenceAgeSecondsMax ? `${found.result} (${ageSeconds} s old: no evidence)` : found.result;
}

/** Slack shows some forty lines before it folds them away. */
const LINES_MAX = 20;

/** The gates that did not pass, people's words, and the end. */
export function whyLines(execution: string, entries: readonly JournalEntry[]): readonly string[] {
  if (entries.length === 0) return [`nothing is journaled under ${execution}`];
  const ordered = [...entries].sort((left, right) => left.at - right.at);
  const startedAt = ordered[0]?.at ?? 0;
  const lines = ordered.flatMap((entry) => {
    const after = `+${((entry.at - startedAt) / 1000).toFixed(0)} s ${entry.step}`;
    const gates = (entry.gates ?? []).filter(({ passed }) => !passed).map(({ gate, value, threshold }) => `• ${after}: NO ${gate}: found ${value}; needed ${threshold}`);
    if (entry.step === 'Conclude' && entry.kind === 'result') return [...gates, `*${entry.summary}*`];
    return entry.step === 'Operator' || entry.kind === 'intent' ? [...gates, `• ${after}: ${entry.summary}`] : gates;
  });
  const shown = lines.length > LINES_MAX ? [`… ${lines.length - LINES_MAX} lines before; all of them: hotshift why ${execution}`, ...lines.slice(-LINES_MAX)] : lines;
  return [`*${execution}*`, ...(shown.length === 0 ? ['every gate passed so far'] : shown)];
}
