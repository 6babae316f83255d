// The plan of the twin's application: what a `hotshift.yml` for these loopback regions would say, in the compiled form that the
// Lambdas read. It passes the same checks as everybody's configuration.
import type { ApplicationPlan } from '../domain/plan.ts';
import { TEAM } from './slack.ts';
import { PEOPLE } from './slack-people.ts';
import { databasesOf, instanceArn, instanceIdentifier, secretId, securityGroupId, writerRecordName } from './databases.ts';
import { APPLICATION, REGION_A, REGION_B, WITNESS, ZONE, rpoSecondsOf, strategiesOf, goesByPermit, type Settings } from './settings.ts';

/** Where the parts of the twin were started. */
export interface Places {
  readonly applicationPort: number;
  readonly controlPort: number;
  readonly databasePort: number;
  /** Database -> its port, where there are several. */
  readonly databasePorts?: Readonly<Record<string, number>>;
  readonly slackUrl: string;
  readonly hostedZoneId: string;
  readonly addresses: Readonly<Record<string, string>>;
}

export const regionHost = (region: string): string => `${region}.${ZONE}`;
/** The twin's own load generator, as a function by name. */
export const LOAD_FUNCTION = 'twin-load';
export const SLACK_SECRET = 'hotshift/slack';
export const SLACK_SIGNING_SECRET = 'hotshift/slack-signing';
export const PUBLIC_NAME = `app.${ZONE}`;

export function twinPlan(settings: Settings, places: Places): ApplicationPlan {
  const { probeIntervalSeconds: interval, failuresToSuspect: failures, probeTimeoutSeconds: timeout } = settings;
  const perRegion = <T>(make: (region: string) => T): Record<string, T> => ({ [REGION_A]: make(REGION_A), [REGION_B]: make(REGION_B) });
  const lapseSeconds = settings.permitTtlSeconds + settings.clockErrorSeconds;
  return {
    application: APPLICATION, regions: [REGION_A, REGION_B], witness: WITNESS,
    probeUrls: perRegion((region) => `http://${regionHost(region)}:${places.applicationPort}`),
    publicUrl: `http://${PUBLIC_NAME}:${places.applicationPort}`,
    detection: {
      probeIntervalSeconds: interval, probeTimeoutSeconds: timeout, slowSeconds: timeout / 2, failuresToSuspect: failures, quorum: 2,
      evidenceAgeSecondsMax: Math.max(interval * failures + timeout, lapseSeconds), evidenceWaitSeconds: interval * failures + 2 * timeout + 2,
      // Its instances have no second zone to move to: nothing would be waited for.
      databaseOutageSeconds: 0, suspicionRepeatSeconds: 60, controlUrl: `http://control.${ZONE}:${places.controlPort}/`,
    },
    permit: { enforced: true, ttlSeconds: settings.permitTtlSeconds, clockErrorSeconds: settings.clockErrorSeconds },
    lease: { ttlSeconds: 120, marginSeconds: 15 },
    budgets: { rpoSeconds: rpoSecondsOf(settings), rtoSeconds: 300 },
    policy: { approval: settings.approve ? 'required' : 'none', approvalTimeoutSeconds: 60, approvalDefault: 'hold', approvalsNeeded: settings.approve ? 2 : 1, unprovenFence: 'hand-over', cooldownSeconds: 3600 },
    databases: databasesOf(settings).map(({ name, shardOf, after }) => ({
      name, ...(shardOf === undefined ? {} : { shardOf }), ...(after === undefined ? {} : { after }), kind: 'rds-replica', engine: 'postgres', promoteTimeoutSeconds: 60 + settings.promoteDelaySeconds * 2, pollSeconds: 0.25,
      failback: { compare: [{ table: 'client_write', key: ['id'], writtenAt: 'written_at' }], rebuildTimeoutSeconds: 120 },
      instances: perRegion((region) => ({
        identifier: instanceIdentifier(region, name), arn: instanceArn(region, name), host: places.addresses[region] ?? '', port: places.databasePorts?.[name] ?? places.databasePort,
        databaseName: 'postgres', secretId: secretId(region, name), securityGroupId: securityGroupId(region, name),
      })),
      // Where the API of Route 53 is down the record stays as it is: the application then goes by its permit (application-fleet.ts).
      writerRecord: { hostedZoneId: places.hostedZoneId, name: writerRecordName(name), ttlSeconds: 1, leads: !goesByPermit(settings) },
    })),
    traffic: [{
      name: 'web', strategies: strategiesOf(settings), strategyTimeoutSeconds: 20, ramp: [50, 75, 100], hostedZoneId: places.hostedZoneId, recordName: PUBLIC_NAME, ttlSeconds: settings.ttlSeconds,
      endpoints: perRegion((region) => ({ ipv4: [places.addresses[region] ?? ''], ipv6: [], weight: 50 })),
    }],
    capacity: [{ name: 'web', kind: 'ecs', services: perRegion(() => ({ cluster: APPLICATION, service: 'web', baseline: 1 })), factor: 2, desiredMax: 4 }],
    warm: { paths: ['/health', '/reads'], concurrency: 2, timeoutSeconds: 2 },
    // A guard looks at each second.
    drills: { holdSeconds: settings.holdSeconds, stepSeconds: settings.stepSeconds, guardIntervalSeconds: 1, latencySeconds: timeout * 0.95, patienceSeconds: settings.patienceSeconds, alarms: [], freeze: [], load: { functionArns: perRegion((region) => `arn:aws:lambda:${region}:111122223333:function:${LOAD_FUNCTION}`), factor: 2 } },
    notifications: { slack: { apiUrl: places.slackUrl, channel: 'C0TWINTWIN', tokenSecretId: SLACK_SECRET, people: { signingSecretId: SLACK_SIGNING_SECRET, team: TEAM, approvers: PEOPLE, operators: {} } }, snsTopicArns: {} },
  };
}
