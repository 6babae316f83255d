// Findings about traffic and capacity: records, health checks, certificates, connections that outlive a shift, room for twice the load.
import type { Entry } from './catalogue.ts';

export const TRAFFIC_FINDINGS = {
  'zone-missing': {
    step: 'Shift reads', severity: 'critical', title: 'The hosted zone does not exist',
    means: 'No record of it could be changed.',
    fix: 'Correct `hostedZone` in hotshift.yml.',
  },
  'zone-accelerated-recovery': {
    step: 'Shift reads', severity: 'warning', title: 'Accelerated recovery is off for the hosted zone',
    means: 'While us-east-1 is impaired, records may not be changeable at all; with it AWS aims at 60 minutes (public zones only).',
    fix: 'aws route53 update-hosted-zone-features --hosted-zone-id ZONE --enable-accelerated-recovery',
  },
  'dns-single-provider': {
    step: 'Shift reads', severity: 'warning', title: 'One DNS provider carries the zone',
    means: 'An outage of that provider takes the name away, whatever the regions do.',
    fix: 'Add name servers of a second provider, or state why not: `accept: { dns-single-provider: "..." }` in hotshift.yml.',
  },
  'control-plane-us-east-1': {
    step: 'Shift reads', severity: 'info', title: 'Shifting needs Route 53\'s control plane in us-east-1',
    means: 'Weighted records are changed by an API that lives in us-east-1. Answers by health checks go on without it, so that a dead region is left all the same.',
    fix: 'Keep a health check on every record, and accelerated recovery on.',
  },
  'record-missing': {
    step: 'Shift reads', severity: 'critical', title: 'A weighted record is missing',
    means: 'The region has no record of its own under the name and type: users cannot be moved to it.',
    fix: 'Create it: the region as set identifier, with the addresses and weight of the plan.',
  },
  'record-values': {
    step: 'Shift reads', severity: 'critical', title: 'A record answers other addresses than the plan has',
    means: 'A shift writes the whole record anew from the plan: it would lead users to the addresses that stand there.',
    fix: 'Correct the record or the plan, whichever is wrong, and deploy.',
  },
  'record-weight': {
    step: 'Shift reads', severity: 'warning', title: 'A record has another weight than the plan',
    means: 'Somebody moved traffic by hand, or a failover has not been undone.',
    fix: 'Set the weight of the plan again, or put the new one into the plan.',
  },
  'record-ttl': {
    step: 'Shift reads', severity: 'warning', title: 'The TTL of a record is longer than 60 s',
    means: 'Resolvers keep the dead region for as long as this after a shift.',
    fix: 'Set it to 60 s or less, in the record and in hotshift.yml.',
  },
  'record-no-health-check': {
    step: 'Shift reads', severity: 'warning', title: 'A record has no health check',
    means: 'Only a change of the record moves users; nothing takes a dead region out of the answers when Route 53\'s API is out.',
    fix: 'Create a health check on the region\'s own address and name it in `healthCheck`.',
  },
  'health-check-missing': {
    step: 'Shift reads', severity: 'critical', title: 'A health check of the plan is not that of the record, or does not exist',
    means: 'The shift is refused by Route 53 (no such health check), or it would exchange the record\'s health check for another.',
    fix: 'Create the health check, or correct `healthCheck` in hotshift.yml.',
  },
  'health-check-kind': {
    step: 'Shift reads', severity: 'warning', title: 'A health check does not watch its region',
    means: 'Disabled it always says healthy; inverted it says the opposite; on another region\'s address it takes the wrong one out.',
    fix: 'Point it at the region\'s own address by HTTPS, enabled and not inverted.',
  },
  'writer-record-missing': {
    step: 'Shift writes', severity: 'critical', title: 'The writer record is missing',
    means: 'Applications find the writer by it.',
    fix: 'Create the CNAME with the endpoint of the writer.',
  },
  'writer-record-target': {
    step: 'Shift writes', severity: 'critical', title: 'The writer record does not lead to the writer',
    means: 'Writes go to a replica, or past both instances.',
    fix: 'Point it at the instance that RDS shows as no replica, after you know why it was not.',
  },
  'writer-record-ttl': {
    step: 'Shift writes', severity: 'warning', title: 'The TTL of the writer record is longer than 60 s',
    means: 'Applications go on to the old writer for as long as this.',
    fix: 'Set it to 5 s, in the record and in hotshift.yml.',
  },
  'balancer-keep-alive': {
    step: 'Shift reads', severity: 'warning', title: 'A load balancer keeps connections longer than the TTL',
    means: 'Clients that keep a connection open do not ask DNS again: they stay in the region that was left (an ALB closes them after an hour by default).',
    fix: 'Set `client_keep_alive.seconds` of the load balancer to the TTL (60 s at least).',
  },
  'certificate-missing': {
    step: 'Confirm service', severity: 'critical', title: 'No issued certificate covers the name in that region',
    means: 'The survivor would answer users with the wrong certificate, or not at all.',
    fix: 'Request it in ACM in that region and add it to the listener.',
  },
  'certificate-expiring': {
    step: 'Confirm service', severity: 'warning', title: 'The certificate ends within 30 days',
    means: 'ACM renews ahead of time what is in use and can be validated; this one was not renewed.',
    fix: 'See in ACM why it was not renewed; for DNS validation the CNAME must still stand.',
  },
  'service-missing': {
    step: 'Scale survivor', severity: 'critical', title: 'The service does not exist or is not active',
    means: 'Nothing could be scaled in that region, and nothing serves there.',
    fix: 'Correct cluster and service in hotshift.yml, or create the service.',
  },
  'service-below-baseline': {
    step: 'Scale survivor', severity: 'warning', title: 'The service wants fewer tasks than its baseline',
    means: 'The survivor is scaled to a multiple of the baseline: starting lower, it has further to go.',
    fix: 'Set the desired count, or correct `baseline` in hotshift.yml.',
  },
  'service-short': {
    step: 'Scale survivor', severity: 'warning', title: 'The service runs fewer tasks than it wants',
    means: 'Tasks do not start or do not stay: twice as many will not either.',
    fix: 'Read the events of the service (image, subnets, health checks, capacity).',
  },
  'capacity-not-fargate': {
    step: 'Scale survivor', severity: 'info', title: 'Room beyond Fargate is not checked',
    means: 'ECS on EC2 or external instances, Auto Scaling groups, provisioned concurrency, minimums: whether there is room for twice as many, their own bounds, quotas and the stock of instances decide.',
    fix: 'See in each region that bounds and quotas leave room for twice as many; for instances, a capacity reservation does.',
  },
  'quota-fargate': {
    step: 'Scale survivor', severity: 'critical', title: 'The quota of Fargate vCPUs has no room for the survivor\'s load',
    means: 'ECS would start some of the tasks and then no more.',
    fix: 'Ask for a higher quota "Fargate On-Demand vCPU resource count" in that region.',
  },
  'connection-names-region': {
    step: 'Shift writes', severity: 'warning', title: 'A setting names an instance or a region',
    means: 'What was given an instance\'s endpoint or the other region\'s address does not follow a failover.',
    fix: 'Let it use the writer record, and of every service the endpoint of its own region.',
  },
  'connection-values-not-scanned': {
    step: 'Shift writes', severity: 'info', title: 'Values in Parameter Store, Secrets Manager and other functions were not looked through',
    means: 'No role of Hotshift may read what applications keep there.',
    fix: 'Run `hotshift check --aws --values` with credentials that may.',
  },
} as const satisfies Readonly<Record<string, Entry>>;
