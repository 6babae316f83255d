// Security groups through the real SDK client (ec2Query), and the gate that follows them.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AuthorizeSecurityGroupIngressCommand, CreateTagsCommand, DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, EC2Client, RevokeSecurityGroupIngressCommand, type IpPermission,
} from '@aws-sdk/client-ec2';
import { ec2Service } from '../../../twin/aws/services/ec2.ts';
import { serve, type Served } from './served.ts';

const GroupId = 'sg-0a1b2c3d4e5f60718';
const postgres = (more: Partial<IpPermission>): IpPermission => ({ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, ...more });

let served: Served;
let client: EC2Client;
let gate: string[];

beforeEach(async () => {
  gate = [];
  const port = { protocol: 'tcp', fromPort: 5432, toPort: 5432, description: undefined };
  const service = ec2Service({
    securityGroups: [
      { region: 'us-east-1', groupId: GroupId, name: 'orders-database', ingress: [{ ...port, peer: { cidrIpv4: '10.0.0.0/16' }, description: 'application' }, { ...port, peer: { groupId: 'sg-app' } }] },
      { region: 'us-west-2', groupId: 'sg-west', name: 'orders-database', ingress: [] },
    ],
    ingressChanged: async ({ region, groupId }, rules) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      gate.push(`${region} ${groupId} ${rules.length}`);
    },
  });
  served = await serve(service);
  client = new EC2Client(served.client);
});
afterEach(async () => {
  client.destroy();
  await served.close();
});

const rules = async () => (await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }))).SecurityGroupRules ?? [];
const permissions = async () => (await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups?.[0]?.IpPermissions;

test('groups and rules are described; peers of the same ports share a permission', async () => {
  expect(await permissions()).toEqual([
    postgres({ IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'application' }], UserIdGroupPairs: [{ GroupId: 'sg-app', UserId: '111122223333' }], Ipv6Ranges: [], PrefixListIds: [] }),
  ].map((permission) => expect.objectContaining({ IpProtocol: 'tcp', FromPort: 5432, IpRanges: permission.IpRanges, UserIdGroupPairs: permission.UserIdGroupPairs })));
  const found = await rules();
  expect(found).toHaveLength(2);
  expect(found[0]).toMatchObject({ GroupId, IsEgress: false, CidrIpv4: '10.0.0.0/16', FromPort: 5432, SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/) });
  expect(found[1]).toMatchObject({ ReferencedGroupInfo: { GroupId: 'sg-app' } });
});

describe('revoking', () => {
  test('by rule ids closes the gate before the call is answered', async () => {
    const ids = (await rules()).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '');
    const answer = await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids }));
    expect(gate).toEqual([`us-east-1 ${GroupId} 0`]);
    expect(answer).toMatchObject({ Return: true, RevokedSecurityGroupRules: ids.map((SecurityGroupRuleId) => expect.objectContaining({ SecurityGroupRuleId })) });
    expect(await rules()).toEqual([]);
    await expect(client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids }))).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
  });

  test('by permissions, whatever the description; an unknown rule revokes nothing', async () => {
    const unknown = client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [postgres({ IpRanges: [{ CidrIp: '10.0.0.0/16' }, { CidrIp: '10.9.0.0/16' }] })] }));
    await expect(unknown).rejects.toMatchObject({ name: 'InvalidPermission.NotFound', message: 'The specified rule does not exist in this security group.', $metadata: { httpStatusCode: 400 } });
    expect(await rules()).toHaveLength(2);
    await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [postgres({ IpRanges: [{ CidrIp: '10.0.0.0/16' }] })] }));
    expect(await rules()).toEqual([expect.objectContaining({ ReferencedGroupInfo: expect.objectContaining({ GroupId: 'sg-app' }) })]);
    expect(gate).toEqual([`us-east-1 ${GroupId} 1`]);
  });

  test('DryRun answers DryRunOperation and does nothing, and it finds errors first', async () => {
    const dry = (CidrIp: string) => client.send(new RevokeSecurityGroupIngressCommand({ GroupId, DryRun: true, IpPermissions: [postgres({ IpRanges: [{ CidrIp }] })] }));
    await expect(dry('10.0.0.0/16')).rejects.toMatchObject({ name: 'DryRunOperation', message: 'Request would have succeeded, but DryRun flag is set.', $metadata: { httpStatusCode: 412 } });
    await expect(dry('10.9.0.0/16')).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
    expect([gate, (await rules()).length]).toEqual([[], 2]);
  });
});

describe('authorising', () => {
  test('adds rules and opens the gate; the same rule twice is a duplicate, in EC2 words', async () => {
    const open = () => client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [postgres({ IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'test' }] })] }));
    expect(await open()).toMatchObject({ Return: true, SecurityGroupRules: [{ CidrIpv4: '0.0.0.0/0', Description: 'test' }] });
    expect(gate).toEqual([`us-east-1 ${GroupId} 3`]);
    await expect(open()).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate', message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 5432, to port: 5432, ALLOW" already exists' });
    await expect(client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-x' }, { GroupId: 'sg-x' }] }] }))).rejects.toMatchObject({ message: 'the specified rule "peer: sg-x, ALL, ALLOW" already exists' });
    expect(await rules()).toHaveLength(3);
  });

  test('a permission for nobody is refused', async () => {
    await expect(client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [postgres({})] }))).rejects.toMatchObject({ name: 'MissingParameter' });
  });
});

test('groups belong to their region; tags are kept', async () => {
  await expect(client.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-west'] }))).rejects.toMatchObject({ name: 'InvalidGroup.NotFound', message: "The security group 'sg-west' does not exist" });
  await client.send(new CreateTagsCommand({ Resources: [GroupId], Tags: [{ Key: 'fenced-by-epoch', Value: '7' }] }));
  const found = await client.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag:fenced-by-epoch', Values: ['7'] }] }));
  expect(found.SecurityGroups).toEqual([expect.objectContaining({ GroupId, GroupName: 'orders-database', Tags: [{ Key: 'fenced-by-epoch', Value: '7' }] })]);
});
