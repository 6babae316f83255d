// The required members that an input lacks, at any depth, and the error that each kind of service answers then.
import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers, type Protocol } from './schema.ts';
import { AwsError } from './service.ts';

/** Paths of missing required members, in the order of the schema. */
export function missingMembers(schema: NormalizedSchema, value: unknown, path = ''): string[] {
  if (value === undefined || value === null) return [];
  if (schema.isStructSchema()) return missingInStruct(schema, value as Readonly<Record<string, unknown>>, path);
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.flatMap((item, index) => missingMembers(schema.getValueSchema(), item, `${path}.${index + 1}.member`));
  }
  if (schema.isMapSchema()) return Object.entries(value).flatMap(([key, item]) => missingMembers(schema.getValueSchema(), item, `${path}.${key}`));
  return [];
}

function missingInStruct(schema: NormalizedSchema, value: Readonly<Record<string, unknown>>, path: string): string[] {
  const members = [...schema.structIterator()];
  const required = requiredMembers(schema);
  return members.flatMap(([name, member], index) => {
    const place = path === '' ? name : `${path}.${name}`;
    if (index < required && (value[name] === undefined || value[name] === null)) return [place];
    return missingMembers(member, value[name], place);
  });
}

/** What AWS answers for them. Query: the first alone; the others: all, as a validation framework lists them. */
export function missingError(protocol: Protocol, service: string, missing: readonly string[]): AwsError {
  const [first = ''] = missing;
  if (protocol === 'query' || protocol === 'ec2') return new AwsError('MissingParameter', `The request must contain the parameter ${first}`);
  if (service === 'cloudwatch') return new AwsError('MissingRequiredParameterException', `The parameter ${first} is required.`);
  const code = protocol === 'rest-xml' ? 'InvalidInput' : service === 'ecs' || service === 'secrets-manager' ? 'InvalidParameterException' : 'ValidationException';
  const found = missing.map((path) => `Value null at '${lowerFirst(path)}' failed to satisfy constraint: Member must not be null`);
  return new AwsError(code, `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected: ${found.join('; ')}`);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
