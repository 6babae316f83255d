// Auto Scaling: groups whose desired capacity can be moved within their bounds. Instances are Pending for a while, then InService;
// a hook lets the twin start and stop real processes. Of activities only those that fail; no policies, cooldowns or health replacement.
import * as client from '@aws-sdk/client-auto-scaling';
import type { Activity, AutoScalingGroup, DescribeAutoScalingGroupsCommandInput, DescribeScalingActivitiesCommandInput, Instance, SetDesiredCapacityCommandInput, UpdateAutoScalingGroupCommandInput } from '@aws-sdk/client-auto-scaling';
import { randomBytes, randomUUID } from 'node:crypto';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Service } from '../service.ts';

export interface GroupSeed { readonly region: string; readonly name: string; readonly min: number; readonly max: number; readonly desired: number }

export interface AutoScalingOptions {
  readonly clock: Clock;
  readonly groups?: readonly GroupSeed[];
  /** From desired to InService. */
  readonly launchMs?: number;
  /** How many instances of a group there are to be had; what is wanted beyond them is not launched, and an activity says why. */
  readonly stock?: number;
  /** Told of every change of a desired capacity; an instance is InService only after the answer. */
  readonly onDesiredCapacity?: (group: { readonly region: string; readonly name: string; readonly desired: number }) => void | Promise<void>;
}

interface Group { readonly region: string; readonly name: string; min: number; max: number; desired: number; readonly instances: Instance[]; readonly failed: Activity[]; readonly createdAt: number }

export function autoScalingService(options: AutoScalingOptions): Service {
  const groups = (options.groups ?? []).map((seed): Group => ({ ...seed, instances: Array.from({ length: seed.desired }, () => instance(seed.region, 'InService')), failed: [], createdAt: options.clock.now() }));
  const existing = (name: string | undefined, region: string): Group => {
    const group = groups.find((candidate) => candidate.name === name && candidate.region === region);
    if (group === undefined) throw invalid('AutoScalingGroup name not found - null');
    return group;
  };
  const handlers = {
    DescribeAutoScalingGroups: ({ AutoScalingGroupNames: names = [] }: DescribeAutoScalingGroupsCommandInput, { region }: CallContext) => ({
      // A name that is not there is no error here.
      AutoScalingGroups: groups.filter((group) => group.region === region && (names.length === 0 || names.includes(group.name))).map(describe),
    }),
    DescribeScalingActivities: ({ AutoScalingGroupName, MaxRecords = 100 }: DescribeScalingActivitiesCommandInput, { region }: CallContext) => ({
      Activities: existing(AutoScalingGroupName, region).failed.slice(0, MaxRecords),
    }),
    SetDesiredCapacity: (input: SetDesiredCapacityCommandInput, { region }: CallContext) => {
      const group = existing(input.AutoScalingGroupName, region);
      const desired = input.DesiredCapacity ?? 0;
      if (desired > group.max) throw invalid(`New SetDesiredCapacity value ${desired} is above max value ${group.max} for the AutoScalingGroup.`);
      if (desired < group.min) throw invalid(`New SetDesiredCapacity value ${desired} is below min value ${group.min} for the AutoScalingGroup.`);
      scale(options, group, desired);
    },
    UpdateAutoScalingGroup: (input: UpdateAutoScalingGroupCommandInput, { region }: CallContext) => update(options, existing(input.AutoScalingGroupName, region), input),
  };
  return { name: 'auto-scaling', signingName: 'autoscaling', client, scope: 'regional', handlers };
}

function update(options: AutoScalingOptions, group: Group, { MinSize, MaxSize, DesiredCapacity }: UpdateAutoScalingGroupCommandInput): void {
  const [min, max] = [MinSize ?? group.min, MaxSize ?? group.max];
  if (min < 0 || max < min) throw invalid('Max bound, ' + max + ', must be greater than or equal to min bound, ' + min);
  if (DesiredCapacity !== undefined && (DesiredCapacity < min || DesiredCapacity > max)) throw invalid(`Desired capacity:${DesiredCapacity} must be between the specified min size:${min} and max size:${max}`);
  group.min = min;
  group.max = max;
  scale(options, group, DesiredCapacity ?? Math.min(Math.max(group.desired, min), max));
}

/** Moves the desired capacity and lets instances follow. */
function scale({ clock, launchMs = 0, stock = Infinity, onDesiredCapacity }: AutoScalingOptions, group: Group, desired: number): void {
  if (desired === group.desired) return;
  group.desired = desired;
  group.instances.splice(desired);
  const most = Math.max(group.instances.length, Math.min(desired, stock));
  if (most < desired) group.failed.unshift(launchFailure(group, desired, clock.now()));
  const launched = Array.from({ length: most - group.instances.length }, () => instance(group.region, 'Pending'));
  group.instances.push(...launched);
  const ready = async (): Promise<void> => {
    await clock.sleep(launchMs);
    await onDesiredCapacity?.({ region: group.region, name: group.name, desired });
    for (const member of launched) member.LifecycleState = 'InService';
  };
  // Who cannot start instances leaves them Pending, which is what a caller sees on AWS, too.
  ready().catch((error: unknown) => console.error(`twin/aws: ${group.name} in ${group.region} did not scale:`, error));
}

const launchFailure = ({ name, region, instances }: Group, desired: number, now: number): Activity => ({
  ActivityId: randomUUID(), AutoScalingGroupName: name, StartTime: new Date(now), StatusCode: 'Failed', Progress: 100, Description: 'Launching a new EC2 instance',
  Cause: `At ${new Date(now).toISOString()} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${instances.length} to ${desired}.`,
  StatusMessage: `We currently do not have sufficient m7g.large capacity in the Availability Zone you requested (${region}a). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.`,
});

const instance = (region: string, state: 'Pending' | 'InService'): Instance => ({
  InstanceId: `i-0${randomBytes(8).toString('hex')}`, AvailabilityZone: `${region}a`, LifecycleState: state, HealthStatus: 'Healthy', ProtectedFromScaleIn: false,
});

const describe = (group: Group): AutoScalingGroup => ({
  AutoScalingGroupName: group.name, AutoScalingGroupARN: `arn:aws:autoscaling:${group.region}:${ACCOUNT_ID}:autoScalingGroup:twin:autoScalingGroupName/${group.name}`,
  MinSize: group.min, MaxSize: group.max, DesiredCapacity: group.desired, DefaultCooldown: 300, AvailabilityZones: [`${group.region}a`],
  HealthCheckType: 'EC2', CreatedTime: new Date(group.createdAt), Instances: group.instances.map((member) => ({ ...member })),
});

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
