// The contract on moto's server, an AWS that nobody here wrote. Run by `npm run judges`, which installs it; not a part of `npm test`.
// The server is started here on a free port of the loopback, filled by the SDK, and stopped at the end.
import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient, CreateAutoScalingGroupCommand, CreateLaunchConfigurationCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { CreateDBInstanceCommand, CreateDBInstanceReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateBucketCommand, PutObjectLockConfigurationCommand, PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { MOTO } from './differences.ts';
import { ACCOUNT, started, stopped } from './moto-server.ts';
import { definePortContract } from './port-contract.ts';
import { BUCKET, HERE, OPEN_BUCKET, PARAMETER, plansOf, SECRET, TABLE, THERE, WAITING, type World } from './world.ts';

interface Settings { readonly endpoint: string; readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } }

definePortContract('moto', async (): Promise<World> => {
  const { server, url } = await started();
  try {
    return await filled(url, () => stopped(server));
  } catch (error) {
    // A server that goes on would keep the judge waiting until its time is over.
    await stopped(server);
    throw error;
  }
}, MOTO);

async function filled(url: string, close: () => Promise<void>): Promise<World> {
  const at = (region: string): Settings => ({ endpoint: url, region, credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'contract' } });
  const zone = await makeZone(at(HERE));
  const [groupHere, groupThere] = [await makeGroup(at(HERE)), await makeGroup(at(THERE))];
  await makeTable(at(HERE));
  await makeDatabases(at, { [HERE]: groupHere, [THERE]: groupThere });
  await makeService(at(HERE));
  await makeScaled(at(HERE));
  await new SecretsManagerClient(at(HERE)).send(new CreateSecretCommand({ Name: SECRET.id, SecretString: SECRET.text }));
  await new SSMClient(at(HERE)).send(new PutParameterCommand({ Name: PARAMETER.name, Value: PARAMETER.text, Type: 'SecureString' }));
  const { stateMachineArn: machineArn = '' } = await new SFNClient(at(HERE)).send(new CreateStateMachineCommand({ name: 'waiting', definition: WAITING, roleArn: `arn:aws:iam::${ACCOUNT}:role/waiting` }));
  await makeBuckets(at(HERE));
  const { TopicArn: topicArn = '' } = await new SNSClient(at(HERE)).send(new CreateTopicCommand({ Name: 'oncall' }));
  return { url, ...plansOf({ zone, groups: { [HERE]: groupHere, [THERE]: groupThere }, account: ACCOUNT }), topicArn, machineArn, close };
}

async function makeBuckets(settings: Settings): Promise<void> {
  const client = new S3Client(settings);
  await client.send(new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }));
  await client.send(new PutObjectLockConfigurationCommand({ Bucket: BUCKET, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } } }));
  await client.send(new PutPublicAccessBlockCommand({ Bucket: BUCKET, PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true } }));
  await client.send(new CreateBucketCommand({ Bucket: OPEN_BUCKET }));
}

async function makeTable(settings: Settings): Promise<void> {
  await new DynamoDBClient(settings).send(new CreateTableCommand({
    TableName: TABLE, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  }));
}

async function makeZone(settings: Settings): Promise<string> {
  const { HostedZone: zone } = await new Route53Client(settings).send(new CreateHostedZoneCommand({ Name: 'shop.example.com', CallerReference: 'contract' }));
  return (zone?.Id ?? '').replace('/hostedzone/', '');
}

async function makeGroup(settings: Settings): Promise<string> {
  const client = new EC2Client(settings);
  const { Vpcs: [vpc] = [] } = await client.send(new DescribeVpcsCommand({}));
  const { GroupId: group = '' } = await client.send(new CreateSecurityGroupCommand({ GroupName: 'orders', Description: 'orders', VpcId: vpc?.VpcId }));
  const open = (CidrIp: string, Description: string) => client.send(new AuthorizeSecurityGroupIngressCommand({
    GroupId: group, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp, Description }] }],
  }));
  await open('10.0.0.0/8', 'application servers');
  await open('10.0.255.7/32', 'hotshift-keep: the agent');
  return group;
}

async function makeDatabases(at: (region: string) => Settings, groups: Readonly<Record<string, string>>): Promise<void> {
  await new RDSClient(at(HERE)).send(new CreateDBInstanceCommand({
    DBInstanceIdentifier: 'orders-east', DBInstanceClass: 'db.m6g.large', Engine: 'postgres', AllocatedStorage: 20, MasterUsername: 'hotshift', MasterUserPassword: 'correct-horse', BackupRetentionPeriod: 1, VpcSecurityGroupIds: [groups[HERE] ?? ''],
  }));
  await new RDSClient(at(THERE)).send(new CreateDBInstanceReadReplicaCommand({
    DBInstanceIdentifier: 'orders-west', SourceDBInstanceIdentifier: `arn:aws:rds:${HERE}:${ACCOUNT}:db:orders-east`, DBInstanceClass: 'db.m6g.large', VpcSecurityGroupIds: [groups[THERE] ?? ''],
  }));
}

/** A group and a target. Of Lambda moto knows no provisioned concurrency: differences.ts. */
async function makeScaled(settings: Settings): Promise<void> {
  const scaling = new AutoScalingClient(settings);
  await scaling.send(new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'web', ImageId: 'ami-12c6146b', InstanceType: 't3.micro' }));
  await scaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'shop-web', LaunchConfigurationName: 'web', MinSize: 1, MaxSize: 8, DesiredCapacity: 3, AvailabilityZones: [`${HERE}a`] }));
  await new ApplicationAutoScalingClient(settings).send(new RegisterScalableTargetCommand({ ServiceNamespace: 'ecs', ResourceId: 'service/shop/web', ScalableDimension: 'ecs:service:DesiredCount', MinCapacity: 3, MaxCapacity: 8 }));
}

async function makeService(settings: Settings): Promise<void> {
  const client = new ECSClient(settings);
  await client.send(new CreateClusterCommand({ clusterName: 'shop' }));
  await client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [{ name: 'web', image: 'web', memory: 128 }] }));
  await client.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
}
