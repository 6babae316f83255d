// The desired count of ECS services. Absolute counts only: setting one twice is setting it once.
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { RefusedByAwsError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { CapacityPlan, Region } from '../domain/plan.ts';
import type { Capacity } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

export function ecsCapacity(clientIn: (region: Region) => ECSClient): Capacity {
  return {
    async read(capacity, region) {
      const { cluster, service } = serviceIn(capacity, region);
      const resource = `${cluster}/${service} in ${region}`;
      const answer = await asking({ action: 'ecs:DescribeServices', resource },
        () => clientIn(region).send(new DescribeServicesCommand({ cluster, services: [service] })));
      // ECS reports a service that does not exist in a list of failures, with status 200.
      const found = answer.services?.[0];
      if (found === undefined) throw new RefusedByAwsError(`ecs:DescribeServices on ${resource}: ${answer.failures?.[0]?.reason ?? 'no such service'}`);
      if (found.status !== 'ACTIVE') throw new RefusedByAwsError(`ecs:DescribeServices on ${resource}: the service is ${found.status ?? 'of unknown status'}, not ACTIVE`);
      if (found.desiredCount === undefined || found.runningCount === undefined) throw new UnexpectedAnswerError(`ecs:DescribeServices on ${resource}: the answer has no counts`);
      return { desired: found.desiredCount, running: found.runningCount };
    },
    async setDesired(capacity, region, desired) {
      const { cluster, service } = serviceIn(capacity, region);
      await asking({ action: 'ecs:UpdateService', resource: `${cluster}/${service} in ${region}` },
        () => clientIn(region).send(new UpdateServiceCommand({ cluster, service, desiredCount: desired })));
    },
  };
}

/** The capacity port of a Lambda. The count is absolute, so that the client may repeat it. */
export const capacityOf = (): Capacity => ecsCapacity(perRegion((region) => new ECSClient(clientSettings(region, 'reading'))));

function serviceIn(capacity: CapacityPlan, region: Region) {
  const service = capacity.services[region];
  if (service === undefined) throw new RefusedByAwsError(`capacity ${capacity.name} has no service in ${region}`);
  return service;
}
