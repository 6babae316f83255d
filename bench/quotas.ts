// The rate limits of one account and region that the benchmark works under, each with its source. They are data, not constants of the
// code: an account whose limits were raised is another row here.

export interface Quota { readonly service: 'database' | 'traffic' | 'capacity'; readonly burst: number; readonly perSecond: number; readonly source: string }

export const DOCUMENTED: readonly Quota[] = [
  // The text does not say whether all operations share one bucket; the worse case is taken.
  { service: 'database', burst: 300, perSecond: 12, source: 'RDS user guide, "API throttling" (rds-api-throttling.html)' },
  { service: 'traffic', burst: 50, perSecond: 10, source: 'Route 53 developer guide, "API throttling" (throttling-api-requests.html), since 2026-07-30' },
  // UpdateService and DescribeServices: the cluster and service modify and read rates; the smaller one for both.
  { service: 'capacity', burst: 50, perSecond: 5, source: 'ECS API reference, "Request throttling" (request-throttling.html)' },
];

/** Step Functions, Standard, in the smaller regions; the benchmark reports its peak beside it and does not throttle (docs: service quotas). */
export const TRANSITIONS_PER_SECOND = 800;
/** How many iterations of an inline Map run at once (Step Functions guide, "Map state processing modes"): asl/ keeps to it. */
export const INLINE_CONCURRENCY = 40;
