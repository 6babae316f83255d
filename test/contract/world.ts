// The AWS that a contract suite runs on: where it listens and what stands in it. The names in it are those of these plans.
import type { CapacityPlan, DatabasePlan, Region, TrafficPlan } from '../../domain/plan.ts';

export const HERE: Region = 'us-east-1';
export const THERE: Region = 'us-west-2';
export const TABLE = 'hotshift';
/** A workflow that waits long enough to be running whenever a case looks. */
export const WAITING = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } });
/** One of them rings; both begin with Hotshift's own prefix. */
export const ALARMS = { ringing: 'hotshift-rings', calm: 'hotshift-is-calm' };
/** One with a lock for 400 days and closed; one without either. Both HERE. */
export const BUCKET = 'hotshift-evidence-111122223333-us-east-1';
export const OPEN_BUCKET = 'of-somebody-careless';
export const PARAMETER = { name: '/shop/orders/host', text: 'orders-east.example.us-east-1.rds.amazonaws.com' };
export const SECRET = { id: 'hotshift/orders', text: '{"username":"hotshift","password":"correct horse"}' };

export interface World {
  readonly url: string;
  /** `orders` writes HERE and has a replica THERE; its security groups let clients in, and the agent by a marked rule. */
  readonly database: DatabasePlan;
  /** Two regions, A and AAAA, each with weight 100; the records are not yet there. */
  readonly traffic: TrafficPlan;
  /** A service HERE that wants 3 tasks. */
  readonly capacity: CapacityPlan;
  /** One of each other kind HERE: each counts 3 and may count 8 at most by its own bounds, where it has some. */
  readonly capacities: readonly CapacityPlan[];
  readonly topicArn: string;
  /** A state machine HERE, of `WAITING`. */
  readonly machineArn: string;
  close(): Promise<void>;
}

/** What the world of a test is made of, apart from the ids that only it can know. */
export function plansOf(ids: { readonly zone: string; readonly groups: Readonly<Record<Region, string>>; readonly account: string }): Pick<World, 'database' | 'traffic' | 'capacity' | 'capacities'> {
  const instance = (region: Region, identifier: string) => ({
    identifier, arn: `arn:aws:rds:${region}:${ids.account}:db:${identifier}`, host: `${identifier}.example.${region}.rds.amazonaws.com`, port: 5432, databaseName: 'orders', secretId: SECRET.id, securityGroupId: ids.groups[region] ?? '',
  });
  return {
    database: {
      name: 'orders', kind: 'rds-replica', engine: 'postgres', instances: { [HERE]: instance(HERE, 'orders-east'), [THERE]: instance(THERE, 'orders-west') },
      writerRecord: { hostedZoneId: ids.zone, name: 'orders-writer.shop.example.com', ttlSeconds: 5 }, promoteTimeoutSeconds: 900, pollSeconds: 1,
    },
    traffic: {
      name: 'web', strategies: ['weighted-records'], strategyTimeoutSeconds: 30, ramp: [50, 75, 100], hostedZoneId: ids.zone, recordName: 'www.shop.example.com', ttlSeconds: 60,
      endpoints: {
        [HERE]: { ipv4: ['192.0.2.10'], ipv6: ['2001:db8:1::10'], weight: 100 },
        [THERE]: { ipv4: ['198.51.100.10'], ipv6: ['2001:db8:2::10'], weight: 100 },
      },
    },
    capacity: { name: 'web', kind: 'ecs', factor: 2, desiredMax: 40, services: { [HERE]: { cluster: 'shop', service: 'web', baseline: 3 } } },
    capacities: [
      { name: 'fleet', kind: 'auto-scaling-group', factor: 2, desiredMax: 40, groups: { [HERE]: { group: 'shop-web', baseline: 3 } } },
      { name: 'api', kind: 'lambda-concurrency', factor: 2, desiredMax: 40, functions: { [HERE]: { function: 'shop-api', qualifier: 'live', baseline: 3 } } },
      { name: 'floor', kind: 'scaling-minimum', factor: 2, desiredMax: 40, targets: { [HERE]: { namespace: 'ecs', resource: 'service/shop/web', dimension: 'ecs:service:DesiredCount', baseline: 3 } } },
    ],
  };
}
