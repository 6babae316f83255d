// The bucket of records: locked as configured, closed to everybody but the one function that writes it, in each region, and outliving its stack.
import { describe, expect, test } from '@jest/globals';
import { bucketOf } from '../../../domain/records.ts';
import type { Json, Statement } from '../../../resources/cloudformation.ts';
import { functionResources, functionsAt, stepNames, reservedAt } from '../../../resources/functions.ts';
import { permissionsOf } from '../../../resources/permissions.ts';
import { packagedOf } from '../../../resources/packaged.ts';
import { allRegions, isWitness, readPlans } from '../../../resources/plans.ts';
import { rulesAt } from '../../../resources/rules.ts';
import { resourcesOf } from '../../../resources/stack.ts';
import { wholePlans } from './whole-plans.ts';

interface Resource { readonly Type: string; readonly DeletionPolicy?: string; readonly UpdateReplacePolicy?: string; readonly Properties: Json }
const plans = readPlans('hotshift.example.yml');
const stackOf = (region: string, of = plans) => resourcesOf(region, of, {}) as Readonly<Record<string, Resource>>;
const statements = (region: string) => (stackOf(region)['EvidencePolicy']!.Properties['PolicyDocument'] as { readonly Statement: readonly (Statement & { readonly Principal: unknown })[] }).Statement;

describe.each(allRegions(plans))('in %s', (region) => {
  test('the bucket has versions, object lock, encryption and no public, and stays when the stack goes', () => {
    const { DeletionPolicy, UpdateReplacePolicy, Properties } = stackOf(region)['Evidence']!;
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    expect(Properties).toMatchObject({
      ObjectLockEnabled: true, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } }, VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true }, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    // Nothing of a lifecycle may take a record away, or hide it behind a marker.
    expect(JSON.stringify(Properties['LifecycleConfiguration'])).not.toMatch(/Expiration|Transition/);
    // The name that the functions and the check look for.
    expect((Properties['BucketName'] as { readonly 'Fn::Sub': string })['Fn::Sub'].replace('${AWS::AccountId}', '111122223333').replace('${AWS::Region}', region)).toBe(bucketOf('111122223333', region));
  });

  test('its policy only denies: no TLS, another account or a service, another writer, a second writing, a way around the lock', () => {
    expect(statements(region).every(({ Effect, Principal }) => Effect === 'Deny' && Principal === '*')).toBe(true);
    expect(statements(region).map(({ Sid, Action, Condition }) => [Sid, Action, Condition])).toEqual([
      ['OnlyTls', 's3:*', { Bool: { 'aws:SecureTransport': 'false' } }],
      ['OnlyThisAccount', 's3:*', { StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } }],
      ['OnlyArchiveWrites', 's3:PutObject', { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['ArchiveRole', 'Arn'] } } }],
      ['NothingTwice', 's3:PutObject', { Null: { 's3:if-none-match': 'true' } }],
      ['NoWayAroundTheLock', 's3:BypassGovernanceRetention', undefined],
    ]);
  });

  test('one function of all may write it, below one prefix, and that function may do nothing else in S3', () => {
    const writing = functionsAt(region, wholePlans).flatMap((name) => permissionsOf(name, region, wholePlans).filter(({ Action }) => Action.some((one) => one.startsWith('s3:') && !one.startsWith('s3:Get'))).map(({ Action, Resource }) => ({ name, Action, Resource })));
    expect(writing).toEqual([{ name: 'archive', Action: ['s3:PutObject'], Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::hotshift-evidence-${AWS::AccountId}-${AWS::Region}/records/*' } }]);
  });

  test('what starts it is tried again, and then kept for a person', () => {
    const { ArchiveStarts, ArchiveLostAlarm, ExecutionEndedRule } = stackOf(region);
    expect(ArchiveStarts!.Properties).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600, DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } } });
    expect(JSON.stringify((stackOf(region)['ArchiveRole'] as unknown as Resource).Properties)).toContain('"sqs:SendMessage"');
    expect(ArchiveLostAlarm).toBeDefined();
    expect(ExecutionEndedRule!.Properties['Targets']).toEqual([expect.objectContaining({ InputPath: '$.detail', RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 }, DeadLetterConfig: expect.anything() })]);
  });
});

test('retention and mode are the plan\'s, for the bucket and for the check', () => {
  const evidence = { retentionDays: 2555, mode: 'compliance' } as const;
  expect(stackOf('eu-west-1', { ...plans, evidence })['Evidence']!.Properties['ObjectLockConfiguration']).toMatchObject({ Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2555 } } });
  expect(packagedOf({ ...plans, evidence }, '/nowhere').evidence).toEqual(evidence);
});

test('what comes after the end is no step: no state machine calls it and no schedule keeps it warm', () => {
  expect(stepNames().filter((name) => name === 'archive' || name === 'track')).toEqual([]);
  expect(Object.keys(stackOf('eu-west-1')).filter((id) => /^KeepWarm(Archive|Track)/.test(id))).toEqual([]);
});

test('issues are made where drills run and a tracker is configured, and nowhere else', () => {
  const [pair, witness] = [allRegions(plans).filter((region) => !isWitness(region, plans)), allRegions(plans).filter((region) => isWitness(region, plans))];
  const has = (region: string, of: typeof plans) => [functionsAt(region, of).includes('track'), rulesAt(region, of).some(({ name }) => name === 'drill-ended'), Object.keys(functionResources(region, of, undefined)).includes('TrackStarts')];
  for (const region of pair) expect([has(region, plans), has(region, wholePlans)]).toEqual([[false, false, false], [true, true, true]]);
  for (const region of witness) expect([has(region, plans), has(region, wholePlans)]).toEqual([[false, false, false], [false, false, false]]);
  expect(reservedAt('eu-west-1', wholePlans)).toBeGreaterThan(reservedAt('eu-west-2', wholePlans));
  expect(permissionsOf('track', 'eu-west-1', wholePlans).flatMap(({ Action }) => Action)).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'secretsmanager:GetSecretValue']);
});
