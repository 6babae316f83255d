// The one table that decides who may act: strong consistency over three regions, or it would be no lock. It outlives the stack.
import { allRegions, type Plans } from './plans.ts';
import type { Json } from './cloudformation.ts';

export const table = (plans: Plans): Json => ({
  Table: {
    Type: 'AWS::DynamoDB::GlobalTable', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName: plans.table, BillingMode: 'PAY_PER_REQUEST', MultiRegionConsistency: 'STRONG',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      SSESpecification: { SSEEnabled: true },
      Replicas: allRegions(plans).map((region) => ({ Region: region, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, DeletionProtectionEnabled: true })),
    },
  },
});
