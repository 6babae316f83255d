// Security groups of a VPC that is not the default one (there, revoking an unknown rule is an error). The hook makes a
// change real: the twin's database gate opens and closes with the rules, before the call is answered.
import type * as ec2 from '@aws-sdk/client-ec2';
import { ACCOUNT_ID, AwsError, type Handler } from '../../service.ts';
import { permissionsOf, ruleShape, rulesOf, ruleText, sameRule, type IngressRule, type NewRule } from './rules.ts';

export interface SecurityGroupSeed {
  readonly region: string;
  readonly groupId: string;
  readonly name: string;
  readonly description?: string;
  readonly vpcId?: string;
  readonly ingress: readonly NewRule[];
}

/** Which group, in which region. */
export interface GroupName {
  readonly region: string;
  readonly groupId: string;
}

export type IngressChanged = (group: GroupName, rules: readonly IngressRule[]) => void | Promise<void>;

interface Group extends Required<Omit<SecurityGroupSeed, 'ingress'>> {
  rules: readonly IngressRule[];
  tags: readonly ec2.Tag[];
}

const RESULTS_MIN = 5;
const RESULTS_MAX = 1_000;

export class SecurityGroups {
  readonly #groups = new Map<string, Group>();
  readonly #ingressChanged: IngressChanged;
  #rulesMade = 0;

  constructor(seeds: readonly SecurityGroupSeed[], ingressChanged: IngressChanged) {
    this.#ingressChanged = ingressChanged;
    for (const { ingress, ...seed } of seeds) {
      const group: Group = { description: seed.name, vpcId: 'vpc-0a1b2c3d4e5f60718', ...seed, rules: ingress.map((rule) => this.#named(rule)), tags: [] };
      this.#groups.set(`${seed.region} ${seed.groupId}`, group);
    }
  }

  handlers(): Record<string, Handler> {
    return {
      DescribeSecurityGroups: (input: ec2.DescribeSecurityGroupsRequest, { region }) => this.#describe(input, region),
      DescribeSecurityGroupRules: (input: ec2.DescribeSecurityGroupRulesRequest, { region }) => this.#describeRules(input, region),
      AuthorizeSecurityGroupIngress: (input: ec2.AuthorizeSecurityGroupIngressRequest, { region }) => this.#authorize(input, region),
      RevokeSecurityGroupIngress: (input: ec2.RevokeSecurityGroupIngressRequest, { region }) => this.#revoke(input, region),
      CreateTags: (input: ec2.CreateTagsRequest, { region }) => this.#tag(input, region),
    };
  }

  #must(groupId: string | undefined, region: string): Group {
    const group = this.#groups.get(`${region} ${groupId}`);
    if (!group) throw new AwsError('InvalidGroup.NotFound', `The security group '${groupId}' does not exist`);
    return group;
  }

  #inRegion(region: string): readonly Group[] {
    return [...this.#groups.values()].filter((group) => group.region === region);
  }

  #describe(input: ec2.DescribeSecurityGroupsRequest, region: string): ec2.DescribeSecurityGroupsResult {
    dryRun(input);
    const named = input.GroupIds?.length ? input.GroupIds.map((id) => this.#must(id, region)) : this.#inRegion(region);
    const found = named.filter((group) =>
      matches(input.Filters, { 'group-id': [group.groupId], 'group-name': [group.name], 'vpc-id': [group.vpcId], ...tagValues(group.tags) }),
    );
    const { items, next } = results(found, input);
    return {
      SecurityGroups: items.map((group) => ({
        GroupId: group.groupId,
        GroupName: group.name,
        Description: group.description,
        OwnerId: ACCOUNT_ID,
        VpcId: group.vpcId,
        SecurityGroupArn: `arn:aws:ec2:${region}:${ACCOUNT_ID}:security-group/${group.groupId}`,
        IpPermissions: permissionsOf(group.rules),
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [], UserIdGroupPairs: [], PrefixListIds: [] }],
        Tags: [...group.tags],
      })),
      ...next,
    };
  }

  #describeRules(input: ec2.DescribeSecurityGroupRulesRequest, region: string): ec2.DescribeSecurityGroupRulesResult {
    dryRun(input);
    const all = this.#inRegion(region).flatMap((group) => group.rules.map((rule) => ({ group, rule })));
    for (const id of input.SecurityGroupRuleIds ?? []) {
      if (!all.some(({ rule }) => rule.id === id)) throw unknownRuleId(id);
    }
    const found = all.filter(
      ({ group, rule }) =>
        (!input.SecurityGroupRuleIds?.length || input.SecurityGroupRuleIds.includes(rule.id)) && matches(input.Filters, { 'group-id': [group.groupId], 'security-group-rule-id': [rule.id] }),
    );
    const { items, next } = results(found, input);
    return { SecurityGroupRules: items.map(({ group, rule }) => ruleShape(group.groupId, rule)), ...next };
  }

  async #authorize(input: ec2.AuthorizeSecurityGroupIngressRequest, region: string): Promise<ec2.AuthorizeSecurityGroupIngressResult> {
    const group = this.#must(input.GroupId, region);
    const wanted = permissionsIn(input).flatMap(rulesOf);
    const repeated = wanted.find((rule, at) => group.rules.some((known) => sameRule(known, rule)) || wanted.findIndex((other) => sameRule(other, rule)) !== at);
    if (repeated) throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${ruleText(repeated)}" already exists`);
    dryRun(input);
    const added = wanted.map((rule) => this.#named(rule));
    await this.#set(group, [...group.rules, ...added]);
    return { Return: true, SecurityGroupRules: added.map((rule) => ruleShape(group.groupId, rule)) };
  }

  async #revoke(input: ec2.RevokeSecurityGroupIngressRequest, region: string): Promise<ec2.RevokeSecurityGroupIngressResult> {
    const group = this.#must(input.GroupId, region);
    const byId = (input.SecurityGroupRuleIds ?? []).map((id) => {
      const rule = group.rules.find((known) => known.id === id);
      if (!rule) throw unknownRuleId(id);
      return rule;
    });
    const byPermission = (byId.length > 0 ? [] : permissionsIn(input).flatMap(rulesOf)).map((wanted) => {
      const rule = group.rules.find((known) => sameRule(known, wanted));
      if (!rule) throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
      return rule;
    });
    dryRun(input);
    const revoked = [...byId, ...byPermission];
    await this.#set(group, group.rules.filter((rule) => !revoked.includes(rule)));
    return {
      Return: true,
      RevokedSecurityGroupRules: revoked.map((rule) => {
        const { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, ReferencedGroupInfo } = ruleShape(group.groupId, rule);
        return { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, ReferencedGroupId: ReferencedGroupInfo?.GroupId };
      }),
    };
  }

  #tag(input: ec2.CreateTagsRequest, region: string): Record<string, never> {
    const groups = (input.Resources ?? []).map((id) => {
      if (!id.startsWith('sg-')) throw new AwsError('InvalidID', `The ID '${id}' is not valid: the twin tags security groups only`);
      return this.#must(id, region);
    });
    dryRun(input);
    const given = input.Tags ?? [];
    for (const group of groups) group.tags = [...group.tags.filter((tag) => !given.some(({ Key }) => Key === tag.Key)), ...given];
    return {};
  }

  async #set(group: Group, rules: readonly IngressRule[]): Promise<void> {
    group.rules = rules;
    await this.#ingressChanged({ region: group.region, groupId: group.groupId }, rules);
  }

  #named(rule: NewRule): IngressRule {
    this.#rulesMade += 1;
    return { ...rule, id: `sgr-${this.#rulesMade.toString(16).padStart(17, '0')}` };
  }
}

const unknownRuleId = (id: string): AwsError => new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);

/** EC2 checks all else first and then answers DryRunOperation (412) instead of acting. */
function dryRun({ DryRun }: { readonly DryRun?: boolean | undefined }): void {
  if (DryRun) throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
}

/** The permissions of a request, also in its older form with a single CidrIp. */
function permissionsIn(input: ec2.AuthorizeSecurityGroupIngressRequest | ec2.RevokeSecurityGroupIngressRequest): readonly ec2.IpPermission[] {
  if (input.IpPermissions?.length) return input.IpPermissions;
  if (input.CidrIp === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter IpPermissions');
  return [{ IpProtocol: input.IpProtocol, FromPort: input.FromPort, ToPort: input.ToPort, IpRanges: [{ CidrIp: input.CidrIp }] }];
}

const tagValues = (tags: readonly ec2.Tag[]): Record<string, readonly string[]> => Object.fromEntries(tags.map(({ Key, Value }) => [`tag:${Key}`, [Value ?? '']]));

function matches(filters: readonly ec2.Filter[] | undefined, values: Readonly<Record<string, readonly string[]>>): boolean {
  return (filters ?? []).every(({ Name, Values }) => {
    const known = values[Name ?? ''];
    if (!known && !Name?.startsWith('tag:')) throw new AwsError('InvalidParameterValue', `The filter '${Name}' is invalid`);
    return (known ?? []).some((value) => Values?.includes(value));
  });
}

interface Paging {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

function results<T>(all: readonly T[], { MaxResults, NextToken }: Paging): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  if (MaxResults !== undefined && (MaxResults < RESULTS_MIN || MaxResults > RESULTS_MAX)) {
    throw new AwsError('InvalidParameterValue', `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between ${RESULTS_MIN} and ${RESULTS_MAX}.`);
  }
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString('utf8'));
  if (!Number.isInteger(from)) throw new AwsError('InvalidParameterValue', 'Invalid value for nextToken');
  const end = from + (MaxResults ?? RESULTS_MAX);
  return { items: all.slice(from, end), next: end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {} };
}
