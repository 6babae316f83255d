// The services that only a rehearsal asks, each with the one answer of an account in which all is well.
import * as acm from '@aws-sdk/client-acm';
import * as balancing from '@aws-sdk/client-elastic-load-balancing-v2';
import * as kms from '@aws-sdk/client-kms';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as quotas from '@aws-sdk/client-service-quotas';
import { bucketOf } from '../../../domain/records.ts';
import { s3Service } from '../../../twin/aws/services/s3.ts';
import { ACCOUNT_ID, type Service } from '../../../twin/aws/service.ts';

const regional = (name: string, signingName: string, client: object, handlers: Service['handlers']): Service => ({ name, signingName, client: client as Record<string, unknown>, scope: 'regional', handlers });
const DAY_MS = 86_400_000;
export const balancerArn = (region: string): string => `arn:aws:elasticloadbalancing:${region}:${ACCOUNT_ID}:loadbalancer/app/shop/0123456789abcdef`;

export const smallServices = (host: string, now: number): readonly Service[] => [
  regional('acm', 'acm', acm, {
    ListCertificates: () => ({ CertificateSummaryList: [
      { CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1', DomainName: `*.${host.split('.').slice(1).join('.')}`, Status: 'ISSUED', NotAfter: new Date(now + 200 * DAY_MS), InUse: true },
    ] }),
  }),
  regional('elastic-load-balancing-v2', 'elasticloadbalancing', balancing, {
    DescribeTargetGroups: (_input: unknown, { region }) => ({ TargetGroups: [{ LoadBalancerArns: [balancerArn(region)] }] }),
    DescribeLoadBalancerAttributes: () => ({ Attributes: [{ Key: 'client_keep_alive.seconds', Value: '60' }, { Key: 'idle_timeout.timeout_seconds', Value: '60' }] }),
  }),
  regional('kms', 'kms', kms, { DescribeKey: ({ KeyId }: { KeyId: string }) => ({ KeyMetadata: { KeyId, KeyState: 'Enabled', Enabled: true } }) }),
  s3Service({ buckets: ['eu-west-1', 'eu-central-1', 'eu-west-2'].map((region) => ({ region, name: bucketOf(ACCOUNT_ID, region), lock: { mode: 'GOVERNANCE', days: 400 } })) }),
  regional('scheduler', 'scheduler', scheduler, { GetSchedule: ({ Name, GroupName }: { Name: string; GroupName: string }) => ({ Name, GroupName, State: 'ENABLED' }) }),
  regional('service-quotas', 'servicequotas', quotas, { GetServiceQuota: ({ ServiceCode, QuotaCode }: { ServiceCode: string; QuotaCode: string }) => ({ Quota: { ServiceCode, QuotaCode, Value: 100 } }) }),
];
