// What can be wrong, each as a change of one answer of AWS, with the one finding that must come of it.
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { FindingId } from '../../../functions/rehearse/catalogue.ts';
import type { Changes } from './cloud.ts';

export interface Wrong {
  readonly what: string;
  readonly id: FindingId;
  readonly changes?: Changes;
  readonly plan?: (plan: ApplicationPlan) => ApplicationPlan;
  readonly slack?: object;
  readonly nameServers?: readonly string[];
  /** Looked at from the second region of the pair or the witness instead of the first. */
  readonly from?: 'second' | 'witness';
}

const instance = (change: (one: any, region: string) => object): Changes => ({ 'rds:DescribeDBInstances': ({ DBInstances }, _input, { region }) => ({ DBInstances: DBInstances.map((one: object) => ({ ...one, ...change(one, region) })) }) });
const first = (change: object): Changes => instance((_one, region) => (region === 'eu-west-1' ? change : {}));
const second = (change: object): Changes => instance((_one, region) => (region === 'eu-central-1' ? change : {}));
const table = (change: object): Changes => ({ 'dynamodb:DescribeTable': ({ Table }) => ({ Table: { ...Table, ...change } }) });
const records = (change: (set: any) => object | undefined): Changes => ({ 'route-53:ListResourceRecordSets': (answer) => ({ ...answer, ResourceRecordSets: answer.ResourceRecordSets.flatMap((set: object) => change(set) ?? []) }) });
const web = (change: object): Changes => records((set) => (set.Name.startsWith('shop.') && set.Type === 'A' && set.SetIdentifier === 'eu-west-1' ? { ...set, ...change } : set));
const writer = (change: object | undefined): Changes => records((set) => (set.Type === 'CNAME' ? change && { ...set, ...change } : set));
const service = (change: object): Changes => ({ 'ecs:DescribeServices': (answer) => ({ ...answer, services: answer.services.map((one: object) => ({ ...one, ...change })) }) });
const lambda = (change: object): Changes => ({ 'lambda:GetFunctionConfiguration': (answer, { FunctionName }, { region }) => (FunctionName === 'hotshift-verify' && region !== 'eu-west-1' ? { ...answer, ...change } : answer) });
const health = (change: object): Changes => ({ 'route-53:GetHealthCheck': ({ HealthCheck }) => ({ HealthCheck: { ...HealthCheck, HealthCheckConfig: { ...HealthCheck.HealthCheckConfig, ...change } } }) });
const certificate = (change: object): Changes => ({ 'acm:ListCertificates': ({ CertificateSummaryList }) => ({ CertificateSummaryList: CertificateSummaryList.map((one: object) => ({ ...one, ...change })) }) });
const setting = (change: object): Changes => ({ 'ecs:DescribeTaskDefinition': ({ taskDefinition }) => ({ taskDefinition: { ...taskDefinition, containerDefinitions: [change] } }) });
const absent = (operation: string, name: string): Changes => ({ [operation]: () => { throw Object.assign(new Error('there is none'), { refusal: name }); } });
const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

export const WRONGS: readonly Wrong[] = [
  { what: 'an instance that is gone', id: 'database-missing', changes: { 'rds:DescribeDBInstances': (answer, _input, { region }) => (region === 'eu-west-1' ? { DBInstances: [] } : answer) } },
  { what: 'a full disk', id: 'database-not-available', changes: first({ DBInstanceStatus: 'storage-full' }) },
  { what: 'a backup that runs', id: 'database-backing-up', changes: first({ DBInstanceStatus: 'backing-up' }) },
  { what: 'another endpoint', id: 'database-host', changes: second({ Endpoint: { Address: 'new.example.com', Port: 5432 } }), from: 'second' },
  { what: 'backups off', id: 'database-no-backups', changes: first({ BackupRetentionPeriod: 0 }) },
  { what: 'storage in the clear', id: 'database-not-encrypted', changes: first({ StorageEncrypted: false }) },
  { what: 'a key that waits for its deletion', id: 'database-key-disabled', changes: { 'kms:DescribeKey': ({ KeyMetadata }) => ({ KeyMetadata: { ...KeyMetadata, KeyState: 'PendingDeletion' } }) } },
  { what: 'no protection against deletion', id: 'database-unprotected', changes: first({ DeletionProtection: false }) },
  { what: 'a replica of an older engine', id: 'database-version-drift', changes: second({ EngineVersion: '16.1' }) },
  { what: 'a smaller replica', id: 'database-class-drift', changes: second({ DBInstanceClass: 'db.t4g.micro' }) },
  { what: 'a parameter that one region sets', id: 'database-parameters-drift', changes: { 'rds:DescribeDBParameters': (_answer, _input, { region }) => ({ Parameters: region === 'eu-west-1' ? [{ ParameterName: 'max_connections', ParameterValue: '500' }] : [] }) } },
  { what: 'a parameter that waits for a restart', id: 'database-parameters-pending', changes: first({ DBParameterGroups: [{ DBParameterGroupName: 'default.postgres17', ParameterApplyStatus: 'pending-reboot' }] }) },
  { what: 'another security group', id: 'database-security-group', changes: first({ VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0fffffffffffffff0', Status: 'active' }] }) },
  { what: 'a security group more', id: 'database-security-group', changes: first({ VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0123456789abcdef0' }, { VpcSecurityGroupId: 'sg-0fffffffffffffff0' }] }) },
  { what: 'a replica that was promoted by hand', id: 'replication-none', changes: second({ ReadReplicaSourceDBInstanceIdentifier: undefined, StatusInfos: undefined }) },
  { what: 'a replication that ended in an error', id: 'replication-stopped', changes: second({ StatusInfos: [{ StatusType: 'read replication', Normal: false, Status: 'error', Message: 'WAL removed' }] }) },
  { what: 'a lag of 95 s', id: 'replication-lag', changes: { 'cloudwatch:GetMetricData': (answer) => ({ MetricDataResults: answer.MetricDataResults.map((one: object) => ({ ...one, Values: [95] })) }) } },
  { what: 'no lag in CloudWatch', id: 'replication-lag-unknown', changes: { 'cloudwatch:GetMetricData': (answer) => ({ MetricDataResults: answer.MetricDataResults.map((one: object) => ({ ...one, Values: [], Timestamps: [] })) }) } },
  { what: 'no accelerated recovery', id: 'zone-accelerated-recovery', changes: { 'route-53:GetHostedZone': (answer) => ({ ...answer, HostedZone: { ...answer.HostedZone, Features: undefined } }) } },
  { what: 'one DNS provider', id: 'dns-single-provider', nameServers: ['ns-1.awsdns-1.com', 'ns-2.awsdns-2.org'] },
  { what: 'a region without its record', id: 'record-missing', changes: records((set) => (set.Type === 'A' && set.SetIdentifier === 'eu-west-1' ? undefined : set)) },
  { what: 'a record that leads elsewhere', id: 'record-values', changes: web({ ResourceRecords: [{ Value: '203.0.113.1' }] }) },
  { what: 'a weight that somebody moved', id: 'record-weight', changes: web({ Weight: 0 }) },
  { what: 'a TTL of an hour', id: 'record-ttl', changes: web({ TTL: 3600 }) },
  { what: 'a record without a health check, and a plan without', id: 'record-no-health-check', changes: records((set) => ({ ...set, HealthCheckId: undefined })), plan: (plan) => ({ ...plan, traffic: plan.traffic.map((traffic) => ({ ...traffic, endpoints: Object.fromEntries(Object.entries(traffic.endpoints).map(([region, { healthCheckId: _, ...endpoint }]) => [region, endpoint])) })) }) },
  { what: 'another health check than planned', id: 'health-check-missing', changes: web({ HealthCheckId: 'cccccccc-1111-2222-3333-444444444444' }) },
  { what: 'a health check that is switched off', id: 'health-check-kind', changes: health({ Disabled: true }) },
  { what: 'a health check on the other region', id: 'health-check-kind', changes: health({ IPAddress: '198.51.100.10' }) },
  { what: 'no writer record', id: 'writer-record-missing', changes: writer(undefined) },
  { what: 'a writer record that leads to the replica', id: 'writer-record-target', changes: writer({ ResourceRecords: [{ Value: 'orders-frankfurt.xyz789uvw012.eu-central-1.rds.amazonaws.com' }] }) },
  { what: 'a writer record of five minutes', id: 'writer-record-ttl', changes: writer({ TTL: 300 }) },
  { what: 'a load balancer with AWS\'s own keep-alive', id: 'balancer-keep-alive', changes: { 'elastic-load-balancing-v2:DescribeLoadBalancerAttributes': () => ({ Attributes: [] }) } },
  { what: 'a certificate that still waits', id: 'certificate-missing', changes: certificate({ Status: 'PENDING_VALIDATION' }) },
  { what: 'a certificate for another name', id: 'certificate-missing', changes: certificate({ DomainName: 'other.example.org' }) },
  { what: 'a certificate for three weeks more', id: 'certificate-expiring', changes: certificate({ NotAfter: inDays(21) }) },
  { what: 'a service that was deleted', id: 'service-missing', changes: service({ status: 'INACTIVE' }) },
  { what: 'a service scaled below its baseline', id: 'service-below-baseline', changes: service({ desiredCount: 4, runningCount: 4 }) },
  { what: 'tasks that do not start', id: 'service-short', changes: service({ runningCount: 7 }) },
  { what: 'a quota of 15 vCPUs', id: 'quota-fargate', changes: { 'service-quotas:GetServiceQuota': ({ Quota }) => ({ Quota: { ...Quota, Value: 15 } }) } },
  { what: 'a setting with an instance\'s endpoint', id: 'connection-names-region', changes: setting({ environment: [{ name: 'DATABASE_URL', value: 'postgres://shop:secret@orders-ireland.abc123def456.eu-west-1.rds.amazonaws.com/orders' }] }) },
  { what: 'a secret taken from the other region', id: 'connection-names-region', changes: setting({ secrets: [{ name: 'LOGIN', valueFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x' }] }) },
  { what: 'no table', id: 'table-missing', changes: table({ TableStatus: 'DELETING' }) },
  { what: 'a table that is only eventually consistent', id: 'table-not-strong', changes: table({ MultiRegionConsistency: undefined }) },
  { what: 'a table without its witness', id: 'table-replicas', changes: table({ Replicas: [{ RegionName: 'eu-central-1', ReplicaStatus: 'ACTIVE' }] }) },
  { what: 'items that expire', id: 'table-expiry', changes: { 'dynamodb:DescribeTimeToLive': () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'at' } }) } },
  { what: 'a table without recovery', id: 'table-no-recovery', changes: { 'dynamodb:DescribeContinuousBackups': () => ({ ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' } }) } },
  { what: 'a table that may be deleted', id: 'table-unprotected', changes: table({ DeletionProtectionEnabled: false }) },
  { what: 'a Slack secret that is gone', id: 'secret-missing', changes: { 'secrets-manager:DescribeSecret': (answer) => (answer.Name === 'hotshift/slack' ? { ...answer, DeletedDate: new Date() } : answer) } },
  { what: 'two secrets of one name', id: 'secret-differs', changes: { 'secrets-manager:DescribeSecret': (answer, _input, { region }) => (region === 'eu-central-1' ? { ...answer, VersionIdsToStages: { other: ['AWSCURRENT'] } } : answer) } },
  { what: 'a secret whose key is disabled', id: 'secret-key-disabled', changes: { 'secrets-manager:DescribeSecret': (answer) => (answer.Name === 'hotshift/orders' ? { ...answer, KmsKeyId: 'key-of-secret' } : answer), 'kms:DescribeKey': (answer, { KeyId }) => (KeyId === 'key-of-secret' ? { KeyMetadata: { KeyId, KeyState: 'Disabled' } } : answer) } },
  { what: 'a function that was deleted', id: 'function-missing', changes: { 'lambda:GetFunctionConfiguration': (answer, { FunctionName }) => { if (FunctionName === 'hotshift-verify') throw Object.assign(new Error('gone'), { refusal: 'ResourceNotFoundException' }); return answer; } } },
  { what: 'an idle function', id: 'function-not-active', changes: lambda({ State: 'Inactive' }), from: 'second' },
  { what: 'other code in one region', id: 'function-code', changes: lambda({ CodeSha256: 'b3RoZXI=' }), from: 'second' },
  { what: 'less memory in one region', id: 'function-settings', changes: lambda({ MemorySize: 64 }), from: 'second' },
  { what: 'no concurrency reserved', id: 'function-no-reserve', changes: { 'lambda:GetFunctionConcurrency': () => ({}) } },
  { what: 'a small account', id: 'quota-lambda', changes: { 'lambda:GetAccountSettings': () => ({ AccountLimit: { ConcurrentExecutions: 140, UnreservedConcurrentExecutions: 100 } }) } },
  { what: 'a service control policy against promotions', id: 'permission-denied', changes: { 'iam:SimulatePrincipalPolicy': (answer) => ({ ...answer, EvaluationResults: answer.EvaluationResults.map((one: any) => (one.EvalActionName === 'rds:PromoteReadReplica' ? { ...one, EvalDecision: 'explicitDeny' } : one)) }) } },
  { what: 'no state machine', id: 'machine-missing', changes: { 'sfn:DescribeStateMachine': (answer) => ({ ...answer, status: 'DELETING' }) } },
  { what: 'a workflow that was edited by hand', id: 'machine-differs', changes: { 'sfn:DescribeStateMachine': (answer) => ({ ...answer, definition: answer.definition.replace('"TimeoutSeconds":', '"Comment":"edited","TimeoutSeconds":') }) } },
  { what: 'a rule that is switched off', id: 'rule-disabled', changes: { 'eventbridge:DescribeRule': (answer) => (answer.Name === 'hotshift-suspicion-starts-failover' ? { ...answer, State: 'DISABLED' } : answer) } },
  { what: 'a rule that starts something else', id: 'rule-disabled', changes: { 'eventbridge:ListTargetsByRule': (answer, { Rule }) => (Rule === 'hotshift-suspicion-starts-failover' ? { Targets: [{ Id: 'x', Arn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:other' }] } : answer) } },
  { what: 'a schedule that is switched off', id: 'schedule-disabled', changes: { 'scheduler:GetSchedule': (answer) => (answer.Name === 'hotshift-observe-shop' ? { ...answer, State: 'DISABLED' } : answer) }, from: 'witness' },
  { what: 'a Slack token that was revoked', id: 'slack-refused', slack: { ok: false, error: 'token_revoked' } },
  { what: 'no bucket of records', id: 'bucket-missing', changes: absent('s3:GetPublicAccessBlock', 'NoSuchBucket') },
  { what: 'a bucket without object lock', id: 'bucket-no-lock', changes: absent('s3:GetObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError') },
  { what: 'a lock of a month', id: 'bucket-retention', changes: { 's3:GetObjectLockConfiguration': () => ({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } } }) } },
  { what: 'a bucket that the public may be let into', id: 'bucket-open', changes: { 's3:GetPublicAccessBlock': () => ({ PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false, IgnorePublicAcls: true, RestrictPublicBuckets: true } }) } },
  { what: 'no drill ever', id: 'drill-none', changes: { 'dynamodb:Query': (answer, { ExpressionAttributeValues }) => (ExpressionAttributeValues[':prefix']?.S === 'drill#' ? { Items: [], Count: 0 } : answer) } },
  { what: 'a drill in another season', id: 'drill-old', changes: { 'dynamodb:Query': (answer) => ({ ...answer, Items: answer.Items.map((item: object) => ({ ...item, at: { N: String(Date.now() - 120 * 86_400_000) } })) }) } },
  { what: 'a question that is denied', id: 'not-checked', changes: absent('acm:ListCertificates', 'AccessDeniedException') },
  { what: 'a zone that is gone', id: 'zone-missing', changes: { 'route-53:GetHostedZone': (answer) => { if (answer.HostedZone.Name === 'example.com.') throw Object.assign(new Error('gone'), { refusal: 'NoSuchHostedZone' }); return answer; } } },
];
/** Information, of which nothing is wrong; and what needs Aurora, which is not in this cloud: test/unit/rehearse brings these about. */
export const NOT_WRONG: readonly FindingId[] = ['database-single-zone', 'aurora-version-mismatch', 'aurora-headless', 'control-plane-us-east-1', 'capacity-not-fargate', 'connection-values-not-scanned'];
