// What scaling the survivor takes: reading and setting each configured count, and nothing beside. Auto Scaling lists groups and targets
// without asking which: reading is bound to nothing there (Service Authorization Reference).
import type { CapacityPlan } from '../domain/capacity.ts';
import type { Region } from '../domain/plan.ts';
import { arn, type Statement } from './cloudformation.ts';
import { actingRegions, type Plans } from './plans.ts';

type Kind = CapacityPlan['kind'];
interface Rights { readonly read: readonly Statement[]; readonly change: readonly Statement[] }

/** `watching`: only the reads. */
export function scaling(region: Region, plans: Plans, watching = false): readonly Statement[] {
  const places = actingRegions(region, plans);
  return [services, groups, functions, targets].flatMap((of) => {
    const { read, change } = of(plans, places);
    return watching ? read : [...read, ...change];
  });
}

function services(plans: Plans, places: readonly Region[]): Rights {
  const found = entries(plans, 'ecs', places, (one) => one.services);
  const bound = (Sid: string, Action: readonly string[]): readonly Statement[] => (found.length === 0 ? [] : [{
    Sid, Effect: 'Allow', Action, Resource: found.map(([place, { cluster, service }]) => arn('ecs', `service/${cluster}/${service}`, place)),
    Condition: { ArnEquals: { 'ecs:cluster': found.map(([place, { cluster }]) => arn('ecs', `cluster/${cluster}`, place)) } },
  }]);
  return { read: bound('SeeServices', ['ecs:DescribeServices']), change: bound('ScaleServices', ['ecs:UpdateService']) };
}

function groups(plans: Plans, places: readonly Region[]): Rights {
  const found = entries(plans, 'auto-scaling-group', places, (one) => one.groups);
  if (found.length === 0) return NONE;
  return {
    read: [{ Sid: 'SeeGroups', Effect: 'Allow', Action: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeScalingActivities'], Resource: '*' }],
    // Its ARN holds an id that nobody but AWS chooses.
    change: [{ Sid: 'ScaleGroups', Effect: 'Allow', Action: ['autoscaling:SetDesiredCapacity'], Resource: found.map(([place, { group }]) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${group}`, place)) }],
  };
}

function functions(plans: Plans, places: readonly Region[]): Rights {
  const found = entries(plans, 'lambda-concurrency', places, (one) => one.functions);
  const bound = (Sid: string, Action: readonly string[]): readonly Statement[] => (found.length === 0 ? [] : [{
    Sid, Effect: 'Allow', Action, Resource: found.map(([place, one]) => arn('lambda', `function:${one.function}:${one.qualifier}`, place)),
  }]);
  return { read: bound('SeeConcurrency', ['lambda:GetProvisionedConcurrencyConfig']), change: bound('ScaleConcurrency', ['lambda:PutProvisionedConcurrencyConfig']) };
}

/** The ARN of a target is an id of its own: what it scales is bound by conditions. */
function targets(plans: Plans, places: readonly Region[]): Rights {
  const found = entries(plans, 'scaling-minimum', places, (one) => one.targets);
  if (found.length === 0) return NONE;
  const only = (values: readonly string[]): readonly string[] => [...new Set(values)];
  return {
    read: [{ Sid: 'SeeTargets', Effect: 'Allow', Action: ['application-autoscaling:DescribeScalableTargets'], Resource: '*' }],
    change: [{
      Sid: 'ScaleTargets', Effect: 'Allow', Action: ['application-autoscaling:RegisterScalableTarget'], Resource: [...new Set(found.map(([place]) => place))].map((place) => arn('application-autoscaling', 'scalable-target/*', place)),
      Condition: { StringEquals: { 'application-autoscaling:service-namespace': only(found.map(([, { namespace }]) => namespace)), 'application-autoscaling:scalable-dimension': only(found.map(([, { dimension }]) => dimension)) } },
    }],
  };
}

const NONE: Rights = { read: [], change: [] };

/** All places of one kind, in the regions that may be acted on. */
const entries = <K extends Kind, Place>(plans: Plans, kind: K, places: readonly Region[], of: (capacity: Extract<CapacityPlan, { readonly kind: K }>) => Readonly<Record<Region, Place>>): readonly (readonly [Region, Place])[] =>
  plans.applications.flatMap(({ capacity }) => capacity.filter((one) => one.kind === kind) as unknown as readonly Extract<CapacityPlan, { readonly kind: K }>[])
    .flatMap((one) => Object.entries(of(one))).filter(([place]) => places.includes(place));
