// Are the records as the plan has them, short-lived, and watched by a health check of their own region?
import type { Finding, HealthCheckDetails, RecordDetails, ZoneDetails } from '../../domain/inventory.ts';
import type { DatabasePlan, Region, TrafficPlan } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

/** AWS recommends at most 60 s for records that fail over (Route 53 guide, best practices for health checks and failover). */
const TTL_SECONDS_MAX = 60;

export const RECORD_FINDINGS: readonly FindingId[] = ['record-missing', 'record-values', 'record-weight', 'record-ttl', 'record-no-health-check', 'health-check-missing'];
export const ZONE_FINDINGS: readonly FindingId[] = ['zone-missing', 'zone-accelerated-recovery', 'control-plane-us-east-1'];
export const WRITER_RECORD_FINDINGS: readonly FindingId[] = ['writer-record-missing', 'writer-record-target', 'writer-record-ttl'];

/** `isChanged`: does a failover change records of this zone by Route 53's API? */
export function zoneFindings(hostedZoneId: string, isChanged: boolean, zone: ZoneDetails | undefined): readonly Finding[] {
  const place = { region: 'global', subject: zone === undefined ? hostedZoneId : `${plain(zone.name)} (${hostedZoneId})` } as const;
  if (zone === undefined) return [finding('zone-missing', place, `Route 53 knows no hosted zone ${hostedZoneId}`)];
  const slow = !zone.isPrivate && zone.acceleratedRecovery !== 'ENABLED';
  if (!isChanged) return [];
  return [
    ...(slow ? [finding('zone-accelerated-recovery', place, `AcceleratedRecoveryStatus is ${zone.acceleratedRecovery}`)] : []),
    finding('control-plane-us-east-1', place, zone.isPrivate ? 'a private zone: accelerated recovery is for public ones only' : `accelerated recovery: ${zone.acceleratedRecovery}`),
  ];
}

/** Route 53's own name servers are `ns-<n>.awsdns-<n>.<tld>`. */
export function providerFindings(zone: string, nameServers: readonly string[]): readonly Finding[] {
  const foreign = nameServers.filter((server) => !/^ns-\d+\.awsdns-\d+\./.test(plain(server)));
  if (foreign.length > 0 && foreign.length < nameServers.length) return [];
  return [finding('dns-single-provider', { region: 'global', subject: plain(zone) }, nameServers.length === 0 ? 'the zone has no name servers in the public DNS' : `name servers: ${[...nameServers].sort().join(', ')}`)];
}

/** The records of one region under one name. */
export function recordFindings(traffic: TrafficPlan, region: Region, stored: readonly RecordDetails[]): readonly Finding[] {
  const endpoint = traffic.endpoints[region];
  if (endpoint === undefined) return [];
  const place = { region, subject: traffic.recordName };
  return ([['A', endpoint.ipv4], ['AAAA', endpoint.ipv6]] as const).flatMap(([type, addresses]) => {
    const record = stored.find((entry) => entry.type === type && entry.setIdentifier === region);
    if (addresses.length === 0) return record === undefined ? [] : [finding('record-values', place, `${type} ${record.values.join(', ') || 'alias'}; the plan has no ${type} there`)];
    if (record === undefined) return [finding('record-missing', place, `no ${type} record with set identifier ${region}`)];
    return [...valueFindings(record, addresses), ...healthFindings(record)];
  });

  function valueFindings(record: RecordDetails, addresses: readonly string[]): readonly Finding[] {
    const weight = endpoint?.weight;
    return [
      ...(same(record.values, addresses) ? [] : [finding('record-values', place, `${record.type} answers ${record.values.join(', ') || 'an alias'}; the plan has ${addresses.join(', ')}`)]),
      ...(record.weight === weight ? [] : [finding('record-weight', place, `${record.type} has weight ${record.weight ?? 'none'}; the plan has ${String(weight)}`)]),
      ...ttlFindings('record-ttl', place, record),
    ];
  }
  function healthFindings(record: RecordDetails): readonly Finding[] {
    const planned = endpoint?.healthCheckId;
    if (planned !== undefined && record.healthCheckId !== planned) return [finding('health-check-missing', place, `${record.type} has ${record.healthCheckId ?? 'none'}; the plan has ${planned}`)];
    return record.healthCheckId === undefined ? [finding('record-no-health-check', place, `${record.type} has no health check`)]
      // An upsert replaces the whole record: what the plan does not know is lost by a shift.
      : planned === undefined ? [finding('health-check-missing', place, `${record.type} has ${record.healthCheckId}, which the plan does not name: a shift would take it away`)] : [];
  }
}

/** Does a health check watch the region whose records carry it? */
export function healthCheckFindings(traffic: TrafficPlan, region: Region, found: HealthCheckDetails | undefined): readonly Finding[] {
  const endpoint = traffic.endpoints[region];
  const id = endpoint?.healthCheckId;
  if (endpoint === undefined || id === undefined) return [];
  const place = { region, subject: traffic.recordName };
  if (found === undefined) return [finding('health-check-missing', place, `Route 53 knows no health check ${id}`)];
  const addresses = (of: TrafficPlan['endpoints'][string]): readonly string[] => [...of.ipv4, ...of.ipv6];
  const elsewhere = Object.entries(traffic.endpoints).find(([other, planned]) => other !== region && found.address !== undefined && addresses(planned).includes(found.address));
  const troubles = [
    ...(found.isDisabled ? ['it is disabled'] : []),
    ...(found.isInverted ? ['it is inverted'] : []),
    ...(/^(HTTPS?(_STR_MATCH)?|CALCULATED|RECOVERY_CONTROL)$/.test(found.type) ? [] : [`its type is ${found.type}`]),
    ...(traffic.strategies.includes('health-check-switch') && found.type !== 'CALCULATED' ? [`its type is ${found.type}; health-check-switch needs CALCULATED, with the region's own check and the switch as its children`] : []),
    ...(traffic.strategies.includes('routing-control') && !['CALCULATED', 'RECOVERY_CONTROL'].includes(found.type) ? [`its type is ${found.type}; routing-control needs RECOVERY_CONTROL, or CALCULATED with it as a child`] : []),
    ...(elsewhere === undefined ? [] : [`it checks ${found.address ?? ''}, an address of ${elsewhere[0]}`]),
  ];
  return troubles.length === 0 ? [] : [finding('health-check-kind', place, `${id}: ${troubles.join('; ')}`)];
}

/** The writer's record must lead to the instance that RDS shows as the writer. `writer`: undefined when there is not exactly one. */
export function writerRecordFindings(database: DatabasePlan, writer: Region | undefined, stored: readonly RecordDetails[]): readonly Finding[] {
  const planned = database.writerRecord;
  if (planned === undefined) return [];
  const place = { region: 'global', subject: planned.name } as const;
  const record = stored.find(({ type }) => ['CNAME', 'A', 'AAAA'].includes(type));
  if (record === undefined) return [finding('writer-record-missing', place, `no record ${planned.name} in zone ${planned.hostedZoneId}`)];
  const target = writer === undefined ? undefined : database.instances[writer]?.host;
  const leads = record.values.map(plain);
  return [
    ...(target !== undefined && !same(leads, [plain(target)]) ? [finding('writer-record-target', place, `${record.type} ${leads.join(', ') || 'alias'}; the writer is ${target}`)] : []),
    ...ttlFindings('writer-record-ttl', place, record),
  ];
}

function ttlFindings(id: 'record-ttl' | 'writer-record-ttl', place: { readonly region: Region; readonly subject: string }, record: RecordDetails): readonly Finding[] {
  const { ttlSeconds } = record;
  return ttlSeconds === undefined || ttlSeconds <= TTL_SECONDS_MAX ? [] : [finding(id, place, `${record.type} has a TTL of ${ttlSeconds} s`)];
}

const same = (one: readonly string[], other: readonly string[]): boolean => [...one].sort().join(' ') === [...other].sort().join(' ');
const plain = (name: string): string => name.replace(/\.$/, '').toLowerCase();
