// Databases of several kinds: what each needs, whose shard one is, what comes after what; broken on purpose, with field, value and fix.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { checkPlans, compilePlans, parseCompiledPlans, parsePlans } from '../../../events/config.ts';
import { setAt, shop, type Tree } from './example.ts';

const text = readFileSync(new URL('../../../hotshift.aurora.example.yml', import.meta.url), 'utf8');
const west = 'databases.users-west';

function broken(path: string, value: unknown): string {
  const tree = parse(text) as Tree;
  setAt(tree, shop(path), value);
  return stringify(tree);
}

describe('databases of several kinds', () => {
  test('the example is complete, and survives compilation', () => {
    const plans = parsePlans(text);
    const [settings, shard] = plans.applications[0]?.databases ?? [];
    expect(settings).toMatchObject({ kind: 'rds-replica' });
    expect(shard).toMatchObject({ kind: 'aurora-global', globalCluster: 'users-west-global', shardOf: 'eu-west-1', after: ['settings'] });
    expect(shard?.instances['eu-west-1']).toMatchObject({ identifier: 'users-west-ireland', readerHost: expect.stringContaining('.cluster-ro-') });
    expect(parseCompiledPlans(compilePlans(plans)).applications).toEqual(plans.applications);
  });

  test.each<[string, string, unknown, string, string?]>([
    ['an aurora-global without its global database', `${west}.globalCluster`, undefined, 'nobody could be asked'],
    ['a read replica with one', 'databases.settings.globalCluster', 'x-global', 'no part of a global database'],
    ['an instance for a cluster', `${west}.instances.eu-west-1.arn`, 'arn:aws:rds:eu-west-1:111122223333:db:users', 'needs the ARN of an Aurora DB cluster'],
    ['a cluster for an instance', 'databases.settings.instances.eu-west-1.arn', 'arn:aws:rds:eu-west-1:111122223333:cluster:settings', 'needs the ARN of an RDS DB instance'],
    ['no reader endpoint', `${west}.instances.eu-central-1.readerHost`, undefined, 'its writer endpoint is inactive'],
    ['a reader endpoint of an instance', 'databases.settings.instances.eu-west-1.readerHost', 'x.example', 'has one endpoint'],
    ['the reader endpoint for the writer', `${west}.instances.eu-west-1.host`, 'u.cluster-ro-abc.eu-west-1.rds.amazonaws.com', 'no write would ever'],
    ['a shard at home elsewhere', `${west}.home`, 'us-east-1', 'not in the pair'],
    ['a shard without a home', `${west}.home`, undefined, 'is missing'],
    ['a home without a shard', 'databases.settings.home', 'eu-west-1', 'only a region-sharded'],
    ['after itself', `${west}.after`, ['users-west'], 'after itself', `${west}.after.0`],
    ['after a stranger', `${west}.after`, ['bills'], 'there is no database bills', `${west}.after.0`],
    ['MySQL, by name and with the reason', 'databases.settings.engine', 'mysql', 'super_read_only'],
    ['an unknown kind', `${west}.kind`, 'dynamodb', 'rds-replica'],
    ['an identifier that RDS does not take', `${west}.globalCluster`, 'Users--West', 'identifier of an Aurora global database'],
  ])('%s', (_, path, value, message, at = path) => {
    const { errors } = checkPlans(broken(path, value));
    expect(errors.map((issue) => `${issue.path.slice(2).join('.')}: ${issue.message}`)).toContainEqual(expect.stringContaining(message));
    expect(errors.map((issue) => issue.path.slice(2).join('.'))).toContain(at);
    expect(errors.every(({ fix }) => fix.length > 3)).toBe(true);
  });

  test('a circle', () => {
    const { errors } = checkPlans(broken('databases.settings.after', ['users-west']));
    expect(errors.map(({ message }) => message)).toContainEqual(expect.stringContaining('in a circle'));
  });
});
