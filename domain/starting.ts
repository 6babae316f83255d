// What an execution that a person asks for is started with: where, under which name, with which input. The command line and Slack start
// the same; the workflow looks at everything itself. Pure.
import type { DrillMode } from './drill.ts';
import { survivorOf, type ApplicationPlan, type Instant, type Region } from './plan.ts';

export type MachineName = 'failover' | 'drill' | 'failback' | 'evacuate';

/** `20261124T091000Z`: names of executions know neither colons nor dots. */
export const stampOf = (at: Instant): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** The account and the partition are those of the databases. */
export function machineArn(plan: ApplicationPlan, region: Region, machine: MachineName = 'failover'): string {
  const [, partition = 'aws', , , account = ''] = Object.values(plan.databases[0]?.instances ?? {})[0]?.arn.split(':') ?? [];
  return `arn:${partition}:states:${region}:${account}:stateMachine:hotshift-${machine}`;
}

export interface DrillWish { readonly mode: DrillMode; readonly evacuate?: Region | undefined; readonly holdSeconds?: number | undefined; readonly by: string }
export interface Start { readonly place: Region; readonly arn: string; readonly name: string; readonly input: Readonly<Record<string, unknown>> }

/** Of traffic in the region that takes the users; a return works from either; a switchover needs the witness, whose roles reach both. */
export function drillStart(plan: ApplicationPlan, { mode, evacuate, holdSeconds, by }: DrillWish, now: Instant): Start {
  const { application } = plan;
  const name = `${application}-drill-${mode}-${stampOf(now)}`;
  const requestedBy = by.slice(0, 80);
  if (mode === 'switchover') {
    const home = evacuate === undefined ? {} : { home: survivorOf(plan, evacuate) };
    return { place: plan.witness, arn: machineArn(plan, plan.witness, 'failback'), name, input: { application, drill: true, ...home, requestedBy } };
  }
  const place = evacuate === undefined ? plan.regions[0] : survivorOf(plan, evacuate);
  return {
    place, arn: machineArn(plan, place, 'drill'), name,
    input: { application, mode, requestedBy, ...(evacuate === undefined ? {} : { evacuate }), ...(holdSeconds === undefined ? {} : { holdSeconds }) },
  };
}

/** What a person agrees to, in one sentence. */
export function drillMeaning(plan: ApplicationPlan, { mode, evacuate }: Pick<DrillWish, 'mode' | 'evacuate'>): string {
  const { application } = plan;
  switch (mode) {
    case 'rehearsal': return `This only looks whether ${application} could be drilled.`;
    case 'return': return `This brings the users of ${application} back to both regions.`;
    case 'traffic': return `This moves all users of ${application} to ${evacuate === undefined ? 'one region' : survivorOf(plan, evacuate)}, and back.`;
    case 'switchover': return `This moves the writer of ${application} ${evacuate === undefined ? 'to the other region' : `from ${evacuate} to ${survivorOf(plan, evacuate)}`} and leaves it there. Writes pause while RDS promotes; until the old database is a replica again nothing can take over.`;
  }
}
