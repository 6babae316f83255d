// What may be given more room in the survivor, as people write it and as plans hold it: the same four kinds, told apart by `kind`.
import * as z from 'zod';
import type { CapacityPlan } from '../domain/capacity.ts';
import * as field from './config-fields.ts';

const { whole } = field;
const baseline = whole(1, 10_000).describe('The steady count, with both regions serving.');

const services = z.record(field.region, z.strictObject({ cluster: field.clusterName, service: field.clusterName, baseline }));
const groups = z.record(field.region, z.strictObject({ group: field.groupName, baseline }));
const functions = z.record(field.region, z.strictObject({ function: field.functionName, qualifier: field.qualifier, baseline }));
const targets = z.record(field.region, z.strictObject({ namespace: field.scalingNamespace, resource: field.scalingResource, dimension: field.scalingDimension, baseline }));

const bounds = {
  // Two regions that share the load evenly: one that is left needs twice its own.
  factor: z.number().max(10).describe('The survivor is scaled to its baseline times this.').prefault(2),
  desiredMax: whole(1, 10_000).describe('Never scale beyond this.'),
};

export const capacityForm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ecs').optional().describe('Tasks of an ECS service; the kind when none is given.'), services, ...bounds }),
  z.strictObject({ kind: z.literal('auto-scaling-group').describe('Instances of an EC2 Auto Scaling group, within its own bounds.'), groups, ...bounds }),
  z.strictObject({ kind: z.literal('lambda-concurrency').describe('Provisioned concurrency of an alias or version of a function.'), functions, ...bounds }),
  z.strictObject({ kind: z.literal('scaling-minimum').describe('The minimum of a target of Application Auto Scaling, whose policies go on above it.'), targets, ...bounds }),
], { error: ({ code }) => (code === 'invalid_union' ? 'must be ecs, auto-scaling-group, lambda-concurrency or scaling-minimum' : undefined) });

const compiled = { name: field.name, factor: z.number().max(10), desiredMax: whole(1, 10_000) };
export const compiledCapacity = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ecs'), services, ...compiled }),
  z.strictObject({ kind: z.literal('auto-scaling-group'), groups, ...compiled }),
  z.strictObject({ kind: z.literal('lambda-concurrency'), functions, ...compiled }),
  z.strictObject({ kind: z.literal('scaling-minimum'), targets, ...compiled }),
]) satisfies z.ZodType<CapacityPlan>;

/** From the form to the plan: the name from the map's key, and the kind that is meant when none is given. */
export const capacityPlan = (name: string, form: z.output<typeof capacityForm>): CapacityPlan => ('services' in form ? { name, ...form, kind: 'ecs' } : { name, ...form });
