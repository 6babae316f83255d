// How much runs, and how much shall: by kind, each behind its own client. Absolute counts only, so that a client may repeat what it asks.
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand, type Service } from '@aws-sdk/client-ecs';
import type { ServiceCapacity } from '../domain/capacity.ts';
import { RefusedByAwsError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { CapacityPlan, Region } from '../domain/plan.ts';
import type { Capacity } from '../domain/ports.ts';
import { concurrencyCapacityOf } from './capacity-concurrency.ts';
import { groupCapacityOf } from './capacity-group.ts';
import { minimumCapacityOf } from './capacity-minimum.ts';
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
      const shortage = shortageOf(found);
      return { desired: found.desiredCount, running: found.runningCount, ...(shortage === undefined ? {} : { shortage }) };
    },
    async setDesired(capacity, region, desired) {
      const { cluster, service } = serviceIn(capacity, region);
      await asking({ action: 'ecs:UpdateService', resource: `${cluster}/${service} in ${region}` },
        () => clientIn(region).send(new UpdateServiceCommand({ cluster, service, desiredCount: desired })));
    },
  };
}

/** ECS tells of tasks that it cannot place in the events of the service, newest first; a steady state ends what stood before it. */
function shortageOf({ events = [], desiredCount = 0, runningCount = 0 }: Service): string | undefined {
  if (runningCount >= desiredCount) return undefined;
  const told = events.find(({ message = '' }) => /unable to place a task|steady state|unable to consistently start/.test(message))?.message ?? '';
  return told === '' || told.includes('steady state') ? undefined : told.slice(0, 200);
}

/** The capacity port of a Lambda. */
export function capacityOf(): Capacity {
  const kinds: Readonly<Record<CapacityPlan['kind'], Capacity>> = {
    ecs: ecsCapacity(perRegion((region) => new ECSClient(clientSettings(region, 'reading')))),
    'auto-scaling-group': groupCapacityOf(), 'lambda-concurrency': concurrencyCapacityOf(), 'scaling-minimum': minimumCapacityOf(),
  };
  return {
    read: (capacity, region) => kinds[capacity.kind].read(capacity, region),
    setDesired: (capacity, region, desired) => kinds[capacity.kind].setDesired(capacity, region, desired),
  };
}

function serviceIn(capacity: CapacityPlan, region: Region): ServiceCapacity['services'][Region] {
  const service = capacity.kind === 'ecs' ? capacity.services[region] : undefined;
  if (service === undefined) throw new RefusedByAwsError(`capacity ${capacity.name} has no service in ${region}`);
  return service;
}
