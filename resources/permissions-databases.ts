// What a function may do to databases, by their kind: read-replica instances, and the clusters of global databases. Bound to the configured
// ARNs; a global database has an ARN without a region.
import type { Region } from '../domain/plan.ts';
import { arn, type Statement } from './cloudformation.ts';
import { actingRegions, allInstances, type Plans } from './plans.ts';

type Side = ReturnType<typeof allInstances>[number];

/** A workflow acts on the survivor, which is where it runs; the one of a witness may act on either of the pair. */
export const sidesFor = (region: Region, plans: Plans): readonly Side[] => allInstances(plans).filter((entry) => actingRegions(region, plans).includes(entry.region));
export const instancesOf = (sides: readonly Side[]): readonly Side[] => sides.filter(({ database }) => database.kind === 'rds-replica');
const clustersOf = (sides: readonly Side[]): readonly Side[] => sides.filter(({ database }) => database.kind === 'aurora-global');

const arnsOf = (sides: readonly Side[]): readonly string[] => sides.map(({ instance }) => instance.arn);
const globalsOf = (sides: readonly Side[]): readonly string[] => [...new Set(clustersOf(sides).map(({ database, instance }) => {
  const [, partition = 'aws', , , account = ''] = instance.arn.split(':');
  return `arn:${partition}:rds::${account}:global-cluster:${database.globalCluster ?? ''}`;
}))];

const allow = (sid: string, action: string, resources: readonly string[]): readonly Statement[] => (resources.length === 0 ? [] : [{ Sid: sid, Effect: 'Allow', Action: [action], Resource: resources }]);

export const describeSides = (sides: readonly Side[]): readonly Statement[] => [
  ...allow('DescribeDatabases', 'rds:DescribeDBInstances', arnsOf(instancesOf(sides))),
  ...allow('DescribeClusters', 'rds:DescribeDBClusters', arnsOf(clustersOf(sides))),
  ...allow('DescribeGlobals', 'rds:DescribeGlobalClusters', globalsOf(sides)),
];

/** A switchover is asked of the region that has the writer, for a target in the other one: both clusters, under their own global database. */
export function promoteSides(region: Region, plans: Plans): readonly Statement[] {
  const sides = sidesFor(region, plans);
  const globals = globalsOf(sides);
  const clusters = arnsOf(clustersOf(allInstances(plans)).filter(({ database }) => clustersOf(sides).some((side) => side.database.globalCluster === database.globalCluster)));
  return [
    ...allow('Promote', 'rds:PromoteReadReplica', arnsOf(instancesOf(sides))),
    ...allow('FailOverGlobal', 'rds:FailoverGlobalCluster', [...globals, ...arnsOf(clustersOf(sides))]),
    ...allow('SwitchOverGlobal', 'rds:SwitchoverGlobalCluster', [...globals, ...clusters]),
  ];
}

/** What is left after a failover of a global database: its snapshot of lost writes, copied in the same region, and RDS's own words. */
export function keepLostWrites(region: Region, plans: Plans): readonly Statement[] {
  const clusters = clustersOf(allInstances(plans).filter((entry) => entry.region === region)).map(({ instance }) => instance);
  if (clusters.length === 0) return [];
  const taken = clusters.map(({ identifier }) => arn('rds', `cluster-snapshot:rds:unplanned-global-failover-${identifier}-*`, region));
  const kept = arn('rds', 'cluster-snapshot:hotshift-lost-writes-*', region);
  return [
    { Sid: 'SeeSnapshots', Effect: 'Allow', Action: ['rds:DescribeDBClusterSnapshots'], Resource: [...clusters.map((cluster) => cluster.arn), arn('rds', 'cluster-snapshot:*', region)] },
    { Sid: 'KeepLostWrites', Effect: 'Allow', Action: ['rds:CopyDBClusterSnapshot'], Resource: [...taken, kept] },
    // Events know no resource to name (Service Authorization Reference).
    { Sid: 'HearRds', Effect: 'Allow', Action: ['rds:DescribeEvents'], Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': region } } },
  ];
}
