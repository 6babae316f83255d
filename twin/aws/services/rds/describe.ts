// The reading half of RDS: instances, events, parameters, snapshots and tags. It changes nothing.
import type * as rds from '@aws-sdk/client-rds';
import type { Clock } from '../../../../domain/ports.ts';
import { AwsError, type Handler } from '../../service.ts';
import { eventShape } from './events.ts';
import type { Instance, InstanceStore } from './instances.ts';
import type { Lifecycle } from './lifecycle.ts';
import { page } from './paging.ts';

/** Without times, DescribeEvents covers the last hour (API reference: Duration defaults to 60 minutes). */
const EVENT_MINUTES = 60;

/** What an operator may want to look up about a writer; the real engine's settings are asked with SQL. */
const parameters: readonly rds.Parameter[] = [
  { ParameterName: 'rds.force_ssl', ParameterValue: '1', ApplyType: 'dynamic', DataType: 'boolean', IsModifiable: true, Source: 'system' },
  { ParameterName: 'max_connections', ParameterValue: 'LEAST({DBInstanceClassMemory/9531392},5000)', ApplyType: 'static', DataType: 'integer', IsModifiable: true, Source: 'system' },
  { ParameterName: 'hot_standby_feedback', ParameterValue: '1', ApplyType: 'dynamic', DataType: 'boolean', IsModifiable: true, Source: 'system' },
  { ParameterName: 'default_transaction_read_only', ApplyType: 'dynamic', DataType: 'boolean', IsModifiable: true, Source: 'engine-default' },
];

const instanceFilters: Readonly<Record<string, (instance: Instance, shape: rds.DBInstance) => readonly (string | undefined)[]>> = {
  'db-instance-id': (instance, shape) => [instance.identifier, shape.DBInstanceArn],
  'dbi-resource-id': (_, shape) => [shape.DbiResourceId],
  engine: (_, shape) => [shape.Engine],
};

export interface DescribeOptions {
  readonly instances: InstanceStore;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
}

export function describeHandlers({ instances, lifecycle, clock }: DescribeOptions): Record<string, Handler> {
  return {
    DescribeDBInstances: (input: rds.DescribeDBInstancesMessage, { region }) => {
      const all = input.DBInstanceIdentifier ? [instances.must(input.DBInstanceIdentifier, region)] : instances.inRegion(region);
      const { items, next } = page(filtered(all, instances, input.Filters ?? []), input);
      return { DBInstances: items.map((instance) => instances.shape(instance)), ...next };
    },
    DescribeEvents: (input: rds.DescribeEventsMessage, { region }) => {
      const now = clock.now();
      const from = input.StartTime?.getTime() ?? now - (input.Duration ?? EVENT_MINUTES) * 60_000;
      const to = input.EndTime?.getTime() ?? now;
      const events = lifecycle.log.filter(
        (event) =>
          event.region === region &&
          Date.parse(event.detail.Date) >= from &&
          Date.parse(event.detail.Date) <= to &&
          (input.SourceIdentifier === undefined || event.detail.SourceIdentifier === input.SourceIdentifier) &&
          (!input.EventCategories?.length || event.detail.EventCategories.some((category) => input.EventCategories?.includes(category))),
      );
      const { items, next } = page(events, input);
      return { Events: items.map(eventShape), ...next };
    },
    DescribeDBParameters: (input: rds.DescribeDBParametersMessage) => {
      if (!/^default\.postgres\d+$/.test(input.DBParameterGroupName ?? '')) throw new AwsError('DBParameterGroupNotFound', `DBParameterGroup not found: ${input.DBParameterGroupName}`, { status: 404 });
      const { items, next } = page(parameters, input);
      return { Parameters: [...items], ...next };
    },
    ListTagsForResource: (input: rds.ListTagsForResourceMessage, { region }) => ({ TagList: [...instances.must(input.ResourceName, region).tags] }),
  };
}

function filtered(all: readonly Instance[], instances: InstanceStore, filters: readonly rds.Filter[]): readonly Instance[] {
  return filters.reduce((kept, { Name, Values }) => {
    const read = instanceFilters[Name ?? ''];
    if (!read) throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${Name}`);
    return kept.filter((instance) => read(instance, instances.shape(instance)).some((value) => value !== undefined && Values?.includes(value)));
  }, all);
}
