// Parameter Store, Secrets Manager, SNS and Auto Scaling through their SDK clients.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateSecretCommand, DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, ReplicateSecretToRegionsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, GetTopicAttributesCommand, ListTopicsCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { DeleteParameterCommand, DeleteParametersCommand, GetParameterCommand, GetParametersByPathCommand, GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { autoScalingService } from '../../../twin/aws/services/auto-scaling.ts';
import { secretsManagerService } from '../../../twin/aws/services/secrets-manager.ts';
import { snsService, type SnsService } from '../../../twin/aws/services/sns.ts';
import { ssmService } from '../../../twin/aws/services/ssm.ts';
import { EAST, openWorld, rejection, until, WEST, type World } from './world.ts';

let world: World;
let topics: SnsService;
const scaled: string[] = [];
beforeEach(async () => {
  scaled.length = 0;
  world = await openWorld(({ clock }) => {
    topics = snsService({ clock });
    return [topics, ssmService({ clock }), secretsManagerService({ clock }), autoScalingService({
      clock, groups: [{ region: WEST, name: 'web', min: 1, max: 4, desired: 1 }], onDesiredCapacity: ({ region, name, desired }) => void scaled.push(`${name} ${region} ${desired}`),
    })];
  });
});
afterEach(() => world.close());

describe('Parameter Store', () => {
  let ssm: SSMClient;
  beforeEach(() => { ssm = new SSMClient(world.client(EAST)); });
  const put = (Name: string, Value: string, extra = {}) => ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...extra }));
  const get = (Name: string, extra = {}) => ssm.send(new GetParameterCommand({ Name, ...extra }));

  it('keeps versions', async () => {
    expect((await put('/a/b', '1')).Version).toBe(1);
    expect((await rejection(put('/a/b', '2'))).name).toBe('ParameterAlreadyExists');
    expect((await put('/a/b', '2', { Overwrite: true })).Version).toBe(2);
    expect((await get('/a/b')).Parameter).toMatchObject({ Value: '2', Version: 2, ARN: `arn:aws:ssm:${EAST}:111122223333:parameter/a/b` });
    expect((await get('/a/b:1')).Parameter?.Value).toBe('1');
    expect((await rejection(get('/a/b:9'))).name).toBe('ParameterVersionNotFound');
    expect((await get(`arn:aws:ssm:${EAST}:111122223333:parameter/a/b`)).Parameter?.Value).toBe('2');
  });
  it('shows a SecureString only when told to', async () => {
    await put('/s', 'hunter2', { Type: 'SecureString' });
    expect((await get('/s')).Parameter?.Value).not.toContain('hunter2');
    expect((await get('/s', { WithDecryption: true })).Parameter?.Value).toBe('hunter2');
  });
  it('by names and by path, in pages', async () => {
    for (const name of ['/p/a', '/p/b', '/p/c/d', '/q']) await put(name, name);
    const many = await ssm.send(new GetParametersCommand({ Names: ['/p/a', '/none'] }));
    expect([many.Parameters?.map(({ Name }) => Name), many.InvalidParameters]).toEqual([['/p/a'], ['/none']]);
    const path = (extra = {}) => ssm.send(new GetParametersByPathCommand({ Path: '/p', ...extra }));
    expect((await path()).Parameters?.map(({ Name }) => Name)).toEqual(['/p/a', '/p/b']);
    const first = await path({ Recursive: true, MaxResults: 2 });
    const second = await path({ Recursive: true, MaxResults: 2, NextToken: first.NextToken });
    expect([...first.Parameters ?? [], ...second.Parameters ?? []].map(({ Name }) => Name)).toEqual(['/p/a', '/p/b', '/p/c/d']);
    expect(second.NextToken).toBeUndefined();
  });
  it('deletes, and refuses', async () => {
    await put('/d', '1');
    await ssm.send(new DeleteParameterCommand({ Name: '/d' }));
    expect((await rejection(ssm.send(new DeleteParameterCommand({ Name: '/d' })))).name).toBe('ParameterNotFound');
    expect((await ssm.send(new DeleteParametersCommand({ Names: ['/d'] }))).InvalidParameters).toEqual(['/d']);
    const refused = [put('/x', ''), put('/x', 'v'.repeat(4097)), put('bad name', 'v'), put('/aws/x', 'v'), put('/x', 'v', { Type: undefined }), ssm.send(new GetParametersByPathCommand({ Path: 'p' }))];
    expect((await Promise.all(refused.map(rejection))).map(({ name }) => name)).toEqual(refused.map(() => 'ValidationException'));
    expect((await rejection(new SSMClient(world.client(WEST)).send(new GetParameterCommand({ Name: '/d' })))).name).toBe('ParameterNotFound');
  });
});

describe('Secrets Manager', () => {
  let east: SecretsManagerClient;
  let west: SecretsManagerClient;
  beforeEach(() => { [east, west] = [new SecretsManagerClient(world.client(EAST)), new SecretsManagerClient(world.client(WEST))]; });
  const create = (extra = {}) => east.send(new CreateSecretCommand({ Name: 'db/orders', SecretString: 'one', ...extra }));
  const value = (client: SecretsManagerClient, extra = {}) => client.send(new GetSecretValueCommand({ SecretId: 'db/orders', ...extra }));

  it('stages versions', async () => {
    const { ARN, VersionId } = await create();
    await east.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: 'two' }));
    expect(await value(east)).toMatchObject({ SecretString: 'two', VersionStages: ['AWSCURRENT'] });
    expect((await value(east, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
    expect((await value(east, { VersionId })).SecretString).toBe('one');
    expect((await value(east, { SecretId: ARN?.replace(/-[0-9a-f]{6}$/, '') })).SecretString).toBe('two');
    expect((await value(east, { SecretId: ARN })).Name).toBe('db/orders');
  });
  it('a replica reads on its own, and refuses writes', async () => {
    await create();
    expect((await rejection(value(west))).name).toBe('ResourceNotFoundException');
    expect((await east.send(new ReplicateSecretToRegionsCommand({ SecretId: 'db/orders', AddReplicaRegions: [{ Region: WEST }] }))).ReplicationStatus).toMatchObject([{ Region: WEST, Status: 'InSync' }]);
    expect((await value(west)).SecretString).toBe('one');
    expect((await west.send(new DescribeSecretCommand({ SecretId: 'db/orders' }))).PrimaryRegion).toBe(EAST);
    expect((await rejection(west.send(new PutSecretValueCommand({ SecretId: 'db/orders', SecretString: 'x' })))).name).toBe('InvalidRequestException');
  });
  it('a token makes a write idempotent', async () => {
    await create();
    const put = (SecretString: string) => east.send(new PutSecretValueCommand({ SecretId: 'db/orders', SecretString, ClientRequestToken: 'a'.repeat(32) }));
    expect((await put('two')).VersionId).toBe((await put('two')).VersionId);
    expect((await rejection(put('three'))).name).toBe('ResourceExistsException');
  });
  it('refuses', async () => {
    await create();
    expect((await rejection(create())).name).toBe('ResourceExistsException');
    expect((await rejection(value(east, { VersionStage: 'NONE' }))).name).toBe('ResourceNotFoundException');
    expect((await rejection(east.send(new PutSecretValueCommand({ SecretId: 'db/orders' })))).name).toBe('InvalidRequestException');
    expect((await rejection(create({ Name: 'bad name' }))).name).toBe('ValidationException');
    const call = world.endpoint.calls.find(({ operation }) => operation === 'CreateSecret');
    expect(JSON.stringify(call)).not.toContain('one');
  });
});

describe('SNS', () => {
  let sns: SNSClient;
  beforeEach(() => { sns = new SNSClient(world.client(EAST)); });
  const topic = async () => (await sns.send(new CreateTopicCommand({ Name: 'oncall' }))).TopicArn ?? '';

  it('delivers to an endpoint on loopback', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text)).on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const TopicArn = await topic();
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }));
      const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: 'Failed over ✓', Subject: 'Hotshift' }));
      await until(() => bodies.length === 1);
      expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ Type: 'Notification', MessageId, Message: 'Failed over ✓', Subject: 'Hotshift' });
      expect(topics.published).toMatchObject([{ topicArn: TopicArn, messageId: MessageId }]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
  it('a topic is made once, listed and described in its region', async () => {
    expect(await topic()).toBe(await topic());
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: `arn:aws:sns:${EAST}:111122223333:oncall` }]);
    expect((await sns.send(new GetTopicAttributesCommand({ TopicArn: await topic() }))).Attributes).toMatchObject({ SubscriptionsConfirmed: '0', Owner: '111122223333' });
    expect((await new SNSClient(world.client(WEST)).send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
  });
  it('refuses', async () => {
    const TopicArn = await topic();
    const absent = `arn:aws:sns:${EAST}:111122223333:absent`;
    const missing = await rejection(sns.send(new PublishCommand({ TopicArn: absent, Message: 'm' })));
    expect([missing.name, missing.$metadata?.httpStatusCode]).toEqual(['NotFoundException', 404]);
    const refused = [
      sns.send(new PublishCommand({ TopicArn, Message: '' })), sns.send(new PublishCommand({ TopicArn, Message: 'x'.repeat(256 * 1024 + 1) })),
      sns.send(new PublishCommand({ TopicArn, Message: 'm', Subject: 'two\nlines' })), sns.send(new CreateTopicCommand({ Name: 'bad name' })),
      sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: 'http://192.0.2.1/' })), new SNSClient(world.client(WEST)).send(new PublishCommand({ TopicArn, Message: 'm' })),
    ];
    expect((await Promise.all(refused.map(rejection))).map(({ name }) => name)).toEqual(refused.map(() => 'InvalidParameterException'));
  });
});

describe('Auto Scaling', () => {
  let scaling: AutoScalingClient;
  beforeEach(() => { scaling = new AutoScalingClient(world.client(WEST)); });
  const group = async () => (await scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['web'] }))).AutoScalingGroups?.[0];

  it('moves the desired capacity; instances follow', async () => {
    await scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 3 }));
    await until(async () => (await group())?.Instances?.filter(({ LifecycleState }) => LifecycleState === 'InService').length === 3);
    expect(scaled).toEqual(['web us-west-2 3']);
    await scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', MinSize: 2, MaxSize: 2 }));
    expect(await group()).toMatchObject({ MinSize: 2, MaxSize: 2, DesiredCapacity: 2 });
  });
  it('refuses what is out of bounds or not there', async () => {
    const set = (AutoScalingGroupName: string, DesiredCapacity: number) => rejection(scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity })));
    expect([(await set('web', 5)).name, (await set('web', 0)).name, (await set('absent', 1)).name]).toEqual(['ValidationError', 'ValidationError', 'ValidationError']);
    expect((await rejection(scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', MinSize: 5 })))).name).toBe('ValidationError');
    expect((await scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['absent'] }))).AutoScalingGroups).toEqual([]);
    expect((await group())?.DesiredCapacity).toBe(1);
  });
});
