// What a call asks for, in IAM's words: the ARN of its resource and the condition keys that it carries (Service Authorization
// Reference). An operation whose resource is not known here stands for `*`, which a statement with a named resource does not allow.
import type { Call } from './aws/calls.ts';
import { ACCOUNT_ID } from './aws/service.ts';

export interface Asked {
  readonly resource: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

type Input = Readonly<Record<string, unknown>>;

/** A call may ask for more than one resource: each must be allowed. */
export function resourcesOf({ service, operation, region, input }: Call): readonly Asked[] {
  const given = input as Input;
  const text = (name: string): string => (typeof given[name] === 'string' ? given[name] : '*');
  const arn = (prefix: string, resource: string): string => (resource.startsWith('arn:') ? resource : `arn:aws:${prefix}:${region}:${ACCOUNT_ID}:${resource}`);
  switch (service) {
    case 'dynamodb': return [{ resource: arn('dynamodb', `table/${text('TableName')}`), keys: { 'dynamodb:LeadingKeys': leadingKeys(given) } }];
    case 'rds': return [{ resource: arn('rds', `db:${text('DBInstanceIdentifier')}`), keys: {} }];
    case 'route-53': return [{ resource: `arn:aws:route53:::hostedzone/${text('HostedZoneId')}`, keys: operation === 'ChangeResourceRecordSets' ? recordKeys(given) : {} }];
    // The ARN of a secret ends in six characters that the call does not name.
    case 'secrets-manager': return [{ resource: text('SecretId').startsWith('arn:') ? text('SecretId') : arn('secretsmanager', `secret:${text('SecretId')}-aaaaaa`), keys: {} }];
    case 'eventbridge': return (given['Entries'] as readonly Input[]).map((entry) => ({ resource: arn('events', `event-bus/${String(entry['EventBusName'])}`), keys: { 'events:source': [String(entry['Source'])] } }));
    case 'ecs': return services(given).map((name) => ({ resource: arn('ecs', `service/${text('cluster')}/${name}`), keys: { 'ecs:cluster': [arn('ecs', `cluster/${text('cluster')}`)] } }));
    case 'ec2': return [{ resource: operation.startsWith('Describe') ? '*' : arn('ec2', `security-group/${text('GroupId')}`), keys: { 'ec2:Region': [region] } }];
    // The token says which execution; there is one state machine that waits for people.
    case 'sfn': return [{ resource: operation === 'GetExecutionHistory' ? text('executionArn') : '*', keys: {} }];
    // By prefix it asks for alarms that it does not name.
    case 'cloudwatch': return [{ resource: operation === 'DescribeAlarms' ? arn('cloudwatch', 'alarm:*') : '*', keys: {} }];
    case 's3': return [{ resource: `arn:aws:s3:::${text('Bucket')}/${text('Key')}`, keys: {} }];
    case 'sns': return [{ resource: text('TopicArn'), keys: {} }];
    default: return [{ resource: '*', keys: {} }];
  }
}

const services = (input: Input): readonly string[] => (Array.isArray(input['services']) ? input['services'] as readonly string[] : [String(input['service'])]);

/** The partition key of the item: of a write, a read or a query. */
function leadingKeys(input: Input): readonly string[] {
  const attributes = (input['Item'] ?? input['Key'] ?? {}) as Readonly<Record<string, { readonly S?: string }>>;
  if (attributes['pk']?.S !== undefined) return [attributes['pk'].S];
  const values = (input['ExpressionAttributeValues'] ?? {}) as Readonly<Record<string, { readonly S?: string }>>;
  const name = /\b(?:#\w+|pk)\s*=\s*(:\w+)/.exec(String(input['KeyConditionExpression'] ?? ''))?.[1];
  const value = name === undefined ? undefined : values[name]?.S;
  return value === undefined ? [] : [value];
}

function recordKeys(input: Input): Asked['keys'] {
  const { Changes: changes } = input['ChangeBatch'] as { readonly Changes: readonly { readonly Action: string; readonly ResourceRecordSet: { readonly Name: string; readonly Type: string } }[] };
  return {
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': changes.map(({ ResourceRecordSet: { Name } }) => Name.toLowerCase().replace(/\.$/, '')),
    'route53:ChangeResourceRecordSetsRecordTypes': changes.map(({ ResourceRecordSet: { Type } }) => Type),
    'route53:ChangeResourceRecordSetsActions': changes.map(({ Action }) => Action),
  };
}
