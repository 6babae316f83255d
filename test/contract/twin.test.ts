// The contract on the twin's own endpoint: one listener, seeded with what the cases need.
import { AwsEndpoint } from '../../twin/aws/server.ts';
import { applicationAutoScalingService } from '../../twin/aws/services/application-auto-scaling.ts';
import { autoScalingService } from '../../twin/aws/services/auto-scaling.ts';
import { realClock } from '../../twin/aws/services/clock.ts';
import { cloudWatchService } from '../../twin/aws/services/cloudwatch.ts';
import { dynamodbService } from '../../twin/aws/services/dynamodb.ts';
import { ec2Service } from '../../twin/aws/services/ec2.ts';
import { ecsService } from '../../twin/aws/services/ecs.ts';
import { eventBridgeService } from '../../twin/aws/services/eventbridge.ts';
import { lambdaService } from '../../twin/aws/services/lambda.ts';
import { rdsService } from '../../twin/aws/services/rds.ts';
import { route53Service } from '../../twin/aws/services/route-53.ts';
import { s3Service } from '../../twin/aws/services/s3.ts';
import { secretsManagerService } from '../../twin/aws/services/secrets-manager.ts';
import { sfnService } from '../../twin/aws/services/sfn.ts';
import { snsService } from '../../twin/aws/services/sns.ts';
import { ssmService } from '../../twin/aws/services/ssm.ts';
import { ACCOUNT_ID, type Service } from '../../twin/aws/service.ts';
import { HealthCheckers } from '../../twin/dns/health-checkers.ts';
import { ZoneStore } from '../../twin/dns/zones.ts';
import { definePortContract } from './port-contract.ts';
import { ALARMS, BUCKET, HERE, OPEN_BUCKET, PARAMETER, plansOf, SECRET, TABLE, THERE, WAITING, type World } from './world.ts';

const GROUPS = { [HERE]: 'sg-0aaaaaaaaaaaaaaaa', [THERE]: 'sg-0bbbbbbbbbbbbbbbb' };
const network = { path: () => Promise.resolve(), reachable: () => true };

definePortContract('the twin', async (): Promise<World> => {
  const clock = realClock();
  const zones = new ZoneStore();
  const checkers = new HealthCheckers({});
  const unexpected = (what: unknown, error: unknown): void => { throw new Error(`the twin failed at ${JSON.stringify(what)}`, { cause: error }); };
  const endpoint: AwsEndpoint = new AwsEndpoint({
    network, onInternalFailure: (error) => { unexpected('the endpoint', error); },
    services: [
      dynamodbService({ clock, network, tables: [{ name: TABLE, partitionKey: 'pk', sortKey: 'sk', regions: [HERE, THERE, 'us-east-2'] }] }),
      databases(clock, unexpected), securityGroups(),
      route53Service({ zones, checkers, clock, insyncMs: 10 }),
      ecsService({ clock, services: [{ region: HERE, cluster: 'shop', service: 'web', desiredCount: 3 }], scale: (_service, desired) => desired, taskStartMs: 1, onFailure: unexpected }),
      autoScalingService({ clock, groups: [{ region: HERE, name: 'shop-web', min: 1, max: 8, desired: 3 }] }),
      applicationAutoScalingService({ clock, targets: [{ region: HERE, namespace: 'ecs', resource: 'service/shop/web', dimension: 'ecs:service:DesiredCount', min: 3, max: 8 }] }),
      lambdaService({ clock, functions: [], invoke: () => Promise.reject(new Error('nothing is invoked here')), aliases: [{ region: HERE, name: 'shop-api', qualifier: 'live', concurrency: 3 }] }),
      eventBridgeService({ clock, network, call: (...call) => endpoint.call(...call) }),
      secretsManagerService({ clock, secrets: [{ region: HERE, name: SECRET.id, value: SECRET.text }] }),
      cloudWatchService({ clock, call: (...call) => endpoint.call(...call), emit: () => undefined }), ssmService({ clock }),
      sfnService({ clock, call: (...call) => endpoint.call(...call), emit: () => undefined, machines: [{ region: HERE, name: 'waiting', definition: WAITING }] }),
      s3Service({ buckets: [{ region: HERE, name: BUCKET, lock: { mode: 'GOVERNANCE', days: 400 } }, { region: HERE, name: OPEN_BUCKET, isOpen: true }] }),
      snsService({ clock, topics: [{ region: HERE, name: 'oncall' }] }),
    ],
  });
  const { url } = await endpoint.listen(HERE, '127.0.0.1');
  const { HostedZone: zone } = await endpoint.call('route-53', 'CreateHostedZone', { Name: 'shop.example.com', CallerReference: 'contract' }, { region: HERE, caller: HERE }) as { readonly HostedZone: { readonly Id: string } };
  await fill((service, operation, input) => endpoint.call(service, operation, input, { region: HERE, caller: HERE }));
  return {
    url, machineArn: `arn:aws:states:${HERE}:${ACCOUNT_ID}:stateMachine:waiting`, ...plansOf({ zone: zone.Id.replace('/hostedzone/', ''), groups: GROUPS, account: ACCOUNT_ID }), topicArn: `arn:aws:sns:${HERE}:${ACCOUNT_ID}:oncall`,
    close: async () => {
      clock.close();
      await Promise.all([endpoint.close(), checkers.close()]);
    },
  };
});

async function fill(call: (service: string, operation: string, input: object) => Promise<unknown>): Promise<void> {
  await call('ssm', 'PutParameter', { Name: PARAMETER.name, Value: PARAMETER.text, Type: 'SecureString' });
  for (const AlarmName of Object.values(ALARMS)) await call('cloudwatch', 'PutMetricAlarm', { AlarmName, Namespace: 'Hotshift', MetricName: 'Healthy', Statistic: 'Maximum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'ignore' });
  await call('cloudwatch', 'SetAlarmState', { AlarmName: ALARMS.ringing, StateValue: 'ALARM', StateReason: 'the contract says so' });
  await call('cloudwatch', 'SetAlarmState', { AlarmName: ALARMS.calm, StateValue: 'OK', StateReason: 'the contract says so' });
}

function databases(clock: ReturnType<typeof realClock>, onFailure: (what: unknown, error: unknown) => void): Service {
  const instance = (region: string, identifier: string) => ({ region, identifier, host: '127.0.0.1', port: 5432, securityGroupIds: [GROUPS[region] ?? ''], backupRetentionDays: 1 });
  const done = () => Promise.resolve();
  return rdsService({
    clock, onFailure,
    instances: [instance(HERE, 'orders-east'), { ...instance(THERE, 'orders-west'), source: { region: HERE, identifier: 'orders-east' } }],
    host: { rename: () => Promise.resolve(), promote: done, restart: done, stop: done, start: done, createReplica: () => Promise.resolve({ host: '127.0.0.1', port: 5432 }) },
    delays: { statusLagMs: 20, promoteDelayMs: 20, modifyMs: 10 },
  });
}

function securityGroups(): Service {
  const rule = (peer: object, description: string) => ({ protocol: 'tcp' as const, fromPort: 5432, toPort: 5432, peer: peer as { cidrIpv4: string }, description });
  return ec2Service({
    securityGroups: [HERE, THERE].map((region) => ({
      region, groupId: GROUPS[region] ?? '', name: 'orders', vpcId: 'vpc-0aabbccddeeff0011',
      ingress: [rule({ cidrIpv4: '10.0.0.0/8' }, 'application servers'), rule({ cidrIpv4: '10.0.255.7/32' }, 'hotshift-keep: the agent')],
    })),
    ingressChanged: () => undefined,
  });
}
