// The records that a replay reads, in the form of docs/replay.md: what somebody saw, an alarm's state, a metric's value, a lag.
// A record that does not fit is refused with its line; nothing is skipped silently.
import * as z from 'zod';
import type { ProbeOutcome } from '../domain/observation.ts';
import { vantagePointsOf, type ApplicationPlan, type Instant, type Region } from '../domain/plan.ts';
import { RecordError } from './lines.ts';

/** `seen`: one probe. `held`: a state that stands until it changes, or until its period ends. */
export type Evidence =
  | { readonly kind: 'seen'; readonly at: Instant; readonly vantagePoint: Region; readonly target: Region; readonly outcome: ProbeOutcome; readonly control: boolean }
  | { readonly kind: 'held'; readonly at: Instant; readonly vantagePoint: Region; readonly target: Region; readonly signal: string; readonly state: 'ok' | 'bad' | 'no-data'; readonly until?: Instant }
  | { readonly kind: 'lag'; readonly at: Instant; readonly target: Region; readonly lagSeconds: number };

const instant = z.union([z.number().int().nonnegative(), z.iso.datetime({ offset: true, error: 'must be a time with its zone, such as 2026-11-24T09:00:00Z, or milliseconds since 1970' }).transform((text) => Date.parse(text))]);
const number = z.coerce.number<number | string>().nonnegative();
const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const place = z.string().min(1);
const seen = { at: instant, vantagePoint: place, target: place };

const record = z.discriminatedUnion('kind', [
  z.object({
    ...seen, kind: z.literal('probe'), answered: truth, control: truth.default(true), latencyMs: number.default(0),
    read: z.enum(['ok', 'failed', 'unknown']).default('unknown'), write: z.enum(['ok', 'failed', 'refused', 'unknown']).default('unknown'),
    writer: place.optional(), failure: z.enum(['refused', 'timed-out', 'unresolved', 'tls', 'bad-status', 'bad-content', 'read-failed', 'write-failed']).optional(),
  }),
  z.object({ ...seen, kind: z.literal('observation'), result: z.enum(['up', 'impaired', 'slow', 'down', 'abstained']), write: z.enum(['ok', 'failed', 'refused', 'unknown']).optional(), writer: place.optional(), latencyMs: number.optional() }),
  z.object({ ...seen, kind: z.literal('alarm'), name: z.string().min(1), state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }),
  z.object({ ...seen, kind: z.literal('metric'), name: z.string().min(1), value: z.coerce.number<number | string>(), least: z.coerce.number<number | string>().optional(), most: z.coerce.number<number | string>().optional(), periodSeconds: z.coerce.number<number | string>().positive().max(86_400).default(60) })
    .refine(({ least, most }) => least !== undefined || most !== undefined, { error: 'must say what is healthy', path: ['least'] }),
  z.object({ at: instant, kind: z.literal('lag'), target: place, lagSeconds: number }),
]);
type Record = z.output<typeof record>;

/** A tree as evidence; `where` is its place for messages. */
export function evidenceOf(tree: unknown, plan: ApplicationPlan, where: string): Evidence {
  const found = record.safeParse(tree);
  if (!found.success) throw refused(tree, found.error.issues[0], where);
  const entry = found.data;
  known(entry.target, plan.regions, 'target', where);
  if (entry.kind !== 'lag') known(entry.vantagePoint, vantagePointsOf(plan), 'vantagePoint', where);
  return meaning(entry, plan);
}

function refused(tree: unknown, issue: z.core.$ZodIssue | undefined, where: string): RecordError {
  const field = issue?.path.map(String).join('.') || 'the record';
  const value = issue?.path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as { readonly [key: PropertyKey]: unknown })[step] : undefined), tree);
  const shown = value === undefined ? 'is missing' : `is ${JSON.stringify(value).slice(0, 60)}`;
  return new RecordError(where, `${field} ${shown}: ${issue?.message ?? 'it does not fit'}`, fixes[field] ?? 'correct it (docs/replay.md has every field)');
}

const fixes: Readonly<{ [field: string]: string }> = {
  kind: 'write probe, observation, alarm, metric or lag', at: 'write a time with its zone, such as 2026-11-24T09:00:00Z', state: 'write OK, ALARM or INSUFFICIENT_DATA',
  result: 'write up, impaired, slow, down or abstained', least: 'give least (healthy at or above) or most (healthy at or below)', 'the record': 'write one JSON object on each line',
};

function known(name: string, names: readonly Region[], field: string, where: string): void {
  if (!names.includes(name)) throw new RecordError(where, `${field} is ${JSON.stringify(name.slice(0, 60))}, which the plan does not know`, `write one of ${names.join(', ')}`);
}

function meaning(entry: Record, plan: ApplicationPlan): Evidence {
  switch (entry.kind) {
    case 'lag': return { kind: 'lag', at: entry.at, target: entry.target, lagSeconds: entry.lagSeconds };
    case 'alarm': return held(entry, entry.state === 'ALARM' ? 'bad' : entry.state === 'OK' ? 'ok' : 'no-data');
    case 'metric': {
      const healthy = (entry.least === undefined || entry.value >= entry.least) && (entry.most === undefined || entry.value <= entry.most);
      return { ...held(entry, healthy ? 'ok' : 'bad'), until: entry.at + entry.periodSeconds * 1000 };
    }
    case 'probe': {
      const { answered, latencyMs, read, write, writer, failure } = entry;
      return seenBy(entry, { answered, latencyMs, read, write, ...(writer === undefined ? {} : { writer }), ...(failure === undefined ? {} : { failure }) }, entry.control);
    }
    case 'observation': return fromResult(entry, plan);
  }
}

interface Place { readonly at: Instant; readonly vantagePoint: Region; readonly target: Region }
const seenBy = ({ at, vantagePoint, target }: Place, outcome: ProbeOutcome, control: boolean): Evidence => ({ kind: 'seen', at, vantagePoint, target, outcome, control });
const held = ({ at, vantagePoint, target, name }: Place & { readonly name: string }, state: 'ok' | 'bad' | 'no-data') => ({ kind: 'held', at, vantagePoint, target, signal: name, state } as const);

/** A result as the probe that led to it, so that the policy judges it anew. */
function fromResult(entry: Extract<Record, { kind: 'observation' }>, plan: ApplicationPlan): Evidence {
  const { result, writer } = entry;
  const more = writer === undefined ? {} : { writer };
  if (result === 'down' || result === 'abstained') return seenBy(entry, { ...nothing('timed-out'), ...more }, result === 'down');
  const latencyMs = entry.latencyMs ?? (result === 'slow' ? plan.detection.slowSeconds * 1000 + 1 : 0);
  return seenBy(entry, { answered: true, read: 'ok', write: entry.write ?? (result === 'impaired' ? 'failed' : 'ok'), latencyMs, ...more }, true);
}

/** No proper answer. */
export const nothing = (failure: NonNullable<ProbeOutcome['failure']>, detail?: string): ProbeOutcome =>
  ({ answered: false, failure, read: 'unknown', write: 'unknown', latencyMs: 0, ...(detail === undefined ? {} : { detail }) });
