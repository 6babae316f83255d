// Names in `aws-sdk:` integrations are those of the Java SDK: DbInstances, DbInstanceNotFoundException. This turns ours into these and
// back. Casing follows the rule, not Java's list of exceptions to it; which names AWS itself gives is worth a look in doubt.
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as dynamoDb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import * as route53 from '@aws-sdk/client-route-53';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import { NormalizedSchema } from '@smithy/core/schema';

export interface SdkService { readonly name: string; readonly errorPrefix: string; readonly client: Readonly<Record<string, unknown>> }

/** By the name in a Resource. */
const SERVICES: Readonly<Record<string, SdkService>> = {
  autoscaling: { name: 'auto-scaling', errorPrefix: 'AutoScaling', client: autoScaling },
  cloudwatch: { name: 'cloudwatch', errorPrefix: 'CloudWatch', client: cloudWatch },
  dynamodb: { name: 'dynamodb', errorPrefix: 'DynamoDb', client: dynamoDb },
  ec2: { name: 'ec2', errorPrefix: 'Ec2', client: ec2 },
  ecs: { name: 'ecs', errorPrefix: 'Ecs', client: ecs },
  eventbridge: { name: 'eventbridge', errorPrefix: 'EventBridge', client: eventBridge },
  lambda: { name: 'lambda', errorPrefix: 'Lambda', client: lambda },
  rds: { name: 'rds', errorPrefix: 'Rds', client: rds },
  route53: { name: 'route-53', errorPrefix: 'Route53', client: route53 },
  secretsmanager: { name: 'secrets-manager', errorPrefix: 'SecretsManager', client: secretsManager },
  sfn: { name: 'sfn', errorPrefix: 'Sfn', client: sfn },
  sns: { name: 'sns', errorPrefix: 'Sns', client: sns },
  ssm: { name: 'ssm', errorPrefix: 'Ssm', client: ssm },
};

export const sdkService = (name: string): SdkService | undefined => SERVICES[name.toLowerCase()];

/** Arguments of a state as the operation's input: members found whatever their case, text made into dates and bytes. */
export function sdkInput({ client }: SdkService, operation: string, value: unknown): unknown {
  return read(shapeOf(client, operation, 4), value);
}

function read(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) {
    const given = new Map(Object.entries(value as object).map(([name, member]) => [name.toLowerCase(), member as unknown]));
    return Object.fromEntries([...schema.structIterator()].flatMap(([name, member]) => (given.has(name.toLowerCase()) ? [[name, read(member, given.get(name.toLowerCase()))]] : [])));
  }
  if (schema.isListSchema()) return (value as readonly unknown[]).map((item) => read(schema.getValueSchema(), item));
  if (schema.isMapSchema()) return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, read(schema.getValueSchema(), item)]));
  if (schema.isTimestampSchema()) return new Date(typeof value === 'number' ? value * 1000 : String(value));
  if (schema.isBlobSchema()) return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return value;
}

/** An answer as the state sees it: Java's names for members (never for keys of a map), dates and bytes as text. */
export function sdkOutput({ client }: SdkService, operation: string, value: unknown): unknown {
  return write(shapeOf(client, operation, 5), value) ?? {};
}

function write(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) {
    const members = value as Readonly<Record<string, unknown>>;
    const present = [...schema.structIterator()].filter(([name]) => members[name] !== undefined);
    return Object.fromEntries(present.map(([name, member]) => [javaName(name), write(member, members[name])]));
  }
  if (schema.isListSchema()) return (value as readonly unknown[]).map((item) => write(schema.getValueSchema(), item));
  if (schema.isMapSchema()) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, write(schema.getValueSchema(), item)]));
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
}

/** Input (4) or output (5) of an operation's raw schema. */
function shapeOf(client: Readonly<Record<string, unknown>>, operation: string, part: 4 | 5): NormalizedSchema {
  const raw = (client[`${operation}$`] as readonly unknown[] | undefined)?.[part] ?? 'unit';
  return NormalizedSchema.of((typeof raw === 'function' ? raw() : raw) as Parameters<typeof NormalizedSchema.of>[0]);
}

/** DBInstances -> DbInstances, executionArn -> ExecutionArn. */
export function javaName(name: string): string {
  const words = name.replace(/[A-Z]{2,}(?=[A-Z][a-z]|[^A-Za-z]|$)/g, (capitals) => capitals.charAt(0) + capitals.slice(1).toLowerCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Rds.DbInstanceNotFoundException for DBInstanceNotFound or DBInstanceNotFoundFault. */
export function sdkErrorName(prefix: string, code: string): string {
  const name = javaName(code.replace(/(Fault|Exception)$/, ''));
  return `${prefix}.${name}${name.endsWith('Error') ? '' : 'Exception'}`;
}
