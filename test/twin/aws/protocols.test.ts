// The endpoint as a protocol server: every protocol's requests, answers and errors, through real SDK clients and by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as ec2 from '@aws-sdk/client-ec2';
import * as route53 from '@aws-sdk/client-route-53';
import { GetChangeCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PutMetricDataCommand, CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { gzipSync } from 'node:zlib';
import { AwsError, type Service } from '../../../twin/aws/service.ts';
import { autoScalingService } from '../../../twin/aws/services/auto-scaling.ts';
import { cloudWatchService } from '../../../twin/aws/services/cloudwatch.ts';
import { lambdaService } from '../../../twin/aws/services/lambda.ts';
import { snsService } from '../../../twin/aws/services/sns.ts';
import { ssmService } from '../../../twin/aws/services/ssm.ts';
import { authorization, EAST, openWorld, rejection, WEST, type World } from './world.ts';

let world: World;
const seen: Record<string, unknown> = {};

/** Services of one operation each, for the protocols that this folder's services do not use. */
const ec2Stub: Service = {
  name: 'ec2', signingName: 'ec2', client: ec2, scope: 'regional',
  handlers: {
    DescribeSecurityGroups: (input: unknown) => {
      seen['ec2'] = input;
      return { SecurityGroups: [{ GroupId: 'sg-1', IpPermissions: [{ FromPort: 5432, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }] }] };
    },
    DescribeInstances: () => { throw new Error('a bug in a handler'); },
  },
};
const route53Stub: Service = {
  name: 'route-53', signingName: 'route53', client: route53, scope: 'global',
  handlers: {
    GetChange: () => { throw new AwsError('NoSuchChange', 'Could not find <it> & more'); },
    ListResourceRecordSets: (input: unknown) => {
      seen['route53'] = input;
      return { ResourceRecordSets: [{ Name: 'a.test.', Type: 'A', TTL: 5, ResourceRecords: [{ Value: '192.0.2.1' }] }], IsTruncated: false, MaxItems: 300 };
    },
  },
};

beforeAll(async () => {
  world = await openWorld(({ clock, call }) => [
    ec2Stub, route53Stub, ssmService({ clock }), snsService({ clock }), cloudWatchService({ clock, call, emit: () => undefined }),
    lambdaService({ clock, functions: [], invoke: () => Promise.reject(new Error('unused')) }),
    autoScalingService({ clock, groups: [{ region: EAST, name: 'web', min: 1, max: 4, desired: 2 }] }),
  ]);
});
afterAll(() => world.close());

const post = (signingName: string, headers: Record<string, string>, body: string | Buffer) =>
  fetch(`${world.url(EAST)}/`, { method: 'POST', headers: { authorization: authorization(signingName), ...headers }, body: typeof body === 'string' ? body : new Uint8Array(body) });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const ssmTarget = (operation: string) => ({ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${operation}` });

describe('each protocol carries input and output', () => {
  it('query', async () => {
    const answer = await new AutoScalingClient(world.client(EAST)).send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['web'] }));
    expect(answer.AutoScalingGroups?.[0]).toMatchObject({ AutoScalingGroupName: 'web', DesiredCapacity: 2, MinSize: 1 });
    expect(answer.AutoScalingGroups?.[0]?.Instances).toHaveLength(2);
    expect(answer.AutoScalingGroups?.[0]?.CreatedTime).toBeInstanceOf(Date);
  });
  it('ec2', async () => {
    const answer = await new EC2Client(world.client(EAST)).send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-1', 'sg-2'], Filters: [{ Name: 'vpc-id', Values: ['vpc-1', 'vpc-2'] }], DryRun: false }));
    expect(seen['ec2']).toEqual({ GroupIds: ['sg-1', 'sg-2'], Filters: [{ Name: 'vpc-id', Values: ['vpc-1', 'vpc-2'] }], DryRun: false });
    expect(answer.SecurityGroups?.[0]?.IpPermissions?.[0]?.IpRanges?.[0]?.CidrIp).toBe('10.0.0.0/8');
  });
  it('REST-XML', async () => {
    const answer = await new Route53Client(world.client(EAST)).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1', StartRecordName: 'a.test', MaxItems: 3 }));
    expect(seen['route53']).toEqual({ HostedZoneId: 'Z1', StartRecordName: 'a.test', MaxItems: 3 });
    expect(answer.ResourceRecordSets?.[0]).toMatchObject({ Name: 'a.test.', TTL: 5, ResourceRecords: [{ Value: '192.0.2.1' }] });
  });
  it('JSON', async () => {
    const ssm = new SSMClient(world.client(EAST));
    await ssm.send(new PutParameterCommand({ Name: '/protocol/json', Value: 'ünïcode ✓', Type: 'String' }));
    expect((await ssm.send(new GetParameterCommand({ Name: '/protocol/json' }))).Parameter).toMatchObject({ Value: 'ünïcode ✓', Version: 1 });
  });
  it('a JSON body that the SDK compressed', async () => {
    const data = Array.from({ length: 400 }, (_, index) => ({ MetricName: 'compressed', Value: index, Unit: 'Count' as const }));
    await new CloudWatchClient(world.client(EAST)).send(new PutMetricDataCommand({ Namespace: 'test', MetricData: data }));
    const call = world.endpoint.calls.findLast(({ operation }) => operation === 'PutMetricData');
    expect((call?.input as { MetricData: unknown[] }).MetricData).toHaveLength(400);
  });
  it('CloudWatch also speaks Query, for the aws CLI', async () => {
    const answer = await post('monitoring', form, 'Action=PutMetricAlarm&Version=2010-08-01&AlarmName=q&Namespace=n&MetricName=m&Dimensions.member.1.Name=a&Dimensions.member.1.Value=b'
      + '&Statistic=Sum&Period=60&EvaluationPeriods=1&Threshold=1&ComparisonOperator=GreaterThanThreshold');
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<PutMetricAlarmResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">')]);
    const alarms = await new CloudWatchClient(world.client(EAST)).send(new DescribeAlarmsCommand({ AlarmNames: ['q'] }));
    expect(alarms.MetricAlarms?.[0]).toMatchObject({ Threshold: 1, Dimensions: [{ Name: 'a', Value: 'b' }] });
    const described = await post('monitoring', form, 'Action=DescribeAlarms&Version=2010-08-01');
    expect(await described.text()).toContain('<AlarmName>q</AlarmName>');
  });
});

describe('errors have the shape of the protocol', () => {
  it('query: code, message, status', async () => {
    const error = await rejection(new AutoScalingClient(world.client(EAST)).send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 9 })));
    expect(error.name).toBe('ValidationError');
    expect(error.message).toContain('above max value 4');
    expect(error.$metadata?.httpStatusCode).toBe(400);
  });
  it('REST-XML: modelled status, escaped text', async () => {
    const error = await rejection(new Route53Client(world.client(EAST)).send(new GetChangeCommand({ Id: 'C1' })));
    expect([error.name, error.message, error.$metadata?.httpStatusCode]).toEqual(['NoSuchChange', 'Could not find <it> & more', 404]);
  });
  it('JSON: a client error is 400 even where the schema says 404', async () => {
    const error = await rejection(new SSMClient(world.client(EAST)).send(new GetParameterCommand({ Name: '/absent' })));
    expect([error.name, error.$metadata?.httpStatusCode]).toEqual(['ParameterNotFound', 400]);
  });
  it('a bug of the twin is a 500 and is told', async () => {
    const answer = await post('ec2', form, 'Action=DescribeInstances&Version=2016-11-15');
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('<Code>InternalFailure</Code>')]);
    expect(world.failures).toEqual([expect.objectContaining({ message: 'a bug in a handler' })]);
  });
});

describe('what is no call of the API is refused', () => {
  const cases: readonly (readonly [string, () => Promise<Response>, number, string])[] = [
    ['an unknown query action', () => post('sns', form, 'Action=Nonsense&Version=2010-03-31'), 400, 'InvalidAction'],
    ['another version of the API', () => post('sns', form, 'Action=ListTopics&Version=1999-01-01'), 400, 'InvalidAction'],
    ['no action', () => post('sns', form, 'x=y'), 400, 'MissingAction'],
    ['a form that is no form', () => post('sns', form, '{{{%%%'), 400, 'MissingAction'],
    ['a missing query parameter', () => post('sns', form, 'Action=CreateTopic&Version=2010-03-31'), 400, 'MissingParameter'],
    ['a word for a number', () => post('autoscaling', form, 'Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=web&DesiredCapacity=many'), 400, 'MalformedInput'],
    ['a list that is not numbered', () => post('ec2', form, 'Action=DescribeSecurityGroups&Version=2016-11-15&GroupId.first=sg'), 400, 'MalformedInput'],
    ['nesting without end', () => post('sns', form, `Action=CreateTopic&Version=2010-03-31&Name${'.a'.repeat(100)}=1`), 400, 'MalformedInput'],
    ['an unknown JSON operation', () => post('ssm', ssmTarget('Nonsense'), '{}'), 400, 'UnknownOperationException'],
    ['the target of another service', () => post('ssm', { 'x-amz-target': 'AWSEvents.PutEvents' }, '{}'), 400, 'UnknownOperationException'],
    ['no target', () => post('ssm', {}, '{}'), 400, 'MissingAction'],
    ['malformed JSON', () => post('ssm', ssmTarget('GetParameter'), '{"Name": '), 400, 'SerializationException'],
    ['JSON that is no object', () => post('ssm', ssmTarget('GetParameter'), '[]'), 400, 'SerializationException'],
    ['a number for a string', () => post('ssm', ssmTarget('GetParameter'), '{"Name": 7}'), 400, 'NUMBER_VALUE cannot be converted to String'],
    ['a missing JSON member', () => post('ssm', ssmTarget('GetParameter'), '{}'), 400, "Value null at 'name'"],
    ['gzip that is none', () => post('ssm', { ...ssmTarget('GetParameter'), 'content-encoding': 'gzip' }, 'plain'), 400, 'SerializationException'],
    ['a bomb', () => post('ssm', { ...ssmTarget('GetParameter'), 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(64 * 1024 * 1024))), 413, 'RequestEntityTooLarge'],
    ['a body beyond the bound', () => post('ssm', ssmTarget('GetParameter'), Buffer.alloc(9 * 1024 * 1024)), 413, 'RequestEntityTooLarge'],
    ['an operation that the twin lacks', () => post('ssm', ssmTarget('GetParameterHistory'), '{"Name":"a"}'), 501, 'NotImplemented'],
    ['an unknown service', () => post('braket', {}, '{}'), 403, 'UnrecognizedClientException'],
    ['an unknown Query service', () => post('elasticache', form, 'Action=X'), 403, '<Code>UnrecognizedClientException</Code>'],
    ['no signature', () => fetch(world.url(EAST), { method: 'POST', body: '{}' }), 403, 'MissingAuthenticationToken'],
    ['an unknown path', () => fetch(`${world.url(EAST)}/2013-04-01/nothing/here`, { headers: { authorization: authorization('route53') } }), 404, 'UnknownOperationException'],
    ['a path that cannot be decoded', () => fetch(`${world.url(EAST)}/2013-04-01/change/%E0%A4%A`, { headers: { authorization: authorization('route53') } }), 400, 'ValidationException'],
    ['malformed XML', () => fetch(`${world.url(EAST)}/2013-04-01/hostedzone/Z1/rrset`, { method: 'POST', body: '<a><b></a>', headers: { authorization: authorization('route53') } }), 400, 'MalformedInput'],
  ];
  it.each(cases)('%s', async (_name, send, status, text) => {
    const answer = await send();
    expect(await answer.text()).toContain(text);
    expect(answer.status).toBe(status);
  });
});

describe('the log of calls', () => {
  it('tells service, operation, place, caller and outcome, and hides secrets', async () => {
    const heard: string[] = [];
    const unsubscribe = world.endpoint.onCall(({ operation, outcome }, phase) => heard.push(`${operation} ${phase} ${outcome}`));
    await new SSMClient(world.client(WEST, EAST)).send(new PutParameterCommand({ Name: '/log', Value: 'hunter2', Type: 'SecureString' }));
    await rejection(new Route53Client(world.client(WEST)).send(new GetChangeCommand({ Id: 'C1' })));
    unsubscribe();
    const [put, get] = world.endpoint.calls.slice(-2);
    expect(put).toMatchObject({ service: 'ssm', operation: 'PutParameter', region: WEST, caller: EAST, outcome: 'answered' });
    expect(JSON.stringify(put)).not.toContain('hunter2');
    // A global service is no region's, whatever region its caller signs for.
    expect(get).toMatchObject({ service: 'route-53', region: 'global', caller: WEST, errorCode: 'NoSuchChange' });
    expect(heard).toEqual(['PutParameter began pending', 'PutParameter ended answered', 'GetChange began pending', 'GetChange ended answered']);
  });
});
