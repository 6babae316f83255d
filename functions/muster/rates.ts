// What an account may ask of RDS and Route 53, and how much of it one failover asks: the governor of an evacuation rests on it.
// A share is left to people, who look at the same consoles at the same time, and to whatever else the account does.
import type { ApplicationPlan } from '../../domain/plan.ts';

export type Service = 'database' | 'traffic';
export interface Rate { readonly service: Service; readonly burst: number; readonly perSecond: number }

/**
 * The documented limits (RDS user guide, "API throttling": 300 at once and 12 a second per account and region; Route 53 developer guide,
 * "API throttling", since 2026-07-30: 50 at once and 10 a second per account). An account may have more.
 */
export const DOCUMENTED_RATES: readonly Rate[] = [{ service: 'database', burst: 300, perSecond: 12 }, { service: 'traffic', burst: 50, perSecond: 10 }];

/** One request in five is not ours. */
export const RESERVED_SHARE = 0.2;

/** Requests of one failover that goes well: each replica is described twice and promoted once; then the engine is asked, not RDS. */
const DATABASE_CALLS = 3;
/** Weighted records are read and changed once; a switch or routing controls change nothing at Route 53's API. */
const WEIGHTED_CALLS = 2;

/** What the failover of an application asks of each service. */
export function callsOf({ databases, traffic }: ApplicationPlan): Readonly<Record<Service, number>> {
  const records = databases.filter(({ writerRecord }) => writerRecord !== undefined).length;
  return { database: databases.length * DATABASE_CALLS, traffic: records + (traffic.some(({ strategies }) => strategies[0] === 'weighted-records') ? WEIGHTED_CALLS : 0) };
}
