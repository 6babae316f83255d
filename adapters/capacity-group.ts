// The desired capacity of EC2 Auto Scaling groups. The group's own bounds are read and never moved: they are somebody's decision.
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, DescribeScalingActivitiesCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { GroupCapacity } from '../domain/capacity.ts';
import { RefusedByAwsError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { CapacityPlan, Region } from '../domain/plan.ts';
import type { Capacity } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

/** A group tries every zone in turn, each an activity of its own: the newest few tell why the last ones failed. */
const ACTIVITIES = 5;

export function groupCapacity(clientIn: (region: Region) => AutoScalingClient): Capacity {
  return {
    async read(capacity, region) {
      const { group } = groupIn(capacity, region);
      const resource = `${group} in ${region}`;
      const answer = await asking({ action: 'autoscaling:DescribeAutoScalingGroups', resource },
        () => clientIn(region).send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] })));
      // A group that is not there is no error of this call.
      const found = answer.AutoScalingGroups?.[0];
      if (found === undefined) throw new RefusedByAwsError(`autoscaling:DescribeAutoScalingGroups on ${resource}: no such group`);
      if (found.DesiredCapacity === undefined || found.MaxSize === undefined) throw new UnexpectedAnswerError(`autoscaling:DescribeAutoScalingGroups on ${resource}: the answer has no counts`);
      const running = (found.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length;
      const shortage = running < found.DesiredCapacity ? await shortageIn(clientIn(region), group, resource) : undefined;
      return { desired: found.DesiredCapacity, running, most: found.MaxSize, ...(shortage === undefined ? {} : { shortage }) };
    },
    async setDesired(capacity, region, desired) {
      const { group } = groupIn(capacity, region);
      // A cooldown of the group is for its own policies; a survivor cannot wait for it.
      await asking({ action: 'autoscaling:SetDesiredCapacity', resource: `${group} in ${region}` },
        () => clientIn(region).send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: desired, HonorCooldown: false })));
    },
  };
}

/** `InsufficientInstanceCapacity` and quotas are no errors of the call that asked: they stand in the activities that failed. */
async function shortageIn(client: AutoScalingClient, group: string, resource: string): Promise<string | undefined> {
  const { Activities: activities = [] } = await asking({ action: 'autoscaling:DescribeScalingActivities', resource },
    () => client.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: ACTIVITIES })));
  return activities.find(({ StatusCode }) => StatusCode === 'Failed' || StatusCode === 'Cancelled')?.StatusMessage?.slice(0, 200);
}

export const groupCapacityOf = (): Capacity => groupCapacity(perRegion((region) => new AutoScalingClient(clientSettings(region, 'reading'))));

function groupIn(capacity: CapacityPlan, region: Region): GroupCapacity['groups'][Region] {
  const group = capacity.kind === 'auto-scaling-group' ? capacity.groups[region] : undefined;
  if (group === undefined) throw new RefusedByAwsError(`capacity ${capacity.name} has no group in ${region}`);
  return group;
}
