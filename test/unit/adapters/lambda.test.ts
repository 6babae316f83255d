// The border of a Lambda and the pure parts beside it: input, error names, what is logged and what never is.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { clientSettings, perRegion } from '../../../adapters/clients.ts';
import { configText, environment, planOf, plans } from '../../../adapters/environment.ts';
import { failure, isUnreachable } from '../../../adapters/failures.ts';
import { lambda, parsedInput, summary } from '../../../adapters/lambda.ts';
import { redacted, redactedText } from '../../../adapters/redaction.ts';
import { LeaseLostError, TryAgainError } from '../../../domain/errors.ts';
import { approveInput, fenceInput } from '../../../events/contracts.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const failover = { application: 'shop', execution: 'run-1', evacuated: 'us-east-1', incident: 'i-1', mode: 'automatic', startedAt: 5 };
const input = { failover, epoch: 2, database: 'orders' };
const context = { functionName: 'fence', functionVersion: '1', invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:fence', memoryLimitInMB: '256', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 10_000 };

describe('lambda', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    process.env.POWERTOOLS_DEV = 'true';
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    for (const method of ['log', 'info', 'error', 'warn'] as const) jest.spyOn(console, method).mockImplementation((line: unknown) => { lines.push(String(line)); });
  });
  afterEach(() => { jest.restoreAllMocks(); delete process.env.POWERTOOLS_DEV; delete process.env.POWERTOOLS_METRICS_DISABLED; });
  // middy types a handler by the whole Context of AWS; what is used of it is above.
  const run = (handler: unknown, event: unknown) => (handler as (event: unknown, context: unknown) => Promise<unknown>)(event, context);

  test('the step gets the parsed input; the log line names the failover and the decision', async () => {
    const handler = lambda(fenceInput, async (given) => ({ fence: 'fenced', proof: `seen by ${given.database}` }), { step: 'Fence writer' });
    expect(await run(handler, input)).toEqual({ fence: 'fenced', proof: 'seen by orders' });
    const said = lines.find((line) => line.includes('fenced') && line.includes('run-1'));
    for (const word of ['Fence writer', 'shop', 'orders', 'i-1', 'r-1']) expect(said).toContain(word);
    expect(lines.join('\n')).toContain('StepDuration');
  });
  test('an input that does not fit never reaches the step', async () => {
    let reached = false;
    const handler = lambda(fenceInput, async () => { reached = true; return {}; });
    await expect(run(handler, { ...input, epoch: -3 })).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringMatching(/epoch: -3: /) });
    expect(reached).toBe(false);
  });
  test('an error passes with its own name, is logged with its cause, and still counts a duration', async () => {
    const error = new LeaseLostError('epoch 3 stands', { cause: new TypeError('inner') });
    await expect(run(lambda(fenceInput, async () => { throw error; }), input)).rejects.toBe(error);
    expect(lines.join('\n')).toMatch(/LeaseLostError: epoch 3 stands[\s\S]*inner/);
    expect(lines.join('\n')).toContain('StepDuration');
  });
  test('a task token, a password and a Slack token appear in no line', async () => {
    const slack = ['xoxb', '1', 'abcdef'].join('-');
    const handler = lambda(approveInput, async () => { throw new TryAgainError(`failed with ${slack} and postgres://u:hunter2@db/x`); });
    await expect(run(handler, { failover, epoch: 2, taskToken: 'SECRETTOKEN', summary: 's' })).rejects.toMatchObject({ name: 'TryAgainError' });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toMatch(/SECRETTOKEN|hunter2|abcdef/);
  });
  test('names of one call are gone in the next', async () => {
    const handler = lambda(z.any(), async () => ({}), { step: 'any' });
    await run(handler, input);
    lines.length = 0;
    await run(handler, { application: 'other' });
    expect(lines.join('\n')).not.toContain('run-1');
  });
});

test('a wrong secret field is named but not shown', () => {
  expect(() => parsedInput(approveInput, { failover, epoch: 2, taskToken: 'S'.repeat(3000), summary: 's' })).toThrow(/taskToken: \(hidden\)/);
});
test('a summary puts the reason last and takes the verdict along', () => {
  expect(summary({ reason: 'two of three', claimed: true, epoch: 3 })).toBe('claimed true, epoch 3, two of three');
  expect(summary({ verdict: { kind: 'down', reason: '2 of 3' }, nextCheckAt: 'soon' })).toBe('verdict down, nextCheckAt soon, 2 of 3');
});

describe('failures', () => {
  const request = { action: 'rds:DescribeDBInstances', resource: 'orders-eu' };
  test.each<[string, unknown, string]>([
    ['a socket that was reset', Object.assign(new Error('read'), { code: 'ECONNRESET' }), 'TryAgainError'],
    ['all addresses refused', Object.assign(new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]), {}), 'TryAgainError'],
    ['503', Object.assign(new Error('busy'), { name: 'Whatever', $metadata: { httpStatusCode: 503 } }), 'TryAgainError'],
    ['429', Object.assign(new Error('busy'), { name: 'Whatever', $metadata: { httpStatusCode: 429 } }), 'TryAgainError'],
    ['an unknown 400', Object.assign(new Error('no'), { name: 'NewNo', $metadata: { httpStatusCode: 400 } }), 'RefusedByAwsError'],
    ['no credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'RefusedByAwsError'],
    ['a body that does not parse', new SyntaxError('Unexpected token'), 'UnexpectedAnswerError'],
    ['an error with status 200', Object.assign(new Error('?'), { $metadata: { httpStatusCode: 200 } }), 'UnexpectedAnswerError'],
    ['a thrown text', 'oops', 'UnexpectedAnswerError'],
    ['SQL: still read-only', Object.assign(new Error('cannot execute'), { code: '25006' }), 'TryAgainError'],
    ['SQL: starting up', Object.assign(new Error('starting'), { code: '57P03' }), 'TryAgainError'],
    ['SQL: wrong password', Object.assign(new Error('no'), { code: '28P01' }), 'RefusedByAwsError'],
    ['SQL: no such table', Object.assign(new Error('no'), { code: '42P01' }), 'RefusedByAwsError'],
    ['SQL: the driver gave up', new Error('timeout expired'), 'TryAgainError'],
  ])('%s', (_what, error, name) => {
    const found = failure(error, request);
    expect(found).toMatchObject({ name, message: expect.stringContaining('rds:DescribeDBInstances on orders-eu') });
    expect(found.cause).toBe(error);
  });
  test('an error of ours stays the same object', () => {
    const error = new LeaseLostError('x');
    expect(failure(error, request)).toBe(error);
  });
  test('unreachable is not the same as refused', () => {
    expect(isUnreachable(failure(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), request))).toBe(true);
    expect(isUnreachable(failure(new Error('timeout expired'), request))).toBe(true);
    expect(isUnreachable(failure(Object.assign(new Error('x'), { code: '28P01' }), request))).toBe(false);
    expect(isUnreachable(failure(Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }), request))).toBe(false);
  });
});

describe('environment', () => {
  const complete = { AWS_REGION: 'us-east-1', HOTSHIFT_TABLE: 'hotshift', LAMBDA_TASK_ROOT: '/var/task' };
  test('defaults', () => {
    expect(environment(complete)).toEqual({ region: 'us-east-1', table: 'hotshift', configFile: '/var/task/hotshift.json', dnsServers: [], eventBus: 'default', databaseTls: 'verify' });
  });
  test('servers with ports, also of IPv6', () => {
    expect(environment({ ...complete, HOTSHIFT_DNS_SERVERS: '127.0.0.1:5300, [::1]:53' }).dnsServers).toEqual(['127.0.0.1:5300', '[::1]:53']);
  });
  test.each([['AWS_REGION', ''], ['HOTSHIFT_TABLE', undefined], ['HOTSHIFT_DNS_SERVERS', 'localhost'], ['HOTSHIFT_DATABASE_TLS', 'maybe']])('%s as %p is named', (name, value) => {
    expect(() => environment({ ...complete, [name]: value })).toThrow(expect.objectContaining({ name: 'InvalidInputError', message: expect.stringContaining(name) }));
  });
  test('the configuration file: missing, not JSON, without applications, and read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hotshift-'));
    const file = join(folder, 'hotshift.json');
    try {
      expect(() => configText(file)).toThrow(/HOTSHIFT_CONFIG_FILE: .*ENOENT/);
      for (const [text, reason] of [['{', /is not JSON/], ['{}', /applications: must be a list/], ['null', /applications: must be a list/]] as const) {
        writeFileSync(file, text);
        expect(() => plans(file)).toThrow(reason);
      }
      writeFileSync(file, '{"applications":[{"application":"shop"}]}');
      expect(planOf(plans(file), 'shop')).toEqual({ application: 'shop' });
      expect(() => planOf(plans(file), 'other')).toThrow(/other is not in the plan; known: shop/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('what changes the world is attempted once, and every call ends', () => {
  expect(clientSettings('us-east-1', 'changing').maxAttempts).toBe(1);
  for (const use of ['state', 'reading', 'changing'] as const) {
    const { requestHandler, maxAttempts } = clientSettings('us-east-1', use);
    expect(requestHandler).toMatchObject({ throwOnRequestTimeout: true });
    expect(Math.max(requestHandler.connectionTimeout, requestHandler.requestTimeout) * maxAttempts).toBeLessThan(15_000);
  }
});
test('one client per region', () => {
  const clientIn = perRegion((region) => ({ region }));
  expect(clientIn('a')).toBe(clientIn('a'));
  expect(clientIn('a')).not.toBe(clientIn('b'));
});
test('secrets are blanked by name and by form; the id of a secret is shown', () => {
  expect(redacted({ taskToken: 't', tokenSecretId: 'hotshift/slack', nested: [{ password: 'p', text: 'Bearer abc.def' }], n: 1 }))
    .toEqual({ taskToken: '***', tokenSecretId: 'hotshift/slack', nested: [{ password: '***', text: '***' }], n: 1 });
  expect(redactedText('password=hunter2; user=a')).toBe('password=***; user=a');
});
