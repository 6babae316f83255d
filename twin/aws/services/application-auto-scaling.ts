// Application Auto Scaling: the bounds of targets that are registered already. No policies, schedules or activities: nothing scales by itself.
import * as client from '@aws-sdk/client-application-auto-scaling';
import type { DescribeScalableTargetsCommandInput, RegisterScalableTargetCommandInput } from '@aws-sdk/client-application-auto-scaling';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Service } from '../service.ts';

export interface TargetSeed { readonly region: string; readonly namespace: string; readonly resource: string; readonly dimension: string; readonly min: number; readonly max: number }

interface Target extends TargetSeed { min: number; max: number; readonly createdAt: number }

export function applicationAutoScalingService({ clock, targets = [] }: { readonly clock: Clock; readonly targets?: readonly TargetSeed[] }): Service {
  const kept = targets.map((seed): Target => ({ ...seed, createdAt: clock.now() }));
  const handlers = {
    DescribeScalableTargets: ({ ServiceNamespace, ResourceIds = [], ScalableDimension }: DescribeScalableTargetsCommandInput, { region }: CallContext) => ({
      ScalableTargets: kept.filter((target) => target.region === region && target.namespace === ServiceNamespace
        && (ResourceIds.length === 0 || ResourceIds.includes(target.resource)) && (ScalableDimension === undefined || ScalableDimension === target.dimension)).map(describe),
    }),
    RegisterScalableTarget: ({ ServiceNamespace, ResourceId, ScalableDimension, MinCapacity, MaxCapacity }: RegisterScalableTargetCommandInput, { region }: CallContext) => {
      const found = kept.find((target) => target.region === region && target.namespace === ServiceNamespace && target.resource === ResourceId && target.dimension === ScalableDimension);
      // AWS would register a new one, which needs both bounds.
      if (found === undefined) throw new AwsError('ValidationException', 'Minimum and maximum capacity must be specified when registering a new scalable target');
      const [min, max] = [MinCapacity ?? found.min, MaxCapacity ?? found.max];
      if (max < min) throw new AwsError('ValidationException', 'Maximum capacity cannot be less than minimum capacity');
      [found.min, found.max] = [min, max];
      return { ScalableTargetARN: arnOf(found) };
    },
  };
  return { name: 'application-auto-scaling', signingName: 'application-autoscaling', client, scope: 'regional', handlers };
}

const arnOf = ({ region }: Target): string => `arn:aws:application-autoscaling:${region}:${ACCOUNT_ID}:scalable-target/0ec5twin0twin0twin0twin0twin0twin0twin0twin`;
const describe = (target: Target) => ({
  ServiceNamespace: target.namespace, ResourceId: target.resource, ScalableDimension: target.dimension, MinCapacity: target.min, MaxCapacity: target.max,
  RoleARN: `arn:aws:iam::${ACCOUNT_ID}:role/aws-service-role/application-autoscaling`, CreationTime: new Date(target.createdAt), ScalableTargetARN: arnOf(target),
});
