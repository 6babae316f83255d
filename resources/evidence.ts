// The bucket of this region in which records of ended executions are kept: versioned, locked, encrypted, closed to everybody but the one
// function that writes them. One for each region, so that a survivor needs no other region. It outlives the stack.
import { STANDARD_EVIDENCE } from '../domain/records.ts';
import { attribute, policy, ref, sub, type Json } from './cloudformation.ts';
import type { Plans } from './plans.ts';

/** State machines whose executions leave a record. An evacuation starts failovers, each of which leaves its own. */
export const ARCHIVED = ['failover', 'failback', 'drill'] as const;

/** As domain/records.ts names it. */
const NAME = 'hotshift-evidence-${AWS::AccountId}-${AWS::Region}';
export const evidenceArn = sub(`arn:\${AWS::Partition}:s3:::${NAME}`);
export const recordsArn = sub(`arn:\${AWS::Partition}:s3:::${NAME}/records/*`);

export const evidenceResources = (plans: Plans): Json => ({ Evidence: bucket(plans), EvidencePolicy: bucketPolicy() });

export const evidenceOutputs = (): Json => ({ EvidenceBucket: { Description: 'Records of ended executions, locked', Value: ref('Evidence') } });

function bucket({ evidence: { retentionDays, mode } = STANDARD_EVIDENCE }: Plans): Json {
  return {
    Type: 'AWS::S3::Bucket', DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: sub(NAME),
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: mode.toUpperCase(), Days: retentionDays } } },
      VersioningConfiguration: { Status: 'Enabled' },
      // S3's own key and none of KMS: who schedules the deletion of a key would delete all records with it, lock or no lock.
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      // Nothing expires: a record is some hundred KB and costs a cent in years. Only what was never finished goes.
      LifecycleConfiguration: { Rules: [{ Id: 'unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }] },
    },
  };
}

function bucketPolicy(): Json {
  const [all, objects] = [attribute('Evidence'), sub('${Evidence.Arn}/*')];
  const deny = (Sid: string, Action: string | readonly string[], Resource: unknown, Condition?: Json): Json => ({ Sid, Effect: 'Deny', Principal: '*', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });
  return {
    Type: 'AWS::S3::BucketPolicy', DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    Properties: {
      Bucket: ref('Evidence'),
      PolicyDocument: policy([
        deny('OnlyTls', 's3:*', [all, objects], { Bool: { 'aws:SecureTransport': 'false' } }),
        // A service of AWS has no account of its own: none may come here, whoever has asked it to (no confused deputy), and no stranger may.
        deny('OnlyThisAccount', 's3:*', [all, objects], { StringNotEquals: { 'aws:PrincipalAccount': ref('AWS::AccountId') } }),
        // A record that somebody else has put here would look like one of ours.
        deny('OnlyArchiveWrites', 's3:PutObject', objects, { ArnNotEquals: { 'aws:PrincipalArn': attribute('ArchiveRole') } }),
        deny('NothingTwice', 's3:PutObject', objects, { Null: { 's3:if-none-match': 'true' } }),
        // In governance mode: two acts, and both stand in CloudTrail.
        deny('NoWayAroundTheLock', 's3:BypassGovernanceRetention', objects),
      ]),
    },
  };
}
