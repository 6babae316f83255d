// Route 53 records: weighted A and AAAA records per region, changed together in one batch, and the record that names the writer.
// Refuses a change after which no region would answer. Beside it: traffic-switch.ts and traffic-controls.ts, which need no such API.
import { isIPv4, isIPv6 } from 'node:net';
import {
  ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand, Route53Client,
  type Change, type ListResourceRecordSetsCommandOutput, type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region, TrafficPlan } from '../domain/plan.ts';
import type { Traffic } from '../domain/ports.ts';
import { clientSettings, GLOBAL_REGION } from './clients.ts';
import type { Environment } from './environment.ts';
import { asking } from './failures.ts';
import { authoritativeAnswers } from './names.ts';
import { instanceIn } from './instance.ts';
import { batchesOf } from './traffic-batches.ts';

export function route53Traffic(client: Route53Client, dnsServers: readonly string[]): Traffic {
  return {
    async read(traffic) {
      return { weights: weightsOf(await records(client, traffic.hostedZoneId, traffic.recordName), traffic) };
    },
    async setWeights(wanted) {
      const ids: string[] = [];
      // One after the other: a zone takes one change at a time (PriorRequestNotComplete, which passes).
      for (const { hostedZoneId, names, changes } of batchesOf(wanted)) ids.push(await change(client, hostedZoneId, names.join(', '), changes));
      return ids;
    },
    async pointWriter(database, region) {
      const record = database.writerRecord;
      if (record === undefined) return undefined;
      const { host } = instanceIn(database, region);
      const type = isIPv4(host) ? 'A' : isIPv6(host) ? 'AAAA' : 'CNAME';
      const stored = (await records(client, record.hostedZoneId, record.name)).find((entry) => entry.Type === type);
      const values = (stored?.ResourceRecords ?? []).map((entry) => plainName(entry.Value ?? ''));
      if (values.length === 1 && values[0] === plainName(host) && stored?.TTL === record.ttlSeconds) return undefined;
      const wanted: ResourceRecordSet = { Name: record.name, Type: type, TTL: record.ttlSeconds, ResourceRecords: [{ Value: host }] };
      return change(client, record.hostedZoneId, record.name, [{ Action: 'UPSERT', ResourceRecordSet: wanted }]);
    },
    resolve: (name) => authoritativeAnswers(dnsServers, name),
  };
}

/** The traffic port of a Lambda. An upsert is the same when repeated, so that even changes may be retried by the client. */
export const trafficOf = ({ dnsServers }: Pick<Environment, 'dnsServers'>): Traffic =>
  route53Traffic(new Route53Client(clientSettings(GLOBAL_REGION, 'reading')), dnsServers);

/**
 * Region -> weight as stored. Where A and AAAA disagree the weight is NaN, equal to no wanted weight: half a change is not a
 * change, and setting it again repairs it. A region without records is absent.
 */
export function weightsOf(stored: readonly ResourceRecordSet[], traffic: TrafficPlan): Readonly<Record<Region, number>> {
  const weights: Record<Region, number> = {};
  for (const region of Object.keys(traffic.endpoints)) {
    const found = stored.filter((entry) => entry.SetIdentifier === region && (entry.Type === 'A' || entry.Type === 'AAAA'));
    if (found.length === 0) continue;
    const [first, ...others] = new Set(found.map((entry) => entry.Weight));
    weights[region] = first === undefined || others.length > 0 ? Number.NaN : first;
  }
  return weights;
}

async function change(client: Route53Client, hostedZoneId: string, name: string, changes: readonly Change[]): Promise<string> {
  const answer = await asking({ action: 'route53:ChangeResourceRecordSets', resource: `${name} in zone ${hostedZoneId}` },
    () => client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: hostedZoneId, ChangeBatch: { Comment: 'hotshift', Changes: [...changes] } })));
  const id = answer.ChangeInfo?.Id;
  if (id === undefined) throw new UnexpectedAnswerError(`route53:ChangeResourceRecordSets on ${name}: the answer has no change id`);
  return id.replace(/^\/change\//, '');
}

/** All records of one name. The list starts at the name and goes on in its own order, so it ends at the first other name. */
async function records(client: Route53Client, hostedZoneId: string, name: string): Promise<readonly ResourceRecordSet[]> {
  const found: ResourceRecordSet[] = [];
  let from: Pick<ListResourceRecordSetsCommandOutput, 'NextRecordName' | 'NextRecordType' | 'NextRecordIdentifier'> = { NextRecordName: name };
  for (;;) {
    const page = await asking({ action: 'route53:ListResourceRecordSets', resource: `${name} in zone ${hostedZoneId}` },
      () => client.send(new ListResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId, StartRecordName: from.NextRecordName,
        ...(from.NextRecordType === undefined ? {} : { StartRecordType: from.NextRecordType }),
        ...(from.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: from.NextRecordIdentifier }),
      })));
    if (page.ResourceRecordSets === undefined) throw new UnexpectedAnswerError(`route53:ListResourceRecordSets on ${name}: the answer has no records`);
    const mine = page.ResourceRecordSets.filter((entry) => plainName(entry.Name ?? '') === plainName(name));
    found.push(...mine);
    if (page.IsTruncated !== true || page.NextRecordName === undefined || plainName(page.NextRecordName) !== plainName(name)) return found;
    from = page;
  }
}

/** Route 53 answers with a trailing dot, lower case and octal escapes (`\052` for `*`). */
export const plainName = (name: string): string =>
  name.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))).replace(/\.$/, '').toLowerCase();
