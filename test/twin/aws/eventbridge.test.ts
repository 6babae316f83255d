// EventBridge, Lambda and SNS together: events reach their targets, across regions too, with retries and dead letters.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DescribeEventBusCommand, DescribeRuleCommand, DisableRuleCommand, EnableRuleCommand, EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand, PutEventsCommand, PutRuleCommand, PutTargetsCommand, type Target } from '@aws-sdk/client-eventbridge';
import { busEvent } from '../../../twin/aws/services/eventbridge/event.ts';
import { eventBridgeService, type EventBridgeService } from '../../../twin/aws/services/eventbridge.ts';
import { lambdaService } from '../../../twin/aws/services/lambda.ts';
import { snsService, type SnsService } from '../../../twin/aws/services/sns.ts';
import { EAST, openWorld, rejection, until, WEST, type World } from './world.ts';

let world: World;
let bridge: EventBridgeService;
let topics: SnsService;
let events: EventBridgeClient;
const invoked: { region: string; payload: unknown }[] = [];

beforeEach(async () => {
  invoked.length = 0;
  world = await openWorld(({ clock, network, call }) => {
    bridge = eventBridgeService({ clock, network, call, firstRetryMs: 2, buses: [{ region: EAST, name: 'own' }] });
    topics = snsService({ clock, topics: [{ region: EAST, name: 'oncall' }] });
    const lambda = lambdaService({ clock, functions: [{ region: EAST, name: 'claim' }], invoke: (_name, region, payload) => {
      invoked.push({ region, payload: JSON.parse(Buffer.from(payload).toString()) });
      return Promise.resolve({ payload: Buffer.from('null') });
    } });
    return [bridge, topics, lambda];
  });
  events = new EventBridgeClient(world.client(EAST));
});
afterEach(() => world.close());

const lambdaArn = `arn:aws:lambda:${EAST}:111122223333:function:claim`;
const rule = async (target: Partial<Target> = {}, { client = events, name = 'r', pattern = '{"source":["hotshift"]}' } = {}) => {
  await client.send(new PutRuleCommand({ Name: name, EventPattern: pattern }));
  await client.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 't', Arn: lambdaArn, ...target }] }));
};
const suspect = (extra = {}) => new PutEventsCommand({ Entries: [{ Source: 'hotshift', DetailType: 'Outage suspected', Detail: '{"region":"us-east-1"}', ...extra }] });

describe('delivery', () => {
  it('to a Lambda function, whole and in AWS\'s envelope', async () => {
    await rule();
    const { Entries, FailedEntryCount } = await events.send(suspect());
    expect(FailedEntryCount).toBe(0);
    await until(() => invoked.length === 1);
    expect(invoked[0]?.payload).toMatchObject({ version: '0', id: Entries?.[0]?.EventId, source: 'hotshift', 'detail-type': 'Outage suspected', account: '111122223333', region: EAST, detail: { region: 'us-east-1' } });
  });
  it('of what the rule selects, while it is enabled', async () => {
    await rule({ InputPath: '$.detail' });
    await events.send(suspect({ Source: 'other' }));
    await events.send(new DisableRuleCommand({ Name: 'r' }));
    await events.send(suspect());
    await events.send(new EnableRuleCommand({ Name: 'r' }));
    await events.send(suspect({ Detail: '{"last":true}' }));
    await until(() => invoked.length === 1);
    expect(invoked).toEqual([{ region: EAST, payload: { last: true } }]);
  });
  it('to a topic', async () => {
    await rule({ Arn: `arn:aws:sns:${EAST}:111122223333:oncall`, Input: '"help"' });
    await events.send(suspect());
    await until(() => topics.published.length === 1);
    expect(topics.published[0]?.message).toBe('"help"');
  });
  it('to the bus of another region, where another rule takes it, one event as it was', async () => {
    const west = new EventBridgeClient(world.client(WEST));
    await rule({ Arn: `arn:aws:events:${EAST}:111122223333:event-bus/default` }, { client: west });
    await rule();
    const { Entries } = await west.send(suspect());
    await until(() => invoked.length === 1);
    expect(invoked[0]?.payload).toMatchObject({ id: Entries?.[0]?.EventId, region: WEST });
  });
  it('waits for a cut region and tries again', async () => {
    const west = new EventBridgeClient(world.client(WEST));
    await rule({ Arn: `arn:aws:events:${EAST}:111122223333:event-bus/default` }, { client: west });
    await rule();
    world.network.cut(WEST, EAST, 'refuse');
    await west.send(suspect());
    world.network.cut(WEST, EAST, 'open');
    await until(() => invoked.length === 1);
  });
  it('is retried while the target throttles', async () => {
    await rule();
    world.endpoint.fault({ service: 'lambda', times: 3, code: 'TooManyRequestsException' });
    await events.send(suspect());
    await until(() => invoked.length === 1);
    expect(world.endpoint.calls.filter(({ operation }) => operation === 'Invoke').map(({ errorCode }) => errorCode)).toEqual([...Array(3).fill('TooManyRequestsException'), undefined]);
  });
  it('ends in a dead letter: at once for what no retry mends, else after the retries', async () => {
    await rule({ Arn: `${lambdaArn}-absent`, DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:111122223333:dead' } });
    await events.send(suspect());
    await until(() => bridge.deadLetters.length === 1);
    expect(bridge.deadLetters[0]).toMatchObject({ errorCode: 'ResourceNotFoundException', attempts: 1, queueArn: 'arn:aws:sqs:us-east-1:111122223333:dead' });
    await rule({ RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 } });
    world.endpoint.fault({ service: 'lambda', times: 9, code: 'ServiceException' });
    await events.send(suspect());
    await until(() => bridge.deadLetters.length === 2);
    expect(bridge.deadLetters[1]).toMatchObject({ errorCode: 'ServiceException', attempts: 3 });
  });
  it('carries AWS\'s own events, which PutEvents cannot forge', async () => {
    await rule({}, { pattern: '{"source":["aws.rds"]}' });
    const forged = await events.send(suspect({ Source: 'aws.rds' }));
    expect(forged).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }] });
    bridge.emit(busEvent({ source: 'aws.rds', detailType: 'RDS DB Instance Event', region: EAST, atMs: 0, detail: { EventID: 'RDS-EVENT-0006' } }));
    await until(() => invoked.length === 1);
    expect(invoked[0]?.payload).toMatchObject({ detail: { EventID: 'RDS-EVENT-0006' } });
  });
});

describe('rules are kept as AWS keeps them', () => {
  it('described and listed', async () => {
    await rule();
    expect(await events.send(new DescribeRuleCommand({ Name: 'r' }))).toMatchObject({ Name: 'r', State: 'ENABLED', EventBusName: 'default', Arn: `arn:aws:events:${EAST}:111122223333:rule/r` });
    expect((await events.send(new ListRulesCommand({ NamePrefix: 'r' }))).Rules?.map(({ Name }) => Name)).toEqual(['r']);
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: 'r' }))).Targets).toEqual([{ Id: 't', Arn: lambdaArn }]);
    expect((await events.send(new DescribeEventBusCommand({ Name: 'own' }))).Arn).toBe(`arn:aws:events:${EAST}:111122223333:event-bus/own`);
    expect((await new EventBridgeClient(world.client(WEST)).send(new ListRulesCommand({}))).Rules).toEqual([]);
  });
  const put = (extra: object) => () => events.send(new PutRuleCommand({ Name: 'r', ...extra }));
  const target = (extra: object) => async () => {
    await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["a"]}' }));
    await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn: lambdaArn, ...extra }] }));
  };
  const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['a malformed pattern', put({ EventPattern: '{"source":"a"}' }), 'InvalidEventPatternException'],
    ['neither pattern nor schedule', put({}), 'ValidationException'],
    ['a schedule', put({ ScheduleExpression: 'rate(1 minute)' }), 'NotImplemented'],
    ['an unknown bus', put({ EventBusName: 'absent', EventPattern: '{"source":["a"]}' }), 'ResourceNotFoundException'],
    ['an unknown rule', () => events.send(new DescribeRuleCommand({ Name: 'absent' })), 'ResourceNotFoundException'],
    ['a target that is none', target({ Arn: 'arn:aws:s3:::bucket' }), 'ValidationException'],
    ['two inputs', target({ Input: '1', InputPath: '$' }), 'ValidationException'],
    ['an input that is no JSON', target({ Input: '{' }), 'ValidationException'],
    ['too many targets', async () => {
      await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["a"]}' }));
      await events.send(new PutTargetsCommand({ Rule: 'r', Targets: Array.from({ length: 6 }, (_, index) => ({ Id: String(index), Arn: lambdaArn })) }));
    }, 'LimitExceededException'],
    ['too many events', () => events.send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => ({ Source: 'a', DetailType: 'b', Detail: '{}' })) })), 'ValidationException'],
    ['events that are too large', () => events.send(suspect({ Detail: JSON.stringify({ big: 'x'.repeat(1024 * 1024) }) })), 'ValidationException'],
  ];
  it.each(cases)('%s is refused', async (_name, send, name) => expect((await rejection(send())).name).toBe(name));
  it.each([[{ Detail: '[]' }, 'MalformedDetail'], [{ Detail: '{' }, 'MalformedDetail'], [{ DetailType: '' }, 'InvalidArgument'], [{ EventBusName: 'absent' }, 'InvalidArgument']])('entry with %j fails alone', async (extra, code) => {
    const good = { Source: 'a', DetailType: 'b', Detail: '{}' };
    const answer = await events.send(new PutEventsCommand({ Entries: [{ ...good, ...extra }, good] }));
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries).toEqual([expect.objectContaining({ ErrorCode: code }), { EventId: expect.any(String) }]);
  });
});
