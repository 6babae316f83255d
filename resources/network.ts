// Where the functions that speak SQL run: in subnets from which the database is reached, behind a security group of their own.
// The file `hotshift.network.yml` beside the plan names VPC and subnets per region; without it the functions run outside any VPC.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { KEEP } from '../adapters/locks.ts';
import type { Region } from '../domain/plan.ts';
import { attribute, ref, type Json, type Statement } from './cloudformation.ts';
import { allInstances, configFile, isWitness, type Plans } from './plans.ts';

/** The functions that open sessions with a database (adapters/sql.ts). */
export const SQL_FUNCTIONS: ReadonlySet<string> = new Set(['assess', 'promote', 'enforce', 'watch', 'compare', 'rebuild']);

const network = z.strictObject({
  vpc: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'must be a VPC id such as vpc-0123456789abcdef0'),
  // Two subnets, so that one Availability Zone may be gone.
  subnets: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be a subnet id such as subnet-0123456789abcdef0')).min(2).max(16),
});
export type Network = z.infer<typeof network>;
export type Networks = Readonly<Record<Region, Network>>;

/** `hotshift.yml` -> `hotshift.network.yml`, `hotshift.example.yml` -> `hotshift.network.example.yml`. */
export const networkFile = (plan = configFile()): string =>
  process.env['HOTSHIFT_NETWORK'] ?? join(dirname(plan), basename(plan).replace(/^([^.]+)/, '$1.network'));

/** The networks by region; none when the file is absent. Throws when it is there and wrong. */
export function readNetworks(plans: Plans, file = networkFile()): Networks {
  if (!existsSync(file)) return {};
  const found = z.record(z.string(), network).safeParse(parse(readFileSync(file, 'utf8')));
  if (!found.success) throw new Error(`${file}: ${z.prettifyError(found.error)}`);
  for (const region of Object.keys(found.data)) {
    if (isWitness(region, plans)) throw new Error(`${file}: ${region} serves no application, so that it has no database to reach; leave it out`);
  }
  return found.data;
}

/** The `vpc` of a function in serverless.yml. */
export const vpcOf = (name: string, found: Network | undefined): Json =>
  (found === undefined || !SQL_FUNCTIONS.has(name) ? {} : { vpc: { subnetIds: found.subnets, securityGroupIds: [attribute('AgentSecurityGroup', 'GroupId')] } });

/** RDS certificates are signed by Amazon's own authority, which Node 20 and later load only on request (Lambda guide, Node.js). */
export const sqlEnvironment = (name: string): Json => (SQL_FUNCTIONS.has(name) ? { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } : {});

/** The group of the functions, and the rule by which each database lets them in and which a fence leaves in place. */
export function networkResources(region: Region, plans: Plans, found: Network | undefined): Json {
  if (found === undefined) return {};
  const groups = new Map(allInstances(plans).filter((entry) => entry.region === region).map(({ instance }) => [`${instance.securityGroupId} ${instance.port}`, instance]));
  const databases = [...groups.values()];
  return {
    AgentSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Functions of Hotshift that speak SQL with the databases', VpcId: found.vpc,
        SecurityGroupEgress: [
          // The endpoints of AWS have no fixed addresses; behind VPC endpoints this may be narrowed.
          { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0', Description: 'AWS endpoints' },
          ...databases.map(({ port, securityGroupId }) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, DestinationSecurityGroupId: securityGroupId, Description: 'Databases' })),
        ],
      },
    },
    ...Object.fromEntries(databases.map(({ port, securityGroupId }, index) => [`AgentIngress${index}`, {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: securityGroupId, IpProtocol: 'tcp', FromPort: port, ToPort: port, SourceSecurityGroupId: attribute('AgentSecurityGroup', 'GroupId'),
        Description: `${KEEP}: the way of the agent itself, a fence leaves it open`,
      },
    }])),
  };
}

/** What Lambda needs to put its network interfaces into the subnets; the function's own code is denied the same (Lambda guide, VPC). */
export function interfaceStatements(name: string, found: Network | undefined): readonly Statement[] {
  if (found === undefined || !SQL_FUNCTIONS.has(name)) return [];
  const actions = ['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:UnassignPrivateIpAddresses'];
  const own = { 'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:hotshift-${name}` };
  return [
    { Sid: 'Interfaces', Effect: 'Allow', Action: actions, Resource: '*' },
    { Sid: 'InterfacesNotByCode', Effect: 'Deny', Action: actions, Resource: '*', Condition: { ArnEquals: { 'lambda:SourceFunctionArn': own } } },
  ];
}

export const networkOutputs = (found: Network | undefined): Json =>
  (found === undefined ? {} : { AgentSecurityGroup: { Description: 'Security group of the functions that speak SQL', Value: ref('AgentSecurityGroup') } });
