// What each function may do, and to what: one statement per kind of call, bound to the configured ARNs and record names.
// The only source of the roles and of the table in docs/security.md.
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import { allInstances, type Plans } from './plans.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const account = { Ref: 'AWS::AccountId' };
const sub = (text: string): unknown => ({ 'Fn::Sub': text });

const tableArn = (region: Region, plans: Plans): unknown => sub(`arn:\${AWS::Partition}:dynamodb:${region}:\${AWS::AccountId}:table/${plans.table}`);
const readTable = (region: Region, plans: Plans): Statement => ({ Sid: 'ReadTable', Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: tableArn(region, plans) });
const writeTable = (region: Region, plans: Plans): Statement => ({ Sid: 'WriteTable', Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'], Resource: tableArn(region, plans) });

const secrets = (ids: readonly string[], regions: readonly Region[]): readonly Statement[] => (ids.length === 0 ? [] : [{
  Sid: 'ReadSecrets', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'],
  // Secrets Manager adds six random characters to the name in the ARN.
  Resource: regions.flatMap((region) => [...new Set(ids)].map((id) => (id.startsWith('arn:') ? id : sub(`arn:\${AWS::Partition}:secretsmanager:${region}:\${AWS::AccountId}:secret:${id}-??????`)))),
}]);

const databaseSecrets = (plans: Plans): readonly Statement[] =>
  secrets(allInstances(plans).map(({ instance }) => instance.secretId), [...new Set(allInstances(plans).map(({ region }) => region))]);

function messengerStatements(plans: Plans, region: Region): readonly Statement[] {
  const tokens = plans.applications.flatMap(({ notifications }) => (notifications.slack === undefined ? [] : [notifications.slack.tokenSecretId]));
  const topics = [...new Set(plans.applications.flatMap(({ notifications }) => Object.values(notifications.snsTopicArns)))];
  return [...secrets(tokens, [region]), ...(topics.length === 0 ? [] : [{ Sid: 'Notify', Effect: 'Allow', Action: ['sns:Publish'], Resource: topics } as const])];
}

const describeDatabases: Statement = { Sid: 'DescribeDatabases', Effect: 'Allow', Action: ['rds:DescribeDBInstances'], Resource: '*' };

/** Record names as Route 53's condition keys want them: lower case, no trailing dot. */
const normalised = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function changeRecords(plans: Plans): readonly Statement[] {
  const records = plans.applications.flatMap((plan) => recordsOf(plan));
  return [...new Set(records.map(({ zone }) => zone))].map((zone, index) => ({
    Sid: `ChangeRecords${index}`, Effect: 'Allow', Action: ['route53:ChangeResourceRecordSets'], Resource: `arn:aws:route53:::hostedzone/${zone}`,
    Condition: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...new Set(records.filter((record) => record.zone === zone).map(({ name }) => normalised(name)))],
        'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA', 'CNAME'],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
      },
      // ForAllValues passes on an empty set: the keys must be there.
      Null: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
    },
  }));
}

const recordsOf = (plan: ApplicationPlan): readonly { readonly zone: string; readonly name: string }[] => [
  ...plan.traffic.map(({ hostedZoneId, recordName }) => ({ zone: hostedZoneId, name: recordName })),
  ...plan.databases.flatMap(({ writerRecord }) => (writerRecord === undefined ? [] : [{ zone: writerRecord.hostedZoneId, name: writerRecord.name }])),
];

const readRecords = (plans: Plans): readonly Statement[] => {
  const zones = [...new Set(plans.applications.flatMap(recordsOf).map(({ zone }) => `arn:aws:route53:::hostedzone/${zone}`))];
  return zones.length === 0 ? [] : [{ Sid: 'ReadRecords', Effect: 'Allow', Action: ['route53:ListResourceRecordSets'], Resource: zones }];
};

/** The statements of one function in one region. Unknown functions have none: a new one must be added here. */
export function permissionsOf(name: string, region: Region, plans: Plans): readonly Statement[] {
  const table = [readTable(region, plans), writeTable(region, plans)];
  const eventBuses = [...new Set(plans.applications.flatMap((plan) => [...plan.regions, plan.witness]))];
  const services = plans.applications.flatMap(({ capacity }) => capacity.flatMap((entry) => Object.entries(entry.services)));
  switch (name) {
    case 'observe': return [...table, { Sid: 'Suspect', Effect: 'Allow', Action: ['events:PutEvents'], Resource: eventBuses.map((bus) => sub(`arn:\${AWS::Partition}:events:${bus}:\${AWS::AccountId}:event-bus/default`)), Condition: { StringEquals: { 'events:source': 'hotshift' } } }];
    case 'verify': case 'claim': case 'conclude': case 'fence': case 'warm': case 'confirm': return table;
    case 'assess': return [...table, describeDatabases, ...databaseSecrets(plans)];
    case 'promote': return [...table, describeDatabases, ...databaseSecrets(plans), { Sid: 'Promote', Effect: 'Allow', Action: ['rds:PromoteReadReplica'], Resource: allInstances(plans).map(({ instance }) => instance.arn) }];
    case 'shift': return [...table, ...readRecords(plans), ...changeRecords(plans)];
    case 'scale': return services.length === 0 ? table : [...table, { Sid: 'Scale', Effect: 'Allow', Action: ['ecs:DescribeServices', 'ecs:UpdateService'], Resource: services.map(([place, { cluster, service }]) => sub(`arn:\${AWS::Partition}:ecs:${place}:\${AWS::AccountId}:service/${cluster}/${service}`)) }];
    case 'announce': case 'approve': return [...table, ...messengerStatements(plans, region)];
    case 'enforce': return [...table, ...databaseSecrets(plans), { Sid: 'ReadRules', Effect: 'Allow', Action: ['ec2:DescribeSecurityGroupRules'], Resource: '*' }, { Sid: 'CloseNetwork', Effect: 'Allow', Action: ['ec2:RevokeSecurityGroupIngress'], Resource: allInstances(plans).filter((entry) => entry.region === region).map(({ instance }) => sub(`arn:\${AWS::Partition}:ec2:${region}:\${AWS::AccountId}:security-group/${instance.securityGroupId}`)) }];
    default: throw new Error(`functions/${name}: resources/permissions.ts has no statements for it`);
  }
}

export { account };
