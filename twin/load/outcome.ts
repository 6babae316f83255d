// What a run meant for its users. Pure: samples in, figures out, each with its definition. All times are those of the
// generator's own clock, so nothing here compares clocks of two machines.
import { latencyMs, latenessMs, type Sample } from './sample.ts';
import type { Aftermath } from './aftermath.ts';
import type { Pin } from './user.ts';

export interface Downtime {
  readonly ms: number;
  /** The last success before. */
  readonly fromAt: number;
  /** The first success after, or the end of the record when there was none. */
  readonly toAt: number;
  /** False: nothing succeeded any more, so the true downtime is longer. */
  readonly recovered: boolean;
}

export interface ErrorSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly requests: number;
  readonly errors: number;
  /** Status -> how often. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How late the generator itself was. Overloaded, its figures say more about this machine than about the application. */
export interface Lateness {
  readonly msMax: number;
  readonly lateShare: number;
  readonly overloaded: boolean;
}

export interface AcknowledgedWrite {
  readonly id: string;
  readonly sentAt: number;
  readonly acknowledgedAt: number;
  /** Empty when neither the answer nor the address told it. */
  readonly region: string;
  /** -1 when the answer did not tell it. */
  readonly epoch: number;
  /** Where there are several databases: the one that must hold it. */
  readonly database?: string;
}

export interface LoadResult {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly requests: number;
  readonly errors: number;
  /** In the order of their acknowledgement. */
  readonly acknowledged: readonly AcknowledgedWrite[];
  readonly writeDowntime: Downtime | undefined;
  readonly readDowntime: Downtime | undefined;
  readonly errorSpans: readonly ErrorSpan[];
  readonly spikeSeconds: number;
  readonly writes: Percentiles | undefined;
  readonly reads: Percentiles | undefined;
  readonly lateness: Lateness;
  /** Database -> as `writeDowntime`, of its own writes; empty where there is one. */
  readonly writeDowntimes: Readonly<Record<string, Downtime>>;
  /** Of all pinned users. */
  readonly pins: readonly Pin[];
  /** Where it was told what broke when. */
  readonly aftermath?: Aftermath;
}

/** A request this much after its time is late; some timers and collections of garbage are always in it. */
const LATE_MS = 50;
/** More than this share of late requests: the generator could not keep its pace. */
const LATE_SHARE_MAX = 0.01;
/** A window with more errors than this counts into the spike. */
const ERROR_SHARE_MAX = 0.01;
const WINDOW_MS = 1_000;

/**
 * The longest time without a success of one kind: from the moment a success was known to the moment the next one was.
 * `endedAt` closes the record, so that an outage that never ends counts too. Undefined when nothing ever succeeded.
 */
export function downtime(samples: readonly Sample[], kind: Sample['kind'], endedAt: number): Downtime | undefined {
  const times = samples.filter((sample) => sample.kind === kind && sample.ok).map((sample) => sample.endedAt).sort((one, other) => one - other);
  const spans = times.map((fromAt, at) => {
    const next = times[at + 1];
    return { fromAt, toAt: next ?? Math.max(endedAt, fromAt), recovered: next !== undefined };
  });
  const longest = spans.reduce<(typeof spans)[number] | undefined>((best, span) => (best && best.toAt - best.fromAt >= span.toAt - span.fromAt ? best : span), undefined);
  return longest && { ms: longest.toAt - longest.fromAt, ...longest };
}

interface Window {
  readonly at: number;
  readonly samples: readonly Sample[];
}

/** Windows of one second, by the time of sending, beginning with the first request. */
function windows(samples: readonly Sample[]): readonly Window[] {
  const first = samples.reduce((least, sample) => Math.min(least, sample.sentAt), Number.POSITIVE_INFINITY);
  const found = new Map<number, Sample[]>();
  for (const sample of samples) {
    const at = first + Math.floor((sample.sentAt - first) / WINDOW_MS) * WINDOW_MS;
    const inside = found.get(at);
    if (inside) inside.push(sample);
    else found.set(at, [sample]);
  }
  return [...found].map(([at, inside]) => ({ at, samples: inside })).sort((one, other) => one.at - other.at);
}

/** How many seconds had more than 1 % errors. */
export function spikeSeconds(samples: readonly Sample[]): number {
  return windows(samples).filter((window) => window.samples.filter((sample) => !sample.ok).length / window.samples.length > ERROR_SHARE_MAX).length;
}

/** Seconds with errors, joined where they touch. */
export function errorSpans(samples: readonly Sample[]): readonly ErrorSpan[] {
  const spans: ErrorSpan[] = [];
  for (const { at, samples: inside } of windows(samples)) {
    const failed = inside.filter((sample) => !sample.ok);
    if (failed.length === 0) continue;
    const last = spans.at(-1);
    const joined = last && last.toAt === at ? last : undefined;
    const statuses: Record<string, number> = { ...joined?.statuses };
    for (const { status } of failed) statuses[status] = (statuses[status] ?? 0) + 1;
    const span = { fromAt: joined?.fromAt ?? at, toAt: at + WINDOW_MS, requests: (joined?.requests ?? 0) + inside.length, errors: (joined?.errors ?? 0) + failed.length, statuses };
    if (joined) spans[spans.length - 1] = span;
    else spans.push(span);
  }
  return spans;
}

/** The smallest value that at least this share of values does not exceed (nearest rank). Undefined for no values. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Of answers that were good: a time-out says how patient we are, not how fast the application is. */
export function percentiles(samples: readonly Sample[]): Percentiles | undefined {
  const values = samples.filter((sample) => sample.ok).map(latencyMs);
  const [p50Ms, p99Ms] = [percentile(values, 0.5), percentile(values, 0.99)];
  return p50Ms === undefined || p99Ms === undefined ? undefined : { p50Ms, p99Ms };
}

export function lateness(samples: readonly Sample[]): Lateness {
  const values = samples.map(latenessMs);
  const lateShare = values.length === 0 ? 0 : values.filter((ms) => ms > LATE_MS).length / values.length;
  return { msMax: values.reduce((most, ms) => Math.max(most, ms), 0), lateShare, overloaded: lateShare > LATE_SHARE_MAX };
}

export function outcome(samples: readonly Sample[], startedAt: number, endedAt: number): Omit<LoadResult, 'pins' | 'aftermath'> {
  const acknowledged = samples
    .filter((sample) => sample.kind === 'write' && sample.ok)
    .map((sample): AcknowledgedWrite => ({ id: sample.id ?? '', sentAt: sample.sentAt, acknowledgedAt: sample.endedAt, region: sample.region ?? '', epoch: sample.epoch ?? -1, ...(sample.database === undefined ? {} : { database: sample.database }) }))
    .sort((one, other) => one.acknowledgedAt - other.acknowledgedAt);
  return {
    startedAt,
    endedAt,
    requests: samples.length,
    errors: samples.filter((sample) => !sample.ok).length,
    acknowledged,
    writeDowntime: downtime(samples, 'write', endedAt),
    readDowntime: downtime(samples, 'read', endedAt),
    errorSpans: errorSpans(samples),
    spikeSeconds: spikeSeconds(samples),
    writes: percentiles(samples.filter((sample) => sample.kind === 'write')),
    reads: percentiles(samples.filter((sample) => sample.kind === 'read')),
    lateness: lateness(samples),
    writeDowntimes: writeDowntimes(samples, endedAt),
  };
}

function writeDowntimes(samples: readonly Sample[], endedAt: number): Readonly<Record<string, Downtime>> {
  const names = new Set(samples.flatMap(({ database }) => database ?? []));
  return Object.fromEntries([...names].sort().flatMap((name) => {
    const found = downtime(samples.filter(({ database }) => database === name), 'write', endedAt);
    return found === undefined ? [] : [[name, found] as const];
  }));
}
