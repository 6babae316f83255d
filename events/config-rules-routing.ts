// Rules about how users and probes reach the application: records, weights, URLs. A probe that follows the traffic records,
// or a control site that is the application itself, would make the vantage points blind.
import type { ApplicationPlan, TrafficPlan } from '../domain/plan.ts';
import type { ConfigPath } from './config-issue.ts';
import { pairRules } from './config-rules-places.ts';
import { leadingRules, routingControlRules, strategyRules } from './config-rules-traffic.ts';
import { error, warning, type RuleIssue, type SharedRuleIssue } from './config-rule.ts';

export const routingRules = (plan: ApplicationPlan): readonly RuleIssue[] => [
  ...urlRules(plan),
  ...plan.traffic.flatMap((traffic, index) => [...trafficRules(plan, traffic, ['traffic', index]), ...strategyRules(plan, traffic, ['traffic', index])]),
  ...routingControlRules(plan), ...leadingRules(plan),
  ...plan.databases.flatMap(({ writerRecord }, index) => (writerRecord === undefined ? [] : ttlRules(writerRecord.ttlSeconds, ['databases', index, 'writerRecord', 'ttlSeconds'], 'writers'))),
  ...(plan.traffic.length > 0 ? [] : [warning(['traffic'], 'no record moves users: a failover would change nothing for them', 'add the records that users resolve')]),
];

function urlRules(plan: ApplicationPlan): readonly RuleIssue[] {
  const control = ['detection', 'controlUrl'];
  const probes = Object.entries(plan.probeUrls);
  const own = [{ path: ['publicUrl'], url: plan.publicUrl }, ...probes.map(([region, url]) => ({ path: ['probeUrls', region], url }))];
  const blind = own.filter(({ url }) => hostOf(url) === hostOf(plan.detection.controlUrl)).slice(0, 1).map(({ path }) => error(control,
    'the control site is the application itself: when it is down, every vantage point would think itself sick and abstain', 'name a site that is not yours and in neither region', [path]));
  const shared = probes.filter(([, url], index) => probes.findIndex(([, other]) => place(other) === place(url)) < index).map(([region]) => error(['probeUrls', region],
    'both regions are probed by the same URL: nobody could tell which of them is down', `give a URL that always reaches ${region}`, probes.map(([other]) => ['probeUrls', other])));
  const following = probes.filter(([, url]) => hostOf(url) === hostOf(plan.publicUrl) && place(url) === place(plan.publicUrl)).map(([region]) => error(['probeUrls', region],
    'this is the public URL: after a shift it would probe the other region', `give a URL that always reaches ${region}`, [['publicUrl']]));
  const plain = own.filter(({ url }) => url.startsWith('http:') && !isLoopback(hostOf(url))).map(({ path }) => warning(path,
    'plain http: nobody proves who answers', 'use https'));
  return [...blind, ...shared, ...following, ...plain];
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : url);
/** Where a URL leads: host, port and path, without the query. */
const place = (url: string): string => (URL.canParse(url) ? new URL(url).host + new URL(url).pathname.replace(/\/$/, '') : url);
const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host);

function trafficRules(plan: ApplicationPlan, traffic: TrafficPlan, path: ConfigPath): readonly RuleIssue[] {
  const endpoints = Object.entries(traffic.endpoints);
  const at = [...path, 'endpoints'];
  const zero = endpoints.filter(([, endpoint]) => endpoint.weight === 0);
  const weights = endpoints.map(([region]) => [...at, region, 'weight']);
  const issues: RuleIssue[] = [...pairRules(plan, at, traffic.endpoints, 'endpoint'), ...ttlRules(traffic.ttlSeconds, [...path, 'ttlSeconds'], 'users')];
  if (endpoints.length > 0 && zero.length === endpoints.length) {
    // Route 53 gives every record of a name the same chance when all weights are 0: that is not "nobody".
    issues.push(error(at, 'all weights are zero: Route 53 would then treat all records alike', 'give at least one region a weight above 0', weights));
  } else {
    issues.push(...zero.map(([region]) => warning([...at, region, 'weight'], `${region} serves no user: only one region is hot`, 'give it a small weight, so that it is known to work')));
  }
  return [...issues, ...addressRules(endpoints, at)];
}

function addressRules(endpoints: readonly (readonly [string, TrafficPlan['endpoints'][string]])[], at: ConfigPath): readonly RuleIssue[] {
  const families = ['ipv4', 'ipv6'] as const;
  const none = endpoints.filter(([, endpoint]) => endpoint.ipv4.length + endpoint.ipv6.length === 0)
    .map(([region]) => error([...at, region], `${region} has no address to answer`, 'add ipv4 or ipv6 addresses', families.map((family) => [...at, region, family])));
  const uneven = families.filter((family) => new Set(endpoints.map(([, endpoint]) => endpoint[family].length > 0)).size > 1)
    .map((family) => warning(at, `only one region has ${family} addresses: users of that family would lose the name when it moves`, `give both regions ${family} addresses, or neither`));
  const seen = new Map<string, string>();
  const twice = endpoints.flatMap(([region, endpoint]) => families.flatMap((family) => endpoint[family].flatMap((address, index) => {
    const other = seen.get(address.toLowerCase());
    seen.set(address.toLowerCase(), other ?? region);
    return other === undefined ? [] : [error([...at, region, family, index], `the address stands in ${other} already: moving the weight would move nobody`, `give the address of ${region}`)];
  })));
  return [...none, ...uneven, ...twice];
}

// AWS recommends at most 60 s for records that fail over; resolvers keep the dead answer for as long as this.
const ttlSecondsMax = 60;
const ttlRules = (ttlSeconds: number, path: ConfigPath, who: string): readonly RuleIssue[] =>
  (ttlSeconds <= ttlSecondsMax ? [] : [warning(path, `a TTL of ${ttlSeconds}s keeps ${who} on the dead region for up to that long`, `set it to ${ttlSecondsMax}s or less`)]);

/** One record name belongs to one entry: two would undo each other's changes. */
export function sharedRoutingRules(plans: readonly ApplicationPlan[]): readonly SharedRuleIssue[] {
  const seen = new Map<string, string>();
  return plans.flatMap((plan, index) => {
    const records = [
      ...plan.traffic.map((traffic, at) => ({ key: `${traffic.hostedZoneId} ${traffic.recordName}`, path: ['traffic', at, 'recordName'], place: `${plan.application}, traffic ${traffic.name}` })),
      ...plan.databases.flatMap((database, at) => (database.writerRecord === undefined ? []
        : [{ key: `${database.writerRecord.hostedZoneId} ${database.writerRecord.name}`, path: ['databases', at, 'writerRecord', 'name'], place: `${plan.application}, database ${database.name}` }])),
    ];
    return records.flatMap(({ key, path, place: here }): SharedRuleIssue[] => {
      const other = seen.get(key);
      if (other === undefined) seen.set(key, here);
      return other === undefined ? [] : [{ ...error(path, `the same record is used by ${other}`, 'give each its own name'), index }];
    });
  });
}
