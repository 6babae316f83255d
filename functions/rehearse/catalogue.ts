// Every finding that a rehearsal can have: which state of the workflow would trip over it, how bad that is, and what to do.
// Nouns only say "this one, here, because"; docs/runbook.md is made from these words.
import type { Finding, Severity } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import { DATABASE_FINDINGS } from './catalogue-database.ts';
import { DEPLOYMENT_FINDINGS } from './catalogue-deployment.ts';
import { TRAFFIC_FINDINGS } from './catalogue-traffic.ts';

export interface Entry {
  readonly step: string;
  /** critical: a failover would not work, or not be safe; warning: it would be slower, later or lesser; info: know it. */
  readonly severity: Severity;
  readonly title: string;
  /** What it does to a failover. */
  readonly means: string;
  readonly fix: string;
}

export const CATALOGUE = {
  ...DATABASE_FINDINGS, ...TRAFFIC_FINDINGS, ...DEPLOYMENT_FINDINGS,
  'not-checked': {
    step: 'Every step', severity: 'warning', title: 'Not checked',
    means: 'A question was not answered (denied, throttled, region unreachable, out of time), so that nobody knows. It is as severe as the worst that the answer could have shown.',
    fix: 'Read the reason: give the asker the permission that it names, or ask again when the region answers.',
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type FindingId = keyof typeof CATALOGUE;
export const FINDING_IDS = Object.keys(CATALOGUE) as readonly FindingId[];

export interface Place { readonly region: Region; readonly subject: string }

/** A finding in the catalogue's words, with what was read. */
export function finding(id: FindingId, { region, subject }: Place, evidence: string): Finding {
  const { step, severity, title, fix }: Entry = CATALOGUE[id];
  return { id, step, severity, title, evidence, fix, region, subject };
}

/** One name for a finding, the same as long as it stands, whatever its figures do. */
export const keyOf = ({ id, region, subject }: Pick<Finding, 'id' | 'region' | 'subject'>): string => `${id} ${region} ${subject}`;

const ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };
export const bySeverity = (one: Finding, other: Finding): number =>
  ORDER[one.severity] - ORDER[other.severity] || (keyOf(one) < keyOf(other) ? -1 : 1);

/** The worst of some findings' severities. */
export const worstOf = (ids: readonly FindingId[]): Severity =>
  ids.map((id): Severity => CATALOGUE[id].severity).sort((one, other) => ORDER[one] - ORDER[other])[0] ?? 'info';
