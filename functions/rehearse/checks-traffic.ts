// The checks of traffic and capacity: records and their zones, health checks, certificates, services, quotas, kept connections.
import type { ServiceCapacity } from '../../domain/capacity.ts';
import { concurrencyFindings, FARGATE_QUOTA, quotaFindings, QUOTA_FINDINGS, serviceFindings, SERVICE_FINDINGS } from './capacity.ts';
import { finding } from './catalogue.ts';
import { certificateFindings, CERTIFICATE_FINDINGS } from './certificates.ts';
import type { Check } from './check.ts';
import { balancerFindings, settingFindings } from './connections.ts';
import { healthCheckFindings, providerFindings, recordFindings, RECORD_FINDINGS, zoneFindings, ZONE_FINDINGS } from './records.ts';
import { secretDriftFindings } from './secrets.ts';
import type { Asked } from './subject.ts';

export const trafficChecks = (asked: Asked): readonly Check[] => [
  ...(asked.isFirst ? [...zoneChecks(asked), ...signingKeyChecks(asked)] : []),
  ...(asked.plan.regions.includes(asked.place) ? [...recordChecks(asked), ...certificateChecks(asked), ...capacityChecks(asked), ...connectionChecks(asked)] : []),
];

function zoneChecks({ plan, inventory }: Asked): readonly Check[] {
  const zones = [...new Set([...plan.traffic.map(({ hostedZoneId }) => hostedZoneId), ...plan.databases.flatMap(({ writerRecord }) => writerRecord?.hostedZoneId ?? [])])];
  const changed = new Set([
    ...plan.traffic.filter(({ strategies }) => strategies.includes('weighted-records')).map(({ hostedZoneId }) => hostedZoneId),
    ...plan.databases.flatMap(({ writerRecord }) => writerRecord?.hostedZoneId ?? []),
  ]);
  return zones.flatMap((id): readonly Check[] => [
    { what: `hosted zone ${id}`, region: 'global', covers: ZONE_FINDINGS, run: async () => zoneFindings(id, changed.has(id), await inventory.zone(id)) },
    {
      what: `name servers of hosted zone ${id}`, region: 'global', covers: ['dns-single-provider'],
      run: async () => {
        const zone = await inventory.zone(id);
        return zone === undefined || zone.isPrivate ? [] : providerFindings(zone.name, await inventory.nameServers(zone.name));
      },
    },
  ]);
}

/** A session that is signed with another key in the other region is no session there. */
function signingKeyChecks({ plan: { sessions, regions }, inventory }: Asked): readonly Check[] {
  return (sessions?.signingKeySecretIds ?? []).map((id): Check => ({
    what: `signing key ${id} compared`, region: 'global', covers: ['secret-differs'],
    run: async () => {
      const [one, other] = await Promise.all([inventory.secret(regions[0], id), inventory.secret(regions[1], id)]);
      return one === undefined || other === undefined ? [] : secretDriftFindings(id, regions, [one, other]);
    },
  }));
}

function recordChecks({ plan, place, inventory }: Asked): readonly Check[] {
  return plan.traffic.flatMap((traffic): readonly Check[] => {
    const healthCheckId = traffic.endpoints[place]?.healthCheckId;
    return [
      { what: `records of ${traffic.recordName}`, region: place, covers: RECORD_FINDINGS, run: async () => recordFindings(traffic, place, await inventory.records(traffic.hostedZoneId, traffic.recordName)) },
      ...(healthCheckId === undefined ? [] : [{
        what: `health check of ${traffic.recordName}`, region: place, covers: ['health-check-missing', 'health-check-kind'] as const,
        run: async () => healthCheckFindings(traffic, place, await inventory.healthCheck(healthCheckId)),
      }]),
    ];
  });
}

/** The name that users open, where it is opened by TLS; an address needs no certificate that ACM would have. */
function certificateChecks({ plan, place, inventory, now }: Asked): readonly Check[] {
  const { protocol, hostname } = new URL(plan.publicUrl);
  if (protocol !== 'https:') return [];
  return [{ what: `certificates for ${hostname}`, region: place, covers: CERTIFICATE_FINDINGS, run: async () => certificateFindings(hostname, place, await inventory.certificates(place), now) }];
}

function capacityChecks({ plan, place, inventory }: Asked): readonly Check[] {
  const served = plan.capacity.filter((capacity) => capacity.kind === 'ecs');
  const serviceOf = (capacity: ServiceCapacity) => inventory.service(place, capacity.services[place]?.cluster ?? '', capacity.services[place]?.service ?? '');
  return [
    ...served.map((capacity): Check => ({ what: `service ${capacity.name}`, region: place, covers: SERVICE_FINDINGS, run: async () => serviceFindings(capacity, place, await serviceOf(capacity)) })),
    ...(served.length === 0 ? [] : [{
      what: 'quota of Fargate vCPUs', region: place, covers: QUOTA_FINDINGS,
      run: async () => {
        const services = (await Promise.all(served.map(async (capacity) => ({ capacity, found: await serviceOf(capacity) }))))
          .flatMap(({ capacity, found }) => (found?.status === 'ACTIVE' ? [{ capacity, found }] : []));
        return services.length === 0 ? [] : quotaFindings(place, services, await inventory.quota(place, FARGATE_QUOTA.service, FARGATE_QUOTA.code));
      },
    }]),
    ...plan.capacity.filter(({ kind }) => kind !== 'ecs').map((capacity): Check => ({
      what: `room of ${capacity.name}`, region: place, covers: ['capacity-not-fargate'], run: () => Promise.resolve([finding('capacity-not-fargate', { region: place, subject: capacity.name }, `kind ${capacity.kind}`)]),
    })),
    { what: 'concurrent executions of Lambda', region: place, covers: ['quota-lambda'], run: async () => concurrencyFindings(place, await inventory.concurrency(place)) },
  ];
}

function connectionChecks({ plan, place, inventory, values }: Asked): readonly Check[] {
  const services = plan.capacity.flatMap((capacity) => (capacity.kind !== 'ecs' || capacity.services[place] === undefined ? [] : [capacity.services[place]]));
  return [
    ...services.flatMap(({ cluster, service }): readonly Check[] => [
      {
        what: `settings of service ${cluster}/${service}`, region: place, covers: ['connection-names-region'],
        run: async () => settingFindings(plan, place, ((await inventory.service(place, cluster, service))?.variables ?? []).map(({ name, value }) => ({ place: `${cluster}/${service} ${name}`, text: value }))),
      },
      {
        what: `load balancers of service ${cluster}/${service}`, region: place, covers: ['balancer-keep-alive'],
        run: async () => balancerFindings(plan, place, await inventory.balancers(place, (await inventory.service(place, cluster, service))?.targetGroupArns ?? [])),
      },
    ]),
    {
      what: 'values that applications read', region: place, covers: ['connection-names-region'],
      run: async () => (values === undefined
        ? [finding('connection-values-not-scanned', { region: place, subject: plan.application }, 'only hotshift check --aws --values reads them')]
        : settingFindings(plan, place, await values.list(place))),
    },
  ];
}
