// What a rehearsal reads of capacity: ECS services with their settings, load balancers, certificates, quotas and how far they are used.
import { ACMClient, ListCertificatesCommand, type CertificateSummary, type KeyAlgorithm } from '@aws-sdk/client-acm';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient, type Service, type TaskDefinition } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancerAttributesCommand, DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetServiceQuotaCommand, ServiceQuotasClient, type MetricInfo } from '@aws-sdk/client-service-quotas';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { BalancerDetails, CertificateDetails, Inventory } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import type { Clock } from '../domain/ports.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

type CapacityInventory = Pick<Inventory, 'service' | 'balancers' | 'certificates' | 'quota' | 'concurrency'>;

/** ACM lists 2,048-bit RSA only unless it is told of the others (ACM API, ListCertificates). */
const KEY_TYPES: KeyAlgorithm[] = ['RSA_1024', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_prime256v1', 'EC_secp384r1', 'EC_secp521r1'];
/** ALB: closed after an hour, and idle for a minute (ELB guide, load balancer attributes). */
const KEEP_ALIVE_SECONDS = 3600;
const IDLE_SECONDS = 60;

export function capacityInventory(clock: Pick<Clock, 'now'>): CapacityInventory {
  const ecs = perRegion((region) => new ECSClient(clientSettings(region, 'reading')));
  const balancing = perRegion((region) => new ElasticLoadBalancingV2Client(clientSettings(region, 'reading')));
  const acm = perRegion((region) => new ACMClient(clientSettings(region, 'reading')));
  const quotas = perRegion((region) => new ServiceQuotasClient(clientSettings(region, 'reading')));
  const cloudwatch = perRegion((region) => new CloudWatchClient(clientSettings(region, 'reading')));
  const lambda = perRegion((region) => new LambdaClient(clientSettings(region, 'reading')));
  return {
    async service(region, cluster, service) {
      const resource = `${cluster}/${service} in ${region}`;
      const answer = await orAbsent({ action: 'ecs:DescribeServices', resource }, ['ClusterNotFoundException'], () => ecs(region).send(new DescribeServicesCommand({ cluster, services: [service] })));
      const found = answer?.services?.[0];
      if (found === undefined) return undefined;
      const definition = found.taskDefinition === undefined ? undefined : (await asking({ action: 'ecs:DescribeTaskDefinition', resource: found.taskDefinition },
        () => ecs(region).send(new DescribeTaskDefinitionCommand({ taskDefinition: found.taskDefinition })))).taskDefinition;
      return serviceDetails(found, definition, resource);
    },
    balancers: (region, groups) => balancersOf(balancing(region), region, groups),
    certificates: (region) => certificatesOf(acm(region), region),
    quota: async (region, service, code) => {
      const answer = await asking({ action: 'servicequotas:GetServiceQuota', resource: `${service} ${code} in ${region}` }, () => quotas(region).send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code })));
      if (answer.Quota?.Value === undefined) throw new UnexpectedAnswerError(`servicequotas:GetServiceQuota on ${code}: the answer has no value`);
      const used = answer.Quota.UsageMetric === undefined ? undefined : await usage(cloudwatch(region), region, answer.Quota.UsageMetric, clock.now());
      return { limit: answer.Quota.Value, ...(used === undefined ? {} : { used }) };
    },
    async concurrency(region) {
      const { AccountLimit: limit } = await asking({ action: 'lambda:GetAccountSettings', resource: region }, () => lambda(region).send(new GetAccountSettingsCommand({})));
      if (limit?.ConcurrentExecutions === undefined) throw new UnexpectedAnswerError(`lambda:GetAccountSettings in ${region}: the answer has no limit`);
      return { limit: limit.ConcurrentExecutions, unreserved: limit.UnreservedConcurrentExecutions ?? limit.ConcurrentExecutions };
    },
  };
}

function serviceDetails(found: Service, definition: TaskDefinition | undefined, resource: string) {
  if (found.status === undefined || found.desiredCount === undefined || found.runningCount === undefined) throw new UnexpectedAnswerError(`ecs:DescribeServices on ${resource}: the answer has no status or counts`);
  const containers = definition?.containerDefinitions ?? [];
  const vcpu = Number(definition?.cpu ?? containers.reduce((sum, { cpu }) => sum + (cpu ?? 0), 0)) / 1024;
  return {
    status: found.status, desired: found.desiredCount, running: found.runningCount,
    launchType: found.launchType ?? found.capacityProviderStrategy?.[0]?.capacityProvider ?? 'EC2', ...(vcpu > 0 ? { vcpuPerTask: vcpu } : {}),
    variables: containers.flatMap(({ environment = [], secrets = [] }) => [
      ...environment.map(({ name = '', value = '' }) => ({ name, value })), ...secrets.map(({ name = '', valueFrom = '' }) => ({ name, value: valueFrom })),
    ]),
    targetGroupArns: (found.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
  };
}

async function balancersOf(client: ElasticLoadBalancingV2Client, region: Region, groups: readonly string[]): Promise<readonly BalancerDetails[]> {
  if (groups.length === 0) return [];
  const { TargetGroups: found = [] } = await asking({ action: 'elasticloadbalancing:DescribeTargetGroups', resource: groups.join(', ') }, () => client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [...groups] })));
  // Only an application load balancer (`loadbalancer/app/...`) keeps HTTP connections.
  const arns = [...new Set(found.flatMap(({ LoadBalancerArns }) => LoadBalancerArns ?? []))].filter((arn) => arn.includes(':loadbalancer/app/'));
  return Promise.all(arns.map(async (arn) => {
    const { Attributes: attributes = [] } = await asking({ action: 'elasticloadbalancing:DescribeLoadBalancerAttributes', resource: `${arn} in ${region}` }, () => client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn })));
    const seconds = (key: string, standard: number): number => Number(attributes.find(({ Key }) => Key === key)?.Value ?? standard);
    return { name: arn.split('/')[2] ?? arn, keepAliveSeconds: seconds('client_keep_alive.seconds', KEEP_ALIVE_SECONDS), idleSeconds: seconds('idle_timeout.timeout_seconds', IDLE_SECONDS) };
  }));
}

async function certificatesOf(client: ACMClient, region: Region): Promise<readonly CertificateDetails[]> {
  const found: CertificateDetails[] = [];
  let token: string | undefined;
  do {
    const page = await asking({ action: 'acm:ListCertificates', resource: region }, () => client.send(new ListCertificatesCommand({ Includes: { keyTypes: KEY_TYPES }, ...(token === undefined ? {} : { NextToken: token }) })));
    found.push(...(page.CertificateSummaryList ?? []).map(certificateDetails));
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

const certificateDetails = ({ DomainName, SubjectAlternativeNameSummaries, Status, NotAfter, InUse }: CertificateSummary): CertificateDetails => ({
  names: [...new Set([...(DomainName === undefined ? [] : [DomainName]), ...(SubjectAlternativeNameSummaries ?? [])])], status: Status ?? 'unknown', isInUse: InUse === true,
  ...(NotAfter === undefined ? {} : { expiresAt: NotAfter.getTime() }),
});

/** AWS publishes usage every few minutes; an hour has the newest in any case. */
async function usage(client: CloudWatchClient, region: Region, { MetricNamespace, MetricName, MetricDimensions = {}, MetricStatisticRecommendation }: MetricInfo, now: number): Promise<number | undefined> {
  const answer = await asking({ action: 'cloudwatch:GetMetricData', resource: `${MetricName ?? ''} in ${region}` }, () => client.send(new GetMetricDataCommand({
    StartTime: new Date(now - 3_600_000), EndTime: new Date(now),
    MetricDataQueries: [{ Id: 'used', MetricStat: {
      Metric: { Namespace: MetricNamespace, MetricName, Dimensions: Object.entries(MetricDimensions).map(([Name, Value]) => ({ Name, Value })) }, Period: 300, Stat: MetricStatisticRecommendation ?? 'Maximum',
    } }],
  })));
  const values = answer.MetricDataResults?.[0]?.Values ?? [];
  return values.length === 0 ? undefined : Math.max(...values);
}
