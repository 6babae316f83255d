// The minimum of a target of Application Auto Scaling. Its policies go on above it; without it they would take away again what a failover
// has added. The target must be there: Hotshift raises a minimum and registers nothing new.
import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand, RegisterScalableTargetCommand, type ScalableDimension, type ServiceNamespace } from '@aws-sdk/client-application-auto-scaling';
import type { MinimumCapacity } from '../domain/capacity.ts';
import { RefusedByAwsError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { CapacityPlan, Region } from '../domain/plan.ts';
import type { Capacity } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

export function minimumCapacity(clientIn: (region: Region) => ApplicationAutoScalingClient): Capacity {
  return {
    async read(capacity, region) {
      const target = targetIn(capacity, region);
      const resource = `${target.resource} in ${region}`;
      const answer = await asking({ action: 'application-autoscaling:DescribeScalableTargets', resource },
        () => clientIn(region).send(new DescribeScalableTargetsCommand({ ServiceNamespace: namespace(target), ResourceIds: [target.resource], ScalableDimension: dimension(target) })));
      const found = answer.ScalableTargets?.[0];
      if (found === undefined) throw new RefusedByAwsError(`application-autoscaling:DescribeScalableTargets on ${resource}: no such target`);
      if (found.MinCapacity === undefined || found.MaxCapacity === undefined) throw new UnexpectedAnswerError(`application-autoscaling:DescribeScalableTargets on ${resource}: the answer has no bounds`);
      // A minimum takes effect as soon as it is set; what runs above it is the policies' business.
      return { desired: found.MinCapacity, running: found.MinCapacity, most: found.MaxCapacity };
    },
    async setDesired(capacity, region, desired) {
      const target = targetIn(capacity, region);
      // What a request leaves out stays as it is (Application Auto Scaling API, RegisterScalableTarget).
      await asking({ action: 'application-autoscaling:RegisterScalableTarget', resource: `${target.resource} in ${region}` },
        () => clientIn(region).send(new RegisterScalableTargetCommand({ ServiceNamespace: namespace(target), ResourceId: target.resource, ScalableDimension: dimension(target), MinCapacity: desired })));
    },
  };
}

export const minimumCapacityOf = (): Capacity => minimumCapacity(perRegion((region) => new ApplicationAutoScalingClient(clientSettings(region, 'reading'))));

type Target = MinimumCapacity['targets'][Region];
const namespace = (target: Target): ServiceNamespace => target.namespace as ServiceNamespace;
const dimension = (target: Target): ScalableDimension => target.dimension as ScalableDimension;

function targetIn(capacity: CapacityPlan, region: Region): Target {
  const target = capacity.kind === 'scaling-minimum' ? capacity.targets[region] : undefined;
  if (target === undefined) throw new RefusedByAwsError(`capacity ${capacity.name} has no target in ${region}`);
  return target;
}
