// What the commands that start an execution by hand have in common: a person agrees by typing the application's name, and the execution
// is named by the moment, in the state machine of the account that has the databases.
import type { ApplicationPlan, Instant, Region } from '../domain/plan.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { World } from './world.ts';

/** Asks unless --yes was given; throws CommandError when nobody can be asked or the name is another one. `what`: a sentence that says what is about to happen. */
export async function agreed({ terminal }: World, plan: ApplicationPlan, what: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  if (yes === true) return;
  const answer = await terminal.ask(`${what} Type the application's name to go on: `, '');
  if (answer === plan.application) return;
  throw new CommandError(exitCodes.usage, answer === undefined ? 'nobody can be asked here' : `${JSON.stringify(answer)} is not ${plan.application}: nothing was started`, 'type the name, or add --yes');
}

/** `20261124T091000Z`: names of executions know neither colons nor dots. */
export const stampOf = (at: Instant): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** The account and the partition are those of the databases. */
export function machineArn(plan: ApplicationPlan, region: Region, machine: 'failover' | 'drill' | 'failback' | 'evacuate' = 'failover'): string {
  const [, partition = 'aws', , , account = ''] = Object.values(plan.databases[0]?.instances ?? {})[0]?.arn.split(':') ?? [];
  return `arn:${partition}:states:${region}:${account}:stateMachine:hotshift-${machine}`;
}
