// Rules about places: regions, vantage points, and that everything regional stands in the region that it is written under.
import { countedIn, PLACES_OF } from '../domain/capacity.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../domain/plan.ts';
import type { ConfigPath } from './config-issue.ts';
import { error, warning, type RuleIssue, type SharedRuleIssue } from './config-rule.ts';

/** What a kind has one of in each region, in the words of its field. */
const WHAT = { ecs: 'service', 'auto-scaling-group': 'group', 'lambda-concurrency': 'function', 'scaling-minimum': 'target' } as const;

export const placeRules = (plan: ApplicationPlan): readonly RuleIssue[] => [
  ...regionRules(plan),
  ...pairRules(plan, ['probeUrls'], plan.probeUrls, 'probe URL'),
  ...plan.databases.flatMap((database, index) => databaseRules(plan, database, ['databases', index])),
  ...plan.capacity.flatMap((capacity, index) => [
    ...pairRules(plan, ['capacity', index, PLACES_OF[capacity.kind]], countedIn(capacity), WHAT[capacity.kind]),
    ...capacityRules(capacity, ['capacity', index]),
  ]),
  ...notificationRules(plan),
  ...(['databases', 'traffic', 'capacity'] as const).flatMap((list) => nameRules(plan[list], list)),
];

function regionRules({ regions: [first, second], witness, databases }: ApplicationPlan): readonly RuleIssue[] {
  const issues: RuleIssue[] = [];
  if (first === second) {
    issues.push(error(['regions', 1], `the pair is ${first} twice: both vantage points and all copies would be lost together`, 'name two different regions', [['regions', 0]]));
  }
  if (witness === first || witness === second) {
    issues.push(error(['witness'], `the witness ${witness} is one of the pair: two vantage points would be in one region and fail together`, 'name a third region', [['regions', 0], ['regions', 1]]));
  }
  if (databases.length === 0) {
    issues.push(warning(['databases'], 'no database is protected: only traffic and capacity will move', 'add the databases that must not be written in two regions'));
  }
  return issues;
}

/** Each region of the pair has its entry, and no other place has one. */
export function pairRules(plan: ApplicationPlan, path: ConfigPath, entries: Readonly<Record<Region, unknown>>, what: string): readonly RuleIssue[] {
  const pair = [...new Set(plan.regions)];
  const missing = pair.filter((region) => !Object.hasOwn(entries, region))
    .map((region) => error(path, `there is no ${what} for ${region}`, `add an entry for ${region}`, [['regions', 0], ['regions', 1]]));
  const foreign = Object.keys(entries).filter((region) => !pair.includes(region))
    .map((region) => error([...path, region], `${region} is not in the pair (${pair.join(', ')})`, 'remove the entry or correct its region', [['regions', 0], ['regions', 1]]));
  return [...missing, ...foreign];
}

function databaseRules(plan: ApplicationPlan, database: DatabasePlan, path: ConfigPath): readonly RuleIssue[] {
  const instances = Object.entries(database.instances);
  const inside = instances.flatMap(([region, instance]) => {
    const at = [...path, 'instances', region];
    const issues: RuleIssue[] = [];
    if (arnRegion(instance.arn) !== region) issues.push(error([...at, 'arn'], `this ARN is in ${arnRegion(instance.arn)}, not in ${region}`, `give the instance that runs in ${region}`));
    if (!instance.arn.endsWith(`:${instance.identifier}`)) issues.push(error([...at, 'identifier'], 'the identifier is not the last part of the ARN', 'correct the one that is wrong', [[...at, 'arn']]));
    const hostRegion = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(instance.host)?.[1];
    if (hostRegion !== undefined && hostRegion !== region) issues.push(error([...at, 'host'], `this endpoint is in ${hostRegion}, not in ${region}`, `give the endpoint of the instance in ${region}`));
    if (instance.secretId.startsWith('arn:') && arnRegion(instance.secretId) !== region) {
      issues.push(error([...at, 'secretId'], `this secret is in ${arnRegion(instance.secretId)}: it could not be read while that region is down`, `replicate the secret to ${region} and give its ARN there, or its name`));
    }
    return issues;
  });
  const accounts = [...new Set(instances.map(([, instance]) => instance.arn.split(':')[4]))];
  const account = accounts.length < 2 ? [] : [error([...path, 'instances'], `the instances are in different accounts (${accounts.join(', ')}): RDS replicates inside one`, 'correct the account of the ARN that is wrong', instances.map(([region]) => [...path, 'instances', region, 'arn']))];
  const poll = database.pollSeconds < database.promoteTimeoutSeconds ? [] : [error([...path, 'pollSeconds'],
    `the poll interval (${database.pollSeconds}s) is not below the promotion's time-out (${database.promoteTimeoutSeconds}s): it would never be seen to succeed`, 'set poll below promoteTimeout', [[...path, 'promoteTimeoutSeconds']])];
  return [...pairRules(plan, [...path, 'instances'], database.instances, 'instance'), ...inside, ...account, ...poll];
}

function capacityRules(capacity: ApplicationPlan['capacity'][number], path: ConfigPath): readonly RuleIssue[] {
  const { factor, desiredMax } = capacity;
  const issues: RuleIssue[] = [];
  if (factor < 1) issues.push(error([...path, 'factor'], `a factor of ${factor} would scale the survivor down while it takes over`, 'set factor to 1 or more; 2 when both regions share the load'));
  for (const [region, { baseline }] of Object.entries(countedIn(capacity))) {
    const at = [...path, PLACES_OF[capacity.kind], region, 'baseline'];
    if (baseline > desiredMax) issues.push(error([...path, 'desiredMax'], `desiredMax (${desiredMax}) is below the baseline of ${region} (${baseline})`, `set desiredMax to ${baseline} or more`, [at]));
    else if (factor >= 1 && Math.ceil(baseline * factor) > desiredMax) {
      issues.push(warning([...path, 'desiredMax'], `${region} would be scaled to ${desiredMax}, not to ${Math.ceil(baseline * factor)} (${baseline} x ${factor})`, 'raise desiredMax, or accept less capacity'));
    }
  }
  return issues;
}

function notificationRules({ notifications, regions, witness }: ApplicationPlan): readonly RuleIssue[] {
  const topics = Object.entries(notifications.snsTopicArns);
  const path = ['notifications', 'snsTopicArns'];
  const places = [...regions, witness];
  const issues = topics.flatMap(([region, arn]) => [
    ...(arnRegion(arn) === region ? [] : [error([...path, region], `this topic is in ${arnRegion(arn)}, not in ${region}: it would be silent with that region`, `give a topic in ${region}`)]),
    ...(places.includes(region) ? [] : [error([...path, region], `${region} is neither in the pair nor the witness`, 'remove the topic or correct its region', [['regions', 0], ['regions', 1], ['witness']])]),
  ]);
  if (topics.length === 0 && notifications.slack === undefined && notifications.pagerDuty === undefined) {
    return [warning(['notifications'], 'nobody is told: there is neither Slack nor an SNS topic', 'add snsTopics for both regions')];
  }
  const missing = topics.length === 0 ? [] : [...new Set(regions)].filter((region) => !Object.hasOwn(notifications.snsTopicArns, region));
  return [...issues, ...missing.map((region) => warning(path, `there is no topic in ${region}: when it survives, SNS stays silent`, `add a topic in ${region}`))];
}

function nameRules(entries: readonly { readonly name: string }[], list: string): readonly RuleIssue[] {
  return entries.flatMap(({ name }, index) => {
    const first = entries.findIndex((entry) => entry.name === name);
    return first === index ? [] : [error([list, index, 'name'], `the name ${name} is used twice`, 'give it another name', [[list, first, 'name']])];
  });
}

const arnRegion = (arn: string): string => arn.split(':')[3] ?? '';

/** One application for one name, one place in a plan for one instance: shared, a failover of one would fence the other. */
export function sharedPlaceRules(plans: readonly ApplicationPlan[]): readonly SharedRuleIssue[] {
  const arns = new Map<string, string>();
  const hosts = new Map<string, string>();
  const names = new Set<string>();
  return plans.flatMap((plan, index): SharedRuleIssue[] => {
    const named = names.has(plan.application) ? [{ ...error(['application'], `the application ${plan.application} is there twice`, 'give it another name'), index }] : [];
    names.add(plan.application);
    return [...named, ...plan.databases.flatMap((database, at) => Object.entries(database.instances).flatMap(([region, instance]) => {
      const path = ['databases', at, 'instances', region];
      const place = `${plan.application}, database ${database.name}, ${region}`;
      return [
        ...seenBefore(arns, instance.arn, place).map((other) => ({ ...error([...path, 'arn'], `the same instance is used by ${other}`, 'give each its own instance'), index })),
        ...seenBefore(hosts, `${instance.host}:${instance.port}`, place).map((other) => ({ ...error([...path, 'host'], `the same endpoint is used by ${other}`, 'give the endpoint of this instance'), index })),
      ];
    }))];
  });
}

function seenBefore(seen: Map<string, string>, key: string, place: string): readonly string[] {
  const other = seen.get(key);
  if (other === undefined) seen.set(key, place);
  return other === undefined ? [] : [other];
}
