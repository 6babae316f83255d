// Record sets between the API's shape and the twin's. What the API takes and the twin cannot serve (alias, latency,
// geography, multivalue, CIDR, traffic policies) is refused by name, never dropped.
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../../service.ts';
import { canonicalName } from '../../../dns/names.ts';
import { recordOf } from '../../../dns/record-data.ts';
import { isRecordType, type RecordSet } from '../../../dns/record-sets.ts';

const notInTheTwin = ['AliasTarget', 'Region', 'GeoLocation', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation', 'TrafficPolicyInstanceId'] as const;
const TTL_SECONDS_MAX = 2_147_483_647;
const WEIGHT_MAX = 255;

const invalid = (message: string): AwsError => new AwsError('InvalidInput', message, { status: 400 });

/** How Route 53 names a change in its complaints. */
const changeText = ({ Action, ResourceRecordSet: set }: Change): string =>
  `Change with [Action=${Action}, Name=${set?.Name}, Type=${set?.Type}, SetIdentifier=${set?.SetIdentifier ?? 'null'}]`;

/** The set of a change; throws InvalidInput where its form is wrong. Its values are judged by `valueMessages`. */
export function recordSetOf(change: Change): RecordSet {
  const set = change.ResourceRecordSet;
  if (!set) throw invalid("Invalid request: Missing field 'ResourceRecordSet' in Change");
  for (const member of notInTheTwin) {
    if (set[member] !== undefined) throw invalid(`The twin does not serve ${member}: ${changeText(change)}`);
  }
  if (!set.Type || !isRecordType(set.Type)) throw invalid(`The twin does not serve records of type ${set.Type}: ${changeText(change)}`);
  const name = canonicalName(set.Name ?? '');
  if (name === undefined) throw invalid(`Invalid request: '${set.Name}' is not a domain name in ${changeText(change)}`);
  assertPolicy(change, set);
  return {
    name,
    type: set.Type,
    ttlSeconds: set.TTL ?? 0,
    values: (set.ResourceRecords ?? []).map((record) => record.Value ?? ''),
    ...(set.SetIdentifier === undefined ? {} : { setIdentifier: set.SetIdentifier }),
    ...(set.Weight === undefined ? {} : { weight: set.Weight }),
    ...(set.Failover === undefined ? {} : { failover: set.Failover }),
    ...(set.HealthCheckId === undefined ? {} : { healthCheckId: set.HealthCheckId }),
  };
}

function assertPolicy(change: Change, set: ResourceRecordSet): void {
  if (set.TTL === undefined || !set.ResourceRecords?.length) {
    throw invalid(`Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in ${changeText(change)}`);
  }
  if (!Number.isInteger(set.TTL) || set.TTL < 0 || set.TTL > TTL_SECONDS_MAX) throw invalid(`Invalid request: TTL ${set.TTL} is not between 0 and ${TTL_SECONDS_MAX} in ${changeText(change)}`);
  const policies = [set.Weight, set.Failover].filter((member) => member !== undefined).length;
  if (set.SetIdentifier !== undefined && policies !== 1) {
    throw invalid(`Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found ${policies === 0 ? 'none' : 'more than one'} in ${changeText(change)}`);
  }
  if (set.SetIdentifier === undefined && policies > 0) throw invalid(`Invalid request: Missing field 'SetIdentifier' in ${changeText(change)}`);
  if (set.Weight !== undefined && (!Number.isInteger(set.Weight) || set.Weight < 0 || set.Weight > WEIGHT_MAX)) throw invalid(`Invalid request: Weight ${set.Weight} is not between 0 and ${WEIGHT_MAX} in ${changeText(change)}`);
}

/** The zone-file parser's complaints. The one for A is AWS's own text; the others are formed after it. */
const problems: Partial<Record<RecordSet['type'], string>> = {
  A: 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)',
  AAAA: 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)',
  TXT: 'InvalidCharacterString (Value should be enclosed in quotation marks)',
};

/** What is wrong with the values of a set, in the words of an InvalidChangeBatch. */
export function valueMessages(set: RecordSet): string[] {
  const unreadable = set.values.filter((value) => recordOf('x', set.type, 0, value) === undefined);
  const messages = unreadable.map((value) => `Invalid Resource Record: 'FATAL problem: ${problems[set.type] ?? 'IllegalValue (Value is not valid)'} encountered with '${value}''`);
  const repeated = set.values.find((value, at) => set.values.indexOf(value) !== at);
  if (repeated !== undefined) messages.push(`Duplicate Resource Record: '${repeated}'`);
  if (set.type === 'CNAME' && set.values.length > 1) messages.push(`RRSet of type CNAME with DNS name ${set.name} must have exactly one resource record`);
  return messages;
}

/** A set in the API's shape. */
export function shapeOf(set: RecordSet): ResourceRecordSet {
  return {
    Name: set.name,
    Type: set.type,
    SetIdentifier: set.setIdentifier,
    Weight: set.weight,
    Failover: set.failover,
    TTL: set.ttlSeconds,
    ResourceRecords: set.values.map((Value) => ({ Value })),
    HealthCheckId: set.healthCheckId,
  };
}
