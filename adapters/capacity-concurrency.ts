// Provisioned concurrency of Lambda functions. What was asked for and what is there differ for minutes; a quota makes it fail, in words.
import { GetProvisionedConcurrencyConfigCommand, LambdaClient, PutProvisionedConcurrencyConfigCommand } from '@aws-sdk/client-lambda';
import type { ConcurrencyCapacity } from '../domain/capacity.ts';
import { RefusedByAwsError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { CapacityPlan, Region } from '../domain/plan.ts';
import type { Capacity } from '../domain/ports.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

export function concurrencyCapacity(clientIn: (region: Region) => LambdaClient): Capacity {
  return {
    async read(capacity, region) {
      const { function: FunctionName, qualifier: Qualifier } = functionIn(capacity, region);
      const resource = `${FunctionName}:${Qualifier} in ${region}`;
      const found = await orAbsent({ action: 'lambda:GetProvisionedConcurrencyConfig', resource }, ['ProvisionedConcurrencyConfigNotFoundException'],
        () => clientIn(region).send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier })));
      // None is provisioned: that is a count, too.
      if (found === undefined) return { desired: 0, running: 0 };
      if (found.RequestedProvisionedConcurrentExecutions === undefined) throw new UnexpectedAnswerError(`lambda:GetProvisionedConcurrencyConfig on ${resource}: the answer has no counts`);
      const shortage = found.Status === 'FAILED' ? found.StatusReason ?? 'Lambda says that it has failed, and not why' : undefined;
      return {
        desired: found.RequestedProvisionedConcurrentExecutions, running: found.AvailableProvisionedConcurrentExecutions ?? 0,
        ...(shortage === undefined ? {} : { shortage: shortage.slice(0, 200) }),
      };
    },
    async setDesired(capacity, region, desired) {
      const { function: FunctionName, qualifier: Qualifier } = functionIn(capacity, region);
      await asking({ action: 'lambda:PutProvisionedConcurrencyConfig', resource: `${FunctionName}:${Qualifier} in ${region}` },
        () => clientIn(region).send(new PutProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier, ProvisionedConcurrentExecutions: desired })));
    },
  };
}

export const concurrencyCapacityOf = (): Capacity => concurrencyCapacity(perRegion((region) => new LambdaClient(clientSettings(region, 'reading'))));

function functionIn(capacity: CapacityPlan, region: Region): ConcurrencyCapacity['functions'][Region] {
  const found = capacity.kind === 'lambda-concurrency' ? capacity.functions[region] : undefined;
  if (found === undefined) throw new RefusedByAwsError(`capacity ${capacity.name} has no function in ${region}`);
  return found;
}
