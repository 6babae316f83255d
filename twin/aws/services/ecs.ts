// ECS, as far as scaling the survivor needs it: counts of services that are there already.
import * as client from '@aws-sdk/client-ecs';
import type { Clock } from '../../../domain/ports.ts';
import { AwsError, type Service } from '../service.ts';
import { clusterArn, Fleet, serviceArn, type EcsServiceName, type EcsServiceSeed, type FleetOptions, type Scale } from './ecs/fleet.ts';

export type { EcsServiceName, EcsServiceSeed, Scale };

/** API reference of DescribeServices: up to 10 services in one call. */
const SERVICES_MAX = 10;
/** Default quota "Tasks per service". */
const DESIRED_MAX = 5_000;

export interface EcsOptions {
  readonly services: readonly EcsServiceSeed[];
  readonly scale: Scale;
  readonly clock: Clock;
  readonly taskStartMs?: number;
  readonly placementRetryMs?: number;
  readonly onFailure: FleetOptions['onFailure'];
}

export function ecsService(options: EcsOptions): Service {
  const fleet = new Fleet(options.services, { taskStartMs: 1_000, placementRetryMs: 5_000, ...options });
  const clusterOf = (input: { readonly cluster?: string | undefined }, region: string): string => {
    const cluster = (input.cluster ?? 'default').replace(/^arn:aws:ecs:[^:]*:\d+:cluster\//, '');
    if (!fleet.hasCluster(region, cluster)) throw new AwsError('ClusterNotFoundException', 'Cluster not found.', { status: 400 });
    return cluster;
  };
  const nameOf = (region: string, cluster: string, service: string | undefined): EcsServiceName => ({ region, cluster, service: (service ?? '').split('/').at(-1) ?? '' });
  return {
    name: 'ecs',
    signingName: 'ecs',
    client,
    scope: 'regional',
    handlers: {
      DescribeServices: (input: client.DescribeServicesRequest, { region }) => {
        const cluster = clusterOf(input, region);
        const asked = input.services ?? [];
        if (asked.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.', { status: 400 });
        if (asked.length > SERVICES_MAX) throw new AwsError('InvalidParameterException', `services can have at most ${SERVICES_MAX} items.`, { status: 400 });
        const names = asked.map((service) => nameOf(region, cluster, service));
        return {
          services: names.filter((name) => fleet.has(name)).map((name) => fleet.shape(name)),
          failures: names.filter((name) => !fleet.has(name)).map((name) => ({ arn: serviceArn(name), reason: 'MISSING' })),
        };
      },
      UpdateService: (input: client.UpdateServiceRequest, { region }) => {
        const name = nameOf(region, clusterOf(input, region), input.service);
        if (!fleet.has(name)) throw new AwsError('ServiceNotFoundException', 'Service not found.', { status: 400 });
        const desired = input.desiredCount;
        if (desired !== undefined && (!Number.isInteger(desired) || desired < 0 || desired > DESIRED_MAX)) {
          throw new AwsError('InvalidParameterException', `Invalid desiredCount: ${desired}. Must be between 0 and ${DESIRED_MAX}.`, { status: 400 });
        }
        if (desired !== undefined) fleet.setDesired(name, desired);
        return { service: fleet.shape(name) };
      },
      DescribeClusters: (input: client.DescribeClustersRequest, { region }) => {
        const names = (input.clusters?.length ? input.clusters : ['default']).map((cluster) => cluster.split('/').at(-1) ?? '');
        const shape = (clusterName: string): client.Cluster => ({ clusterName, clusterArn: clusterArn(region, clusterName), status: 'ACTIVE' });
        return {
          clusters: names.filter((cluster) => fleet.hasCluster(region, cluster)).map(shape),
          failures: names.filter((cluster) => !fleet.hasCluster(region, cluster)).map((cluster) => ({ arn: clusterArn(region, cluster), reason: 'MISSING' })),
        };
      },
    },
  };
}
