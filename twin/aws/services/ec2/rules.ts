// Ingress rules of security groups. Pure: permissions as the API takes them become single rules, one per peer, and back.
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { ACCOUNT_ID, AwsError } from '../../service.ts';

/** Who may come in: exactly one of the three. */
export type Peer = { readonly cidrIpv4: string } | { readonly cidrIpv6: string } | { readonly groupId: string };

export interface IngressRule {
  readonly id: string;
  /** `tcp`, `udp`, `icmp` or `-1` for all. */
  readonly protocol: string;
  /** -1 when the protocol has no ports. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly peer: Peer;
  readonly description: string | undefined;
}

export type NewRule = Omit<IngressRule, 'id'>;

const ALL = '-1';

/** One rule per peer of a permission. Throws on what the twin has not (prefix lists) and on a permission for nobody. */
export function rulesOf(permission: IpPermission): readonly NewRule[] {
  if (permission.PrefixListIds?.length) throw new AwsError('InvalidParameterValue', 'The twin has no prefix lists.');
  const protocol = permission.IpProtocol ?? ALL;
  const ports = protocol === ALL ? { fromPort: -1, toPort: -1 } : { fromPort: permission.FromPort ?? -1, toPort: permission.ToPort ?? -1 };
  const rule = (peer: Peer, description: string | undefined): NewRule => ({ protocol, ...ports, peer, description });
  const rules = [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => rule({ cidrIpv4: CidrIp ?? '' }, Description)),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => rule({ cidrIpv6: CidrIpv6 ?? '' }, Description)),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) => rule({ groupId: GroupId ?? '' }, Description)),
  ];
  if (rules.length === 0) throw new AwsError('MissingParameter', 'The request must contain the parameter peer (IpRanges, Ipv6Ranges or UserIdGroupPairs)');
  return rules;
}

export const peerText = (peer: Peer): string => Object.values(peer)[0] ?? '';

/** Two rules are one when they let the same in; the description does not count. */
export const sameRule = (one: NewRule, other: NewRule): boolean =>
  one.protocol === other.protocol && one.fromPort === other.fromPort && one.toPort === other.toPort && JSON.stringify(one.peer) === JSON.stringify(other.peer);

/** As EC2 words a rule: `peer: 0.0.0.0/0, TCP, from port: 5432, to port: 5432, ALLOW`. */
export function ruleText(rule: NewRule): string {
  const ports = rule.protocol === ALL ? ['ALL'] : [rule.protocol.toUpperCase(), `from port: ${rule.fromPort}`, `to port: ${rule.toPort}`];
  return [`peer: ${peerText(rule.peer)}`, ...ports, 'ALLOW'].join(', ');
}

export const ruleShape = (groupId: string, { id, protocol, fromPort, toPort, peer, description }: IngressRule): SecurityGroupRule => ({
  SecurityGroupRuleId: id,
  GroupId: groupId,
  GroupOwnerId: ACCOUNT_ID,
  IsEgress: false,
  IpProtocol: protocol,
  FromPort: fromPort,
  ToPort: toPort,
  ...('cidrIpv4' in peer ? { CidrIpv4: peer.cidrIpv4 } : {}),
  ...('cidrIpv6' in peer ? { CidrIpv6: peer.cidrIpv6 } : {}),
  ...('groupId' in peer ? { ReferencedGroupInfo: { GroupId: peer.groupId, UserId: ACCOUNT_ID } } : {}),
  ...(description === undefined ? {} : { Description: description }),
  Tags: [],
});

/** Rules of the same protocol and ports in one permission, as DescribeSecurityGroups shows them. */
export function permissionsOf(rules: readonly IngressRule[]): IpPermission[] {
  const permissions = new Map<string, Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'UserIdGroupPairs'>> & IpPermission>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    const ports = rule.protocol === ALL ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
    const permission = permissions.get(key) ?? { IpProtocol: rule.protocol, ...ports, IpRanges: [], Ipv6Ranges: [], UserIdGroupPairs: [], PrefixListIds: [] };
    const described = rule.description === undefined ? {} : { Description: rule.description };
    if ('cidrIpv4' in rule.peer) permission.IpRanges?.push({ CidrIp: rule.peer.cidrIpv4, ...described });
    else if ('cidrIpv6' in rule.peer) permission.Ipv6Ranges?.push({ CidrIpv6: rule.peer.cidrIpv6, ...described });
    else permission.UserIdGroupPairs?.push({ GroupId: rule.peer.groupId, UserId: ACCOUNT_ID, ...described });
    permissions.set(key, permission);
  }
  return [...permissions.values()];
}
