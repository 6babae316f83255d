// Rules of a security group in Hotshift's own words and back, so that what a fence revokes can be written down and put back.
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { NetworkRule } from '../domain/lease.ts';

type Peer = NetworkRule['peer'];

/** Rejects a rule that lets in nobody who could be named: it could not be put back. */
export function ruleOf(rule: SecurityGroupRule): NetworkRule {
  const peer = peerOf(rule);
  if (peer === undefined || rule.IpProtocol === undefined) throw new UnexpectedAnswerError(`ec2:DescribeSecurityGroupRules: rule ${rule.SecurityGroupRuleId ?? 'without an id'} has no protocol or lets in nobody`);
  return { protocol: rule.IpProtocol, fromPort: rule.FromPort ?? -1, toPort: rule.ToPort ?? -1, peer, ...(rule.Description === undefined || rule.Description === '' ? {} : { description: rule.Description }) };
}

function peerOf(rule: SecurityGroupRule): Peer | undefined {
  const { GroupId: group, UserId: account } = rule.ReferencedGroupInfo ?? {};
  if (rule.CidrIpv4 !== undefined) return { kind: 'ipv4', value: rule.CidrIpv4 };
  if (rule.CidrIpv6 !== undefined) return { kind: 'ipv6', value: rule.CidrIpv6 };
  if (group !== undefined) return { kind: 'group', value: group, ...(account === undefined ? {} : { account }) };
  return rule.PrefixListId === undefined ? undefined : { kind: 'prefix-list', value: rule.PrefixListId };
}

export function permissionOf({ protocol, fromPort, toPort, peer, description }: NetworkRule): IpPermission {
  const told = description === undefined ? {} : { Description: description };
  const whom: IpPermission = {
    ...(peer.kind === 'ipv4' ? { IpRanges: [{ CidrIp: peer.value, ...told }] } : {}),
    ...(peer.kind === 'ipv6' ? { Ipv6Ranges: [{ CidrIpv6: peer.value, ...told }] } : {}),
    ...(peer.kind === 'group' ? { UserIdGroupPairs: [{ GroupId: peer.value, ...(peer.account === undefined ? {} : { UserId: peer.account }), ...told }] } : {}),
    ...(peer.kind === 'prefix-list' ? { PrefixListIds: [{ PrefixListId: peer.value, ...told }] } : {}),
  };
  // All protocols have no ports.
  return { IpProtocol: protocol, ...(protocol === '-1' ? {} : { FromPort: fromPort, ToPort: toPort }), ...whom };
}
