// Rules about databases beyond their places: what each kind needs, whose shard one is, and what comes after what.
import type { ApplicationPlan, DatabasePlan } from '../domain/plan.ts';
import type { ConfigPath } from './config-issue.ts';
import { error, type RuleIssue } from './config-rule.ts';

export const databaseRules = (plan: ApplicationPlan): readonly RuleIssue[] => [
  ...plan.databases.flatMap((database, index) => {
    const path = ['databases', index];
    return [...engineRules(database, path), ...kindRules(database, path), ...shardRules(plan, database, path), ...orderRules(plan, database, path)];
  }),
  ...cycleRules(plan),
];

const engineRules = ({ engine }: DatabasePlan, path: ConfigPath): readonly RuleIssue[] => (engine === 'postgres' ? [] : [error([...path, 'engine'],
  'mysql cannot be protected yet: RDS gives nobody SUPER, so that no fence can set super_read_only and end sessions as it does on PostgreSQL; and lag, the place in the log and the write probe are asked in the words of PostgreSQL',
  'protect it by other means, or move it to PostgreSQL')]);

function kindRules({ kind, globalCluster, instances }: DatabasePlan, path: ConfigPath): readonly RuleIssue[] {
  const isGlobal = kind === 'aurora-global';
  const own = isGlobal && globalCluster === undefined ? [error([...path, 'globalCluster'], 'an aurora-global has no globalCluster: nobody could be asked to move its writer', 'give the identifier of the global database (aws rds describe-global-clusters)', [[...path, 'kind']])]
    : !isGlobal && globalCluster !== undefined ? [error([...path, 'globalCluster'], `an ${kind} is no part of a global database`, 'remove it, or set kind: aurora-global', [[...path, 'kind']])] : [];
  return [...own, ...Object.entries(instances).flatMap(([region, { arn, host, readerHost }]) => {
    const at = [...path, 'instances', region];
    const issues: RuleIssue[] = [];
    if (isGlobal && !arn.includes(':cluster:')) issues.push(error([...at, 'arn'], 'an aurora-global needs the ARN of an Aurora DB cluster, and this is an instance', 'give the ARN of the cluster: arn:aws:rds:<region>:<account>:cluster:<name>', [[...path, 'kind']]));
    if (!isGlobal && arn.includes(':cluster:')) issues.push(error([...at, 'arn'], 'an rds-replica needs the ARN of an RDS DB instance, and this is a cluster', 'give the ARN of the instance, or set kind: aurora-global', [[...path, 'kind']]));
    if (isGlobal && readerHost === undefined) issues.push(error([...at, 'readerHost'], `the cluster in ${region} has no reader endpoint: while it is secondary its writer endpoint is inactive, and nobody could say what it holds`, 'give the reader endpoint (its name has .cluster-ro- in it)'));
    if (!isGlobal && readerHost !== undefined) issues.push(error([...at, 'readerHost'], 'an instance has one endpoint', 'remove readerHost', [[...path, 'kind']]));
    if (isGlobal && host.includes('.cluster-ro-')) issues.push(error([...at, 'host'], 'this is the reader endpoint: no write would ever be taken there', 'give the writer endpoint of the cluster (.cluster- without -ro)'));
    return issues;
  })];
}

function shardRules({ regions }: ApplicationPlan, { shardOf }: DatabasePlan, path: ConfigPath): readonly RuleIssue[] {
  return shardOf === undefined || regions.includes(shardOf) ? [] : [error([...path, 'shardOf'], `users cannot be at home in ${shardOf}: it is not in the pair (${regions.join(', ')})`, 'name one of the pair', [['regions', 0], ['regions', 1]])];
}

function orderRules({ databases }: ApplicationPlan, { name, after = [] }: DatabasePlan, path: ConfigPath): readonly RuleIssue[] {
  return after.flatMap((other, index) => {
    if (other === name) return [error([...path, 'after', index], `${name} cannot come after itself`, 'remove it')];
    return databases.some((one) => one.name === other) ? [] : [error([...path, 'after', index], `there is no database ${other}`, `name one of ${databases.map((one) => one.name).join(', ')}`)];
  });
}

/** One of a circle is named; none of it would ever be promoted. */
function cycleRules({ databases }: ApplicationPlan): readonly RuleIssue[] {
  const before = (name: string): readonly string[] => databases.find((one) => one.name === name)?.after ?? [];
  const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean => before(from).some((next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))));
  const index = databases.findIndex(({ name, after = [] }) => !after.includes(name) && reaches(name, name, new Set([name])));
  return index < 0 ? [] : [error(['databases', index, 'after'], `${databases[index]?.name ?? ''} waits for itself in a circle: none of its databases would ever be promoted`, 'break the circle')];
}
