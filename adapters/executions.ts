// Starts executions by hand and answers those that wait for people: for the command line and for Slack, never for a step of a failover.
// An execution is started once per name, so that a lost answer may be asked for again.
import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { RefusedByAwsError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import type { StartingExecutions, WaitingExecutions } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

export type Executions = WaitingExecutions & StartingExecutions;

export function executions(clientIn: (region: Region) => SFNClient): Executions {
  return {
    async start(region, stateMachineArn, name, input) {
      const answer = await asking({ action: 'states:StartExecution', resource: `${stateMachineArn} in ${region}` },
        () => clientIn(region).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })));
      return answer.executionArn ?? name;
    },
    async answer(region, taskToken, output) {
      // The token is a bearer secret: no message may hold it.
      await asking({ action: 'states:SendTaskSuccess', resource: `the waiting approval in ${region}` }, async () => {
        try {
          await clientIn(region).send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
        } catch (error) {
          if (!GONE.has((error as Error).name)) throw error;
          throw new RefusedByAwsError('the execution does not wait for this answer any more: its time was over, or it was stopped', { cause: error });
        }
      });
    },
  };
}

const GONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

export const executionsOf = (): Executions => executions(perRegion((region) => new SFNClient(clientSettings(region, 'reading'))));
