// RDS events: the log that DescribeEvents reads and the messages that EventBridge delivers. Ids, categories and texts are
// those of "Amazon RDS event categories and event messages"; that a promotion ends replication with 0057 is inferred.
import { randomUUID } from 'node:crypto';
import type { Event } from '@aws-sdk/client-rds';
import { ACCOUNT_ID } from '../../service.ts';
import { arnOf, type InstanceName } from './instances.ts';

export const rdsEvents = {
  'RDS-EVENT-0001': ['backup', 'Backing up DB instance'],
  'RDS-EVENT-0002': ['backup', 'Finished DB instance backup'],
  'RDS-EVENT-0004': ['availability', 'DB instance shutdown'],
  'RDS-EVENT-0005': ['creation', 'DB instance created'],
  'RDS-EVENT-0006': ['availability', 'DB instance restarted'],
  'RDS-EVENT-0035': ['failure', 'Database instance put into failed state.'],
  'RDS-EVENT-0045': ['read replica', 'Replication has stopped.'],
  'RDS-EVENT-0046': ['read replica', 'Replication for the Read Replica resumed'],
  'RDS-EVENT-0057': ['read replica', 'Replication streaming has been terminated'],
  'RDS-EVENT-0087': ['notification', 'DB instance stopped'],
  'RDS-EVENT-0088': ['notification', 'DB instance started'],
  'RDS-EVENT-0154': ['notification', 'DB instance is being started due to it exceeding the maximum allowed time being stopped.'],
} as const satisfies Record<string, readonly [category: string, message: string]>;

export type RdsEventId = keyof typeof rdsEvents;

/** The event as EventBridge hands it to rules. */
export interface RdsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'RDS DB Instance Event';
  readonly source: 'aws.rds';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly EventCategories: readonly string[];
    readonly SourceType: 'DB_INSTANCE';
    readonly SourceArn: string;
    readonly Date: string;
    readonly Message: string;
    readonly SourceIdentifier: string;
    readonly EventID: RdsEventId;
  };
}

export function rdsEvent(eventId: RdsEventId, name: InstanceName, now: number): RdsEvent {
  const [category, Message] = rdsEvents[eventId];
  const SourceArn = arnOf(name);
  const date = new Date(now).toISOString();
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'RDS DB Instance Event',
    source: 'aws.rds',
    account: ACCOUNT_ID,
    // EventBridge's envelope has whole seconds.
    time: date.replace(/\.\d+Z$/, 'Z'),
    region: name.region,
    resources: [SourceArn],
    detail: { EventCategories: [category], SourceType: 'DB_INSTANCE', SourceArn, Date: date, Message, SourceIdentifier: name.identifier, EventID: eventId },
  };
}

/** As DescribeEvents lists it. */
export const eventShape = ({ detail }: RdsEvent): Event => ({
  SourceIdentifier: detail.SourceIdentifier,
  SourceType: 'db-instance',
  SourceArn: detail.SourceArn,
  Message: detail.Message,
  EventCategories: [...detail.EventCategories],
  Date: new Date(detail.Date),
});
