// What a rehearsal reads of DNS: zones, records and health checks by Route 53's API, name servers as the world is told of them.
import { Resolver } from 'node:dns/promises';
import { GetHealthCheckCommand, GetHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client, type ListResourceRecordSetsCommandOutput } from '@aws-sdk/client-route-53';
import { TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Inventory, RecordDetails } from '../domain/inventory.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, GLOBAL_REGION } from './clients.ts';
import { asking } from './failures.ts';
import { resolverOf } from './names.ts';
import { plainName } from './traffic.ts';

type RecordInventory = Pick<Inventory, 'zone' | 'records' | 'healthCheck' | 'nameServers'>;

export function recordInventory(dnsServers: readonly string[]): RecordInventory {
  const client = new Route53Client(clientSettings(GLOBAL_REGION, 'reading'));
  return {
    async zone(hostedZoneId) {
      const answer = await orAbsent({ action: 'route53:GetHostedZone', resource: hostedZoneId }, ['NoSuchHostedZone'], () => client.send(new GetHostedZoneCommand({ Id: hostedZoneId })));
      const zone = answer?.HostedZone;
      return zone === undefined ? undefined : {
        name: zone.Name ?? '', isPrivate: zone.Config?.PrivateZone === true,
        // A zone that never had it carries no features.
        acceleratedRecovery: zone.Features?.AcceleratedRecoveryStatus ?? 'DISABLED',
      };
    },
    records: (hostedZoneId, name) => recordsOf(client, hostedZoneId, name),
    async healthCheck(healthCheckId) {
      const answer = await orAbsent({ action: 'route53:GetHealthCheck', resource: healthCheckId }, ['NoSuchHealthCheck'], () => client.send(new GetHealthCheckCommand({ HealthCheckId: healthCheckId })));
      const config = answer?.HealthCheck?.HealthCheckConfig;
      return config === undefined ? undefined : {
        type: config.Type ?? 'unknown', isDisabled: config.Disabled === true, isInverted: config.Inverted === true,
        ...(config.IPAddress === undefined ? {} : { address: config.IPAddress }),
        ...(config.FullyQualifiedDomainName === undefined ? {} : { hostName: config.FullyQualifiedDomainName }),
      };
    },
    nameServers: (zone) => nameServersOf(dnsServers, plainName(zone)),
  };
}

/** The list starts at the name and goes on in Route 53's order, so that it ends at the first other name. */
async function recordsOf(client: Route53Client, hostedZoneId: string, name: string): Promise<readonly RecordDetails[]> {
  const found: RecordDetails[] = [];
  let from: Pick<ListResourceRecordSetsCommandOutput, 'NextRecordName' | 'NextRecordType' | 'NextRecordIdentifier'> = { NextRecordName: name };
  for (;;) {
    const page = await asking({ action: 'route53:ListResourceRecordSets', resource: `${name} in zone ${hostedZoneId}` }, () => client.send(new ListResourceRecordSetsCommand({
      HostedZoneId: hostedZoneId, StartRecordName: from.NextRecordName,
      ...(from.NextRecordType === undefined ? {} : { StartRecordType: from.NextRecordType }),
      ...(from.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: from.NextRecordIdentifier }),
    })));
    if (page.ResourceRecordSets === undefined) throw new UnexpectedAnswerError(`route53:ListResourceRecordSets on ${name}: the answer has no records`);
    for (const entry of page.ResourceRecordSets) {
      if (plainName(entry.Name ?? '') !== plainName(name)) return found;
      found.push({
        type: entry.Type ?? '', values: (entry.ResourceRecords ?? []).map(({ Value }) => Value ?? ''),
        ...(entry.SetIdentifier === undefined ? {} : { setIdentifier: entry.SetIdentifier }), ...(entry.Weight === undefined ? {} : { weight: entry.Weight }),
        ...(entry.TTL === undefined ? {} : { ttlSeconds: entry.TTL }), ...(entry.HealthCheckId === undefined ? {} : { healthCheckId: entry.HealthCheckId }),
      });
    }
    if (page.IsTruncated !== true || page.NextRecordName === undefined) return found;
    from = page;
  }
}

async function nameServersOf(dnsServers: readonly string[], zone: string): Promise<readonly string[]> {
  const resolver = dnsServers.length > 0 ? resolverOf(dnsServers) : new Resolver({ timeout: 2000, tries: 2 });
  try {
    return await resolver.resolveNs(zone);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
    throw new TryAgainError(`name servers of ${zone}: ${code ?? String(error)}`, { cause: error });
  }
}
