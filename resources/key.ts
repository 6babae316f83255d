// The key of this region's logs and of its on-call topic. CloudWatch alarms cannot publish to a topic under the AWS-owned key, and
// logs name incidents and hosts. Nothing on the way of a failover needs it: without the key only logs and alarm mails are lost.
import { arn, policy, ref, sub, type Json } from './cloudformation.ts';

export function key(): Json {
  const account = { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } };
  const use = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  return {
    Key: {
      Type: 'AWS::KMS::Key', DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
      Properties: {
        Description: 'Logs and on-call topic of Hotshift', EnableKeyRotation: true, PendingWindowInDays: 30,
        KeyPolicy: policy([
          // The account's IAM decides who administers the key; without this statement nobody could (KMS guide, default key policy).
          { Sid: 'Account', Effect: 'Allow', Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') }, Action: 'kms:*', Resource: '*' },
          {
            Sid: 'Logs', Effect: 'Allow', Principal: { Service: sub('logs.${AWS::Region}.${AWS::URLSuffix}') },
            Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'], Resource: '*',
            // CloudWatch Logs names the log group as the context (Logs guide, encrypt log data).
            Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': [arn('logs', 'log-group:/aws/lambda/hotshift-*'), arn('logs', 'log-group:/aws/vendedlogs/states/hotshift-*')] } },
          },
          { Sid: 'Alarms', Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: use, Resource: '*', Condition: account },
        ]),
      },
    },
    KeyAlias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/hotshift', TargetKeyId: ref('Key') } },
  };
}
