// Hosted zones and their record sets: the operations that an operator or Hotshift calls. Each asks the pure rules of
// change-batch.ts and hands what they accept to the propagation.
import type * as route53 from '@aws-sdk/client-route-53';
import type { Clock } from '../../../../domain/ports.ts';
import type { Random } from '../../../dns/choice.ts';
import { canonicalName, sortableName } from '../../../dns/names.ts';
import type { RecordSet } from '../../../dns/record-sets.ts';
import type { HostedZone, ZoneStore } from '../../../dns/zones.ts';
import { AwsError, type Handler } from '../../service.ts';
import { applyBatch, type RecordSetChange } from './change-batch.ts';
import type { Propagation } from './propagation.ts';
import { recordSetOf, shapeOf } from './record-set-shape.ts';

export interface HostedZonesOptions {
  readonly zones: ZoneStore;
  readonly propagation: Propagation;
  readonly clock: Clock;
  readonly random: Random;
  readonly healthCheckExists: (id: string) => boolean;
  /** While a change of a zone is processed this long, another for it is refused (PriorRequestNotComplete). */
  readonly processingMs: number;
}

/** Names that stay inside the twin: Route 53's own would lead clients to the internet. */
const nameServers = ['ns-1.dns.twin.test.', 'ns-2.dns.twin.test.', 'ns-3.dns.twin.test.', 'ns-4.dns.twin.test.'] as const;
/** TTLs and SOA numbers as Route 53 creates them; negative answers are thus kept for 900 s. */
const NS_TTL_SECONDS = 172_800;
const SOA_TTL_SECONDS = 900;
const soaValue = `${nameServers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
const PAGE_MAX = 300;
const ZONE_PAGE_MAX = 100;

export const bareId = (id: string | undefined): string => (id ?? '').replace(/^\/?(hostedzone|change|healthcheck)\//, '');

export function hostedZoneHandlers(options: HostedZonesOptions): Record<string, Handler> {
  const { zones, propagation } = options;
  const must = (id: string | undefined): HostedZone => {
    const zone = zones.get(bareId(id));
    if (!zone) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${bareId(id)}`, { status: 404 });
    return zone;
  };
  const change = changeRecordSets(options, must);
  return {
    CreateHostedZone: (input: route53.CreateHostedZoneRequest) => createZone(options, input),
    GetHostedZone: (input: route53.GetHostedZoneRequest) => ({ HostedZone: zoneShape(must(input.Id)), DelegationSet: { NameServers: [...nameServers] } }),
    ListHostedZonesByName: (input: route53.ListHostedZonesByNameRequest) => listZones(zones, input),
    ChangeResourceRecordSets: change,
    GetChange: (input: route53.GetChangeRequest) => {
      const found = propagation.get(bareId(input.Id));
      if (!found) throw new AwsError('NoSuchChange', `Could not find resource with ID: ${bareId(input.Id)}`, { status: 404 });
      return { ChangeInfo: found };
    },
    ListResourceRecordSets: (input: route53.ListResourceRecordSetsRequest) => listRecordSets(must(input.HostedZoneId), input),
  };
}

function createZone({ zones, propagation, random }: HostedZonesOptions, input: route53.CreateHostedZoneRequest): Partial<route53.CreateHostedZoneResponse> {
  const name = canonicalName(input.Name ?? '');
  if (name === undefined || name === '.') throw new AwsError('InvalidDomainName', `The domain name is not valid: ${input.Name}`, { status: 400 });
  if (input.VPC) throw new AwsError('InvalidInput', 'The twin has no private hosted zones.', { status: 400 });
  if (zones.list().some((zone) => zone.callerReference === input.CallerReference)) {
    throw new AwsError('HostedZoneAlreadyExists', `A hosted zone has already been created with the specified caller reference.`, { status: 409 });
  }
  const id = `Z${Array.from({ length: 20 }, () => Math.floor(random() * 36).toString(36)).join('').toUpperCase()}`;
  const own = (type: RecordSet['type'], ttlSeconds: number, values: readonly string[]): RecordSet => ({ name, type, ttlSeconds, values });
  const recordSets = [own('NS', NS_TTL_SECONDS, nameServers), own('SOA', SOA_TTL_SECONDS, [soaValue])];
  const zone = zones.create({ id, name, callerReference: input.CallerReference ?? '', comment: input.HostedZoneConfig?.Comment ?? '', recordSets });
  return {
    HostedZone: zoneShape(zone),
    ChangeInfo: propagation.note('INSYNC'),
    DelegationSet: { NameServers: [...nameServers] },
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
  };
}

const zoneShape = (zone: HostedZone): route53.HostedZone => ({
  Id: `/hostedzone/${zone.id}`,
  Name: zone.name,
  CallerReference: zone.callerReference,
  Config: { PrivateZone: false, ...(zone.comment ? { Comment: zone.comment } : {}) },
  ResourceRecordSetCount: zone.recordSets.size,
});

function listZones(zones: ZoneStore, input: route53.ListHostedZonesByNameRequest): Partial<route53.ListHostedZonesByNameResponse> {
  const sortKey = (zone: HostedZone): string => `${sortableName(zone.name)} ${zone.id}`;
  const from = input.DNSName === undefined ? '' : `${sortableName(canonicalName(input.DNSName) ?? '.')} ${bareId(input.HostedZoneId)}`;
  const size = Math.min(Number(input.MaxItems ?? ZONE_PAGE_MAX), ZONE_PAGE_MAX);
  const rest = zones.list().filter((zone) => sortKey(zone) >= from).sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  const next = rest[size];
  return {
    HostedZones: rest.slice(0, size).map(zoneShape),
    ...(input.DNSName === undefined ? {} : { DNSName: input.DNSName }),
    ...(input.HostedZoneId === undefined ? {} : { HostedZoneId: input.HostedZoneId }),
    IsTruncated: next !== undefined,
    ...(next ? { NextDNSName: next.name, NextHostedZoneId: next.id } : {}),
    MaxItems: size,
  };
}

function changeRecordSets({ zones, propagation, clock, healthCheckExists, processingMs }: HostedZonesOptions, must: (id: string | undefined) => HostedZone): Handler {
  const busy = new Set<string>();
  return async (input: route53.ChangeResourceRecordSetsRequest) => {
    const { id } = must(input.HostedZoneId);
    if (busy.has(id)) throw new AwsError('PriorRequestNotComplete', 'The request was rejected because Route 53 was still processing a prior request.', { status: 400 });
    const changes = (input.ChangeBatch?.Changes ?? []).map((change): RecordSetChange => ({ action: change.Action ?? 'UPSERT', recordSet: recordSetOf(change) }));
    if (changes.length === 0) throw new AwsError('InvalidInput', 'Invalid request: Expected at least one Change in ChangeBatch', { status: 400 });
    const unknown = changes.find(({ action, recordSet }) => action !== 'DELETE' && recordSet.healthCheckId !== undefined && !healthCheckExists(recordSet.healthCheckId));
    if (unknown) throw new AwsError('NoSuchHealthCheck', `No health check exists with the specified ID: ${unknown.recordSet.healthCheckId}`, { status: 404 });
    if (processingMs > 0) {
      busy.add(id);
      await clock.sleep(processingMs);
      busy.delete(id);
    }
    const zone = must(id);
    const outcome = applyBatch(zone.name, zone.recordSets, changes);
    if (outcome.kind === 'refused') throw new AwsError('InvalidChangeBatch', `[${outcome.messages.join(', ')}]`, { status: 400 });
    return { ChangeInfo: propagation.submit(zones.get(id)?.id ?? id, outcome.recordSets, input.ChangeBatch?.Comment) };
  };
}

function listRecordSets(zone: HostedZone, input: route53.ListResourceRecordSetsRequest): Partial<route53.ListResourceRecordSetsResponse> {
  if (input.StartRecordType && !input.StartRecordName) throw new AwsError('InvalidInput', 'The input is not valid: a record type needs a record name.', { status: 400 });
  const sortKey = (name: string, type: string, identifier: string): string => `${sortableName(name)} ${type} ${identifier}`;
  const keyOf = (set: RecordSet): string => sortKey(set.name, set.type, set.setIdentifier ?? '');
  const from = input.StartRecordName === undefined ? '' : sortKey(canonicalName(input.StartRecordName) ?? '.', input.StartRecordType ?? '', input.StartRecordIdentifier ?? '');
  const size = Math.min(Number(input.MaxItems ?? PAGE_MAX), PAGE_MAX);
  const rest = [...zone.recordSets.values()].filter((set) => keyOf(set) >= from).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const next = rest[size];
  return {
    ResourceRecordSets: rest.slice(0, size).map(shapeOf),
    IsTruncated: next !== undefined,
    ...(next ? { NextRecordName: next.name, NextRecordType: next.type, ...(next.setIdentifier === undefined ? {} : { NextRecordIdentifier: next.setIdentifier }) } : {}),
    MaxItems: size,
  };
}
