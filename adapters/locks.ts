// The locks that the agent of a region closes on its own database: the network rules of its security group and the sessions of the
// engine. Each is read back. Kept apart from database.ts, since the EC2 client alone is as large as all others together.
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupRulesCommand, EC2Client, RevokeSecurityGroupIngressCommand, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { NetworkRule } from '../domain/lease.ts';
import type { Region } from '../domain/plan.ts';
import type { DatabaseLocks } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import type { Environment } from './environment.ts';
import { asking, isUnreachable } from './failures.ts';
import { instanceIn } from './instance.ts';
import { permissionOf, ruleOf } from './network-rules.ts';
import { secretsManager } from './secrets.ts';
import { endSessions } from './session-lock.ts';
import { allowWrites, inSession, type SqlSettings } from './sql.ts';

/** A rule with this word as tag key or in its description stays open: the way by which the agent itself reaches the engine. */
export const KEEP = 'hotshift-keep';

export function databaseLocks(clientIn: (region: Region) => EC2Client, sql: SqlSettings): DatabaseLocks {
  return {
    async networkClosed(database, region) {
      return (await openRules(clientIn(region), instanceIn(database, region).securityGroupId, region)).length === 0;
    },
    async openRules(database, region) {
      return (await openRules(clientIn(region), instanceIn(database, region).securityGroupId, region)).map(ruleOf);
    },
    openNetwork: (database, region, rules) => putBack(clientIn(region), instanceIn(database, region).securityGroupId, region, rules),
    async allowWrites(database, region) {
      try {
        return await inSession(sql, database, region, allowWrites);
      } catch (error) {
        if (isUnreachable(error)) return undefined;
        throw error;
      }
    },
    closeNetwork: (database, region) => revokeAll(clientIn(region), instanceIn(database, region).securityGroupId, region),
    async endSessions(database, region) {
      try {
        return await inSession(sql, database, region, (session) => endSessions(session, database.name));
      } catch (error) {
        if (isUnreachable(error)) return undefined;
        throw error;
      }
    },
  };
}

/** The locks port of a Lambda. */
export const databaseLocksOf = ({ databaseTls }: Pick<Environment, 'databaseTls'>): DatabaseLocks =>
  databaseLocks(perRegion((region) => new EC2Client(clientSettings(region, 'reading'))), { secrets: secretsManager(), tls: databaseTls });

/** A rule that somebody else revoked in between fails the whole call: then the rest is looked up anew, a few times. */
async function revokeAll(client: EC2Client, securityGroupId: string, region: Region, turnsLeft = 3): Promise<void> {
  const rules = await openRules(client, securityGroupId, region);
  if (rules.length === 0) return;
  const gone = await asking({ action: 'ec2:RevokeSecurityGroupIngress', resource: `${securityGroupId} in ${region}` }, async () => {
    try {
      await client.send(new RevokeSecurityGroupIngressCommand({ GroupId: securityGroupId, SecurityGroupRuleIds: rules.map((rule) => ruleId(rule, securityGroupId)) }));
      return false;
    } catch (error) {
      if (turnsLeft > 1 && /^Invalid(SecurityGroupRuleId|Permission)\.NotFound$/.test((error as Error).name)) return true;
      throw error;
    }
  });
  if (gone) await revokeAll(client, securityGroupId, region, turnsLeft - 1);
}

async function openRules(client: EC2Client, securityGroupId: string, region: Region): Promise<readonly SecurityGroupRule[]> {
  const rules: SecurityGroupRule[] = [];
  let from: string | undefined;
  do {
    const page = await asking({ action: 'ec2:DescribeSecurityGroupRules', resource: `${securityGroupId} in ${region}` },
      () => client.send(new DescribeSecurityGroupRulesCommand({
        Filters: [{ Name: 'group-id', Values: [securityGroupId] }], ...(from === undefined ? {} : { NextToken: from }),
      })));
    if (page.SecurityGroupRules === undefined) throw new UnexpectedAnswerError(`ec2:DescribeSecurityGroupRules on ${securityGroupId}: the answer has no list of rules`);
    rules.push(...page.SecurityGroupRules);
    from = page.NextToken === '' ? undefined : page.NextToken;
  } while (from !== undefined);
  return rules.filter(isOpen);
}

/** One by one: a rule that is there already fails its call alone. */
async function putBack(client: EC2Client, securityGroupId: string, region: Region, rules: readonly NetworkRule[]): Promise<void> {
  for (const rule of rules) {
    await asking({ action: 'ec2:AuthorizeSecurityGroupIngress', resource: `${securityGroupId} in ${region}` }, async () => {
      try {
        await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: securityGroupId, IpPermissions: [permissionOf(rule)] }));
      } catch (error) {
        if ((error as Error).name !== 'InvalidPermission.Duplicate') throw error;
      }
    });
  }
}

/** Does a rule let clients in? An address range is never kept open, however it is marked: only one group or one address is. */
export function isOpen(rule: SecurityGroupRule): boolean {
  if (rule.IsEgress === true) return false;
  const marked = (rule.Description ?? '').includes(KEEP) || (rule.Tags ?? []).some((tag) => tag.Key === KEEP);
  const narrow = rule.ReferencedGroupInfo?.GroupId !== undefined || rule.CidrIpv4?.endsWith('/32') === true || rule.CidrIpv6?.endsWith('/128') === true;
  return !(marked && narrow);
}

function ruleId(rule: SecurityGroupRule, securityGroupId: string): string {
  if (rule.SecurityGroupRuleId === undefined) throw new UnexpectedAnswerError(`ec2:DescribeSecurityGroupRules on ${securityGroupId}: a rule has no id`);
  return rule.SecurityGroupRuleId;
}
