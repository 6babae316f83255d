// A failback: a person brings the writer home after a failover, and makes the pair whole again. What its steps ask of the world beyond
// the ports of a failover, and how one ends. It is never started by an alarm, an event or a schedule (I17); a drill of the
// switchover, which is the same workflow on a whole pair and refuses any other, may be started by the plan's own schedule.
import type { Instant, DatabasePlan, Region } from './plan.ts';

export const FAILBACK_OUTCOMES = ['Failed back', 'Stood down', 'Failback yielded', 'Handed to a human'] as const;
export type FailbackOutcome = (typeof FAILBACK_OUTCOMES)[number];

/** A table in which lost writes are looked for: its key and the column that says when a row was written. */
export interface ComparedTable { readonly table: string; readonly key: readonly string[]; readonly writtenAt: string }

/** `key`: the values of the key columns as text, in the order of the plan. Nothing else of a row ever leaves its database. */
export interface WrittenRow { readonly key: readonly string[]; readonly at: Instant }
export interface LostRow extends WrittenRow { readonly table: string }

/** Rows by their keys, for the comparison of two databases. */
export interface Rows {
  /** Rows written from `since` on, oldest first, after the key of `after`; at most `limit`. */
  written(database: DatabasePlan, region: Region, table: ComparedTable, since: Instant, limit: number, after?: WrittenRow): Promise<readonly WrittenRow[]>;
  /** Which of these keys are there; keys as one text each, by `keyText`. */
  held(database: DatabasePlan, region: Region, table: ComparedTable, keys: readonly (readonly string[])[]): Promise<ReadonlySet<string>>;
}
export const keyText = (key: readonly string[]): string => JSON.stringify(key);

/** What makes an old writer a replica again. Nothing here deletes. */
export interface Replicas {
  /** Gives the instance another identifier, under which all of its data stays; returns when the request was accepted. */
  setAside(database: DatabasePlan, region: Region, as: string): Promise<void>;
  /** Creates a replica of the writer in `source`, under the planned identifier, with the settings of the instance `like`. */
  create(database: DatabasePlan, region: Region, source: Region, like: string): Promise<void>;
}

export interface FailbackPorts { readonly replicas: Replicas; readonly rows: Rows }

/** The same database, its instance in one region under another identifier. */
export function renamed(database: DatabasePlan, region: Region, identifier: string): DatabasePlan {
  const instance = database.instances[region];
  return instance === undefined ? database : { ...database, instances: { ...database.instances, [region]: { ...instance, identifier } } };
}

/** RDS takes 63 characters, letters, digits and single hyphens; the epoch tells one failover's old writer from the next one's. */
export const asideOf = (identifier: string, epoch: number): string => {
  const end = `-aside-${epoch}`;
  return `${identifier.slice(0, 63 - end.length).replace(/-+$/, '')}${end}`;
};
