// Each rule, broken on purpose: which field is named, and what the message says. Numbers at the edge are accepted.
import { describe, expect, test } from '@jest/globals';
import { checkPlans } from '../../../events/config.ts';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { stepSecondsMax } from '../../../events/config-fill.ts';
import { executionSecondsMax } from '../../../events/config-rules-timing.ts';
import { exampleTree, exampleWith, setAt, shop } from './example.ts';

const west = 'databases.orders.instances.eu-west-1';
const central = 'databases.orders.instances.eu-central-1';
const arn = (region: string, name: string, account = '111122223333') => `arn:aws:rds:${region}:${account}:db:${name}`;

describe('errors', () => {
  test.each<[string, string, unknown, string, string?]>([
    ['equal regions', 'regions.pair', ['eu-west-1', 'eu-west-1'], 'twice', 'regions.pair.1'],
    ['witness in the pair: two vantage points in one region', 'regions.witness', 'eu-west-1', 'one of the pair'],
    ['K > N', 'detection', { quorum: 4 }, 'cannot be reached', 'detection.quorum'],
    ['K = 1', 'detection', { quorum: 1 }, 'no independent confirmation', 'detection.quorum'],
    ['K = 0', 'detection', { quorum: 0 }, 'no independent confirmation', 'detection.quorum'],
    ['time-out as long as the interval', 'detection', { probeTimeout: '5s' }, 'pile up', 'detection.probeTimeout'],
    ['slow as late as the time-out', 'detection', { slow: '2s' }, 'no answer could ever be slow', 'detection.slow'],
    ['evidence too old before a suspicion', 'detection', { evidenceAge: '9s' }, 'too old', 'detection.evidenceAge'],
    ['permit outlives the evidence', 'permit', { ttl: '15s' }, 'outlive', 'permit.ttl'],
    ['clock error as long as the permit', 'permit', { ttl: '1s', clockError: '1s' }, 'void when it arrives', 'permit.clockError'],
    ['lease shorter than a step and the margin', 'lease', { ttl: '74s' }, 'longest step', 'lease.ttl'],
    ['cooldown below the RTO', 'policy.cooldown', '299s', 'second failover'],
    ['lease shorter than the wait for permits', 'permit', { ttl: '106s' }, 'outlive', 'permit.ttl'],
    ['warming longer than a step', 'warm', { paths: Array(7).fill('/'), concurrency: 1, timeout: '10s' }, 'a step has 60s', 'warm.timeout'],
    ['a promotion that may outlast the execution', 'databases.orders.promoteTimeout', '110m', 'is ended after 7200s'],
    ['poll as long as the promotion', 'databases.orders.poll', '15m', 'never be seen to succeed'],
    ['same ARN twice', `${central}.arn`, arn('eu-west-1', 'orders-ireland'), 'the same instance'],
    ['ARN in the wrong region', `${west}.arn`, arn('us-east-1', 'orders'), 'is in us-east-1'],
    ['ARN with a short account', `${west}.arn`, arn('eu-west-1', 'orders', '1234'), '12-digit account'],
    ['ARN of a cluster', `${west}.arn`, 'arn:aws:rds:eu-west-1:111122223333:cluster:orders', 'ARN of an RDS DB instance'],
    ['accounts differ', `${west}.arn`, arn('eu-west-1', 'orders', '444455556666'), 'different accounts', 'databases.orders.instances'],
    ['same endpoint twice', `${central}.host`, 'orders-ireland.abc123def456.eu-west-1.rds.amazonaws.com', 'is in eu-west-1'],
    ['endpoint in the wrong region', `${west}.host`, 'orders.x.us-east-1.rds.amazonaws.com', 'is in us-east-1'],
    ['secret in the wrong region', `${west}.secret`, 'arn:aws:secretsmanager:us-east-1:111122223333:secret:orders-abcdef', 'could not be read'],
    ['instance missing', central, undefined, 'no instance for eu-central-1', 'databases.orders.instances'],
    ['instance in the witness', 'databases.orders.instances.eu-west-2', { arn: arn('eu-west-2', 'x'), host: 'x.example', secret: 's', securityGroup: 'sg-01234567' }, 'not in the pair'],
    ['probe URL missing', 'urls.probe.eu-west-1', undefined, 'no probe URL for eu-west-1', 'urls.probe'],
    ['both regions probed by one URL', 'urls.probe.eu-west-1', 'https://eu-central-1.shop.example.com', 'the same URL', 'urls.probe.eu-central-1'],
    ['probe through the public URL', 'urls.probe.eu-west-1', 'https://shop.example.com', 'public URL'],
    ['control is the application', 'urls.control', 'http://shop.example.com/about', 'the application itself'],
    ['not a URL', 'urls.public', 'shop.example.com', 'must be a URL'],
    ['another scheme', 'urls.public', 'ftp://shop.example.com/', 'must be a URL'],
    ['all weights zero', 'traffic.web.endpoints', { 'eu-west-1': { ipv4: ['192.0.2.1'], weight: 0 }, 'eu-central-1': { ipv4: ['192.0.2.2'], weight: 0 } }, 'all weights are zero'],
    ['no address', 'traffic.web.endpoints.eu-west-1', { weight: 100 }, 'no address'],
    ['the same address in both', 'traffic.web.endpoints.eu-west-1.ipv4', ['198.51.100.10'], 'stands in', 'traffic.web.endpoints.eu-central-1.ipv4.0'],
    ['weight above 255', 'traffic.web.endpoints.eu-west-1.weight', 256, 'at most 255'],
    ['the same record twice', 'traffic.api', { hostedZone: 'Z0PUBLICZONE1', record: 'shop.example.com', endpoints: { 'eu-west-1': { ipv4: ['192.0.2.1'] }, 'eu-central-1': { ipv4: ['192.0.2.2'] } } }, 'the same record', 'traffic.api.record'],
    ['factor below 1', 'capacity.web.factor', 0.9, 'scale the survivor down'],
    ['desiredMax below the baseline', 'capacity.web.desiredMax', 9, 'below the baseline'],
    ['topic in another region', 'notifications.snsTopics.eu-west-1', 'arn:aws:sns:us-east-1:111122223333:oncall', 'is in us-east-1'],
    ['topic in a place that is not ours', 'notifications.snsTopics.us-east-1', 'arn:aws:sns:us-east-1:111122223333:oncall', 'neither in the pair'],
    ['a FIFO topic', 'notifications.snsTopics.eu-west-1', 'arn:aws:sns:eu-west-1:111122223333:oncall.fifo', 'standard topic'],
    ['version 2', '\0version', 2, 'must be 1', '\0version'],
  ])('%s', (_, path, value, message, at = path) => {
    const { errors } = checkPlans(exampleWith(place(path), value));
    const found = errors.find((issue) => issue.message.includes(message));
    expect(found?.path.join('.')).toBe(place(at).join('.'));
    expect(found?.line).toBeGreaterThan(0);
    expect(found?.fix).toBeTruthy();
  });

  test('two applications may not share an instance, an endpoint or a record', () => {
    const tree = exampleTree() as { applications: Record<string, unknown> };
    tree.applications['blog'] = tree.applications['shop'];
    const paths = checkPlans(stringify(tree)).errors.map((issue) => issue.path.join('.'));
    expect(paths).toEqual(expect.arrayContaining([
      'applications.blog.databases.orders.instances.eu-west-1.arn', 'applications.blog.databases.orders.instances.eu-west-1.host',
      'applications.blog.databases.orders.writerRecord.name', 'applications.blog.traffic.web.record',
    ]));
  });
});

const place = (path: string): readonly string[] => (path.startsWith('\0') ? [path.slice(1)] : shop(path));

describe('warnings do not refuse the plan', () => {
  test.each<[string, string, unknown, string]>([
    ['TTL above 60 s', 'traffic.web.ttl', '61s', 'keeps users on the dead region'],
    ['TTL of the writer record', 'databases.orders.writerRecord.ttl', '5m', 'keeps writers'],
    ['a quorum of 3', 'detection', { quorum: 3 }, 'stay undecided'],
    ['one failure', 'detection', { failuresToSuspect: 1 }, 'one lost packet'],
    ['an RTO that cannot be met', 'budgets.rto', '60s', 'cannot be met'],
    ['an RPO of nothing', 'budgets.rpo', '500ms', 'goes to a human'],
    ['an unproven fence proceeds', 'policy.unprovenFence', 'proceed', 'two writers'],
    ['permits are not enforced', 'permit.enforced', false, 'cannot be fenced'],
    ['an approval that spends the RTO', 'policy.approval', 'required', 'the whole RTO'],
    ['nobody is told', 'notifications', {}, 'nobody is told'],
    ['one topic only', 'notifications.snsTopics.eu-west-1', undefined, 'no topic in eu-west-1'],
    ['plain http', 'urls.public', 'http://shop.example.com/', 'plain http'],
    ['one region is cold', 'traffic.web.endpoints.eu-west-1.weight', 0, 'serves no user'],
    ['IPv6 in one region', 'traffic.web.endpoints.eu-west-1.ipv6', [], 'only one region'],
    ['capacity is capped', 'capacity.web.desiredMax', 15, 'not to 20'],
    ['no database', 'databases', {}, 'no database is protected'],
    ['no traffic', 'traffic', {}, 'no record moves users'],
    ['evidence is not waited for', 'detection', { evidenceWait: '5s' }, 'stands down after'],
    ['suspicions outrun probes', 'detection', { suspicionRepeat: '1s' }, 'more often'],
  ])('%s', (_, path, value, message) => {
    const { plans, errors, warnings } = checkPlans(exampleWith(shop(path), value));
    expect(errors).toEqual([]);
    expect(plans?.applications).toHaveLength(1);
    expect(warnings.some((issue) => issue.message.includes(message))).toBe(true);
  });
});

describe('the edge itself is accepted', () => {
  test.each<[string, unknown]>([
    ['detection', { evidenceAge: '10s' }], ['lease', { ttl: '75s' }], ['policy.cooldown', '5m'], ['permit', { ttl: '14500ms' }], ['capacity.web.factor', 1],
    ['urls.public', 'http://127.0.0.1:8080/'], ['traffic.web.ttl', '60s'], ['detection', { probeTimeout: '4999ms' }],
  ])('%s %j', (path, value) => {
    expect(checkPlans(exampleWith(shop(path), value))).toMatchObject({ errors: [], warnings: [] });
  });
});

describe('how long an execution may take', () => {
  const found = (changes: Readonly<Record<string, unknown>>) => {
    const tree = exampleTree();
    for (const [path, value] of Object.entries(changes)) setAt(tree, shop(path), value);
    return checkPlans(stringify(tree)).errors.filter((issue) => issue.message.includes('is ended after'));
  };

  // 2 x 30 s of evidence, 1.1 x 300 s of RTO, 300 s to conclude: 6,510 s are left of 7,200.
  test.each<[string, Readonly<Record<string, unknown>>, number]>([
    ['exactly the limit', { 'databases.orders.promoteTimeout': '6510s' }, 0],
    ['a second more', { 'databases.orders.promoteTimeout': '6511s' }, 1],
    ['an approval counts', { 'databases.orders.promoteTimeout': '3255s', 'policy.approval': 'required', 'policy.approvalTimeout': '3256s' }, 1],
    ['unless nobody is asked', { 'databases.orders.promoteTimeout': '3255s', 'policy.approvalTimeout': '3256s' }, 0],
  ])('%s', (_, changes, count) => {
    expect(found(changes)).toHaveLength(count);
  });

  test('is what the state machine itself says', () => {
    const { TimeoutSeconds } = parse(readFileSync(new URL('../../../statemachines/failover.asl.yaml', import.meta.url), 'utf8')) as { TimeoutSeconds: number };
    expect(TimeoutSeconds).toBe(executionSecondsMax);
  });

  test('no step of the state machine is longer than a lease is made for', () => {
    const text = readFileSync(new URL('../../../statemachines/failover.asl.yaml', import.meta.url), 'utf8');
    const limits = [...text.matchAll(/^ +TimeoutSeconds: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(limits.length).toBeGreaterThan(8);
    expect(Math.max(...limits)).toBeLessThanOrEqual(stepSecondsMax);
  });
});
