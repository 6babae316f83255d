// What no price list and no plan says, with the reason for each number. Every one of them can be replaced by a file or by `--set`.
import * as z from 'zod';
import { seconds } from '../events/config-fields.ts';

const count = (most: number) => z.number().min(0).max(most);
const share = z.number().min(0).max(1);

const business = z.strictObject({
  revenuePerHour: count(1e9).optional().meta({ examples: [1000] }).describe('Dollars lost in an hour in which nobody is served. Without it nothing is recommended, and break-evens are shown.'),
  availabilityPercent: z.number().min(50).max(100).meta({ examples: [99.95] }).describe('What one region alone gives, over a year. Three outages of us-east-1 of 4 to 15 hours in five years are about 99.95.').prefault(99.95),
  outage: seconds('How long an outage of a region lasts on average. The large ones of us-east-1 took about 4 (June 2023), 7 (December 2021) and 15 hours (October 2025); small ones pull the mean down.', 60).prefault('4h'),
  outagesPerYear: count(365).optional().meta({ examples: [1] }).describe('Outages of one region in a year; when absent, the availability and the length of an outage say how many.'),
}).prefault({});

const recovery = z.strictObject({
  hot: seconds('Until users are served again when both regions are up; when absent, budgets.rto of the plan.').optional(),
  warm: seconds('Netflix needed about 50 minutes before it kept capacity ready (deciding 5, provisioning 3 to 5, starting 25, moving 10 and more).').prefault('50m'),
  cold: seconds('Building the place anew from backups and code takes hours (AWS: "backup and restore: hours"); 8 is a guess, and no more than an outage is ever waited for.').prefault('8h'),
}).prefault({});

const application = z.strictObject({
  taskVcpu: count(16).describe('vCPU of one task.').prefault(1),
  taskMemoryGb: count(120).describe('Memory of one task.').prefault(2),
  warmShare: share.describe('The share of the full load that a warm standby has room for.').prefault(0.25),
  databaseStorageGb: count(64_000).describe('Storage of one database instance.').prefault(200),
  databaseChangeGb: count(1e6).describe('Changes of one database in a month: what replication, or copying snapshots, carries to the other region.').prefault(200),
  loadUnits: count(10_000).describe('Load balancer capacity units at full load, on average.').prefault(5),
  natGateways: count(50).describe('NAT gateways in a region: one for each of two zones.').prefault(2),
}).prefault({});

const people = z.strictObject({
  dollarsPerHour: count(10_000).describe("People's time is not counted unless you say what it costs.").prefault(0),
  hotHoursPerMonth: count(10_000).describe('Two regions are deployed, tested and looked at; only you know what that takes.').prefault(0),
  warmHoursPerMonth: count(10_000).describe('Deploying and testing a standby.').prefault(0),
  coldHoursPerMonth: count(10_000).describe('Testing that backups can be restored elsewhere.').prefault(0),
}).prefault({});

const hotshift = z.strictObject({
  stepSeconds: z.number().min(0.001).max(60).describe('Billed time of one call of a step: a few calls to AWS.').prefault(0.5),
  keepWarmSeconds: z.number().min(0.001).max(60).describe('Billed time of a call that does nothing.').prefault(0.02),
  callReads: count(100).describe('Reads of the table by one call of a step, at most (the lease, observations, a permit, an order).').prefault(4),
  callWrites: count(100).describe('Writes of the table by one call of a step, at most (journal, lease, permit, order).').prefault(4),
  agentLogKb: count(1000).describe('Log of one run of an agent: some lines and a metric.').prefault(2.5),
  keepWarmLogKb: count(1000).describe('Log of a call that does nothing: START, END and REPORT.').prefault(0.5),
  probeKb: count(1000).describe('What a region sends in answer to one probe, TLS included.').prefault(5),
  renewEvery: seconds('How often a server renews its permit, in guard/README.md.', 0.1).prefault('1s'),
  renewalBytes: count(1000).describe('The item of one server: its keys with an id of 36 characters, a time and an epoch.').prefault(150),
  tableGb: count(1000).describe('Size of the table: the journals of some years.').prefault(0.1),
  promotion: seconds('How long a promotion takes; AWS says a few minutes.').prefault('4m'),
  records: seconds('Until the authoritative servers answer anew: 10 to 30 s are usual.').prefault('30s'),
  drillHold: seconds('How long a drill keeps all users in one region.').prefault('30m'),
}).prefault({});

export const assumptionsForm = z.strictObject({ business, recovery, application, people, hotshift });
export type Assumptions = z.output<typeof assumptionsForm>;

export interface Assumption { readonly name: string; readonly value: number; readonly why: string; readonly yours: boolean }

/** Every assumption with its value and its reason; durations in seconds. `given`: what a person has said. */
export function assumptionList(values: Assumptions, given: unknown): readonly Assumption[] {
  return Object.entries(assumptionsForm.shape).flatMap(([group, schema]) => {
    const fields = (schema.unwrap() as z.ZodObject).shape;
    return Object.entries(fields).flatMap(([name, field]): readonly Assumption[] => {
      const value = (values[group as keyof Assumptions] as Readonly<Record<string, number | undefined>>)[name];
      const said = (given as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> | undefined)?.[group]?.[name];
      return value === undefined ? [] : [{ name: `${group}.${name}`, value, why: describedBy(field as z.ZodType), yours: said !== undefined }];
    });
  });
}

/** The description stands on the field or below its default. */
function describedBy(field: z.ZodType): string {
  for (let at: z.ZodType | undefined = field; at !== undefined; at = inner(at)) if (at.description !== undefined) return at.description;
  return '';
}
const inner = (field: z.ZodType): z.ZodType | undefined => {
  const definition = field.def as unknown as { readonly innerType?: z.ZodType; readonly in?: z.ZodType };
  return definition.innerType ?? definition.in;
};
