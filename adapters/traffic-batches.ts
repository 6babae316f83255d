// The changes that set weights, in batches that Route 53 takes. A record's regions and address families stay together: half of them
// changed would be a name that answers differently by family, or not at all.
import type { Change } from '@aws-sdk/client-route-53';
import { InvalidInputError } from '../domain/errors.ts';
import type { Region, TrafficPlan } from '../domain/plan.ts';
import type { WeightChange } from '../domain/ports.ts';

/**
 * API reference of ChangeResourceRecordSets: at most 1,000 ResourceRecord elements and 32,000 characters of values in a batch, an
 * UPSERT counted twice. So 500 values and 16,000 characters of upserts.
 */
const UPSERT_VALUES_MAX = 500;
const UPSERT_CHARACTERS_MAX = 16_000;

export interface Batch { readonly hostedZoneId: string; readonly names: readonly string[]; readonly changes: readonly Change[] }

/** As few batches per zone as there can be. Throws InvalidInputError before any call when a record would answer nothing. */
export function batchesOf(wanted: readonly WeightChange[]): readonly Batch[] {
  const batches: { hostedZoneId: string; names: string[]; changes: Change[] }[] = [];
  for (const { traffic, weights } of wanted) {
    const changes = weightChanges(traffic, weights);
    const open = batches.findLast((batch) => batch.hostedZoneId === traffic.hostedZoneId);
    if (open !== undefined && fits([...open.changes, ...changes])) {
      open.names.push(traffic.recordName);
      open.changes.push(...changes);
    } else {
      batches.push({ hostedZoneId: traffic.hostedZoneId, names: [traffic.recordName], changes: [...changes] });
    }
  }
  return batches;
}

/** One upsert per region and address family. Everything that the plan knows of a record is written: an upsert replaces the whole. */
export function weightChanges(traffic: TrafficPlan, weights: Readonly<Record<Region, number>>): readonly Change[] {
  const changes: Change[] = [];
  for (const [region, endpoint] of Object.entries(traffic.endpoints)) {
    const weight = weights[region];
    // 0 to 255: the range of Route 53's weights.
    if (weight === undefined || !Number.isInteger(weight) || weight < 0 || weight > 255) {
      throw new InvalidInputError(`weights: ${region} of ${traffic.recordName} is ${String(weight)}; give each region a whole number from 0 to 255`);
    }
    for (const [type, addresses] of [['A', endpoint.ipv4], ['AAAA', endpoint.ipv6]] as const) {
      if (addresses.length === 0) continue;
      changes.push({ Action: 'UPSERT', ResourceRecordSet: {
        Name: traffic.recordName, Type: type, SetIdentifier: region, Weight: weight, TTL: traffic.ttlSeconds,
        ResourceRecords: addresses.map((address) => ({ Value: address })),
        ...(endpoint.healthCheckId === undefined ? {} : { HealthCheckId: endpoint.healthCheckId }),
      } });
    }
  }
  if (!changes.some((entry) => (entry.ResourceRecordSet?.Weight ?? 0) > 0)) {
    throw new InvalidInputError(`weights: no region of ${traffic.recordName} would answer; at least one with addresses must be above 0`);
  }
  return changes;
}

const valuesOf = (changes: readonly Change[]): readonly string[] =>
  changes.flatMap((entry) => (entry.ResourceRecordSet?.ResourceRecords ?? []).map(({ Value }) => Value ?? ''));

function fits(changes: readonly Change[]): boolean {
  const values = valuesOf(changes);
  return values.length <= UPSERT_VALUES_MAX && values.join('').length <= UPSERT_CHARACTERS_MAX;
}
