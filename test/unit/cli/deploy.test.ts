// `hotshift deploy --plan`: what it shows of templates, of the last package and of AWS, and that it never deploys.
import { describe, expect, test } from '@jest/globals';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { Command } from 'commander';
import { deployedStack, type DeployedStack } from '../../../adapters/stacks.ts';
import { registerDeploy } from '../../../cli/commands/deploy.ts';
import type { ExitCode } from '../../../cli/exit.ts';
import type { Packages } from '../../../cli/packages.ts';
import type { World } from '../../../cli/world.ts';
import { contentsOf, differenceOf, isSame, type TemplateText } from '../../../resources/difference.ts';
import { exampleText } from '../config/example.ts';

const role = (action: string) => ({ Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: [action] }, { Effect: 'Deny', Action: ['ec2:*'] }] } }] } });
const lambda = (key: string, timeout = 14) => ({ Type: 'AWS::Lambda::Function', Properties: { Timeout: timeout, Code: { S3Key: key } } });
const template = (more: TemplateText['Resources'] = {}): TemplateText => ({ Resources: { FenceRole: role('dynamodb:GetItem'), Fence: lambda('serverless/hotshift/1/fence.zip'), ...more } });

describe('differences of templates', () => {
  test('the place of the code is none, nor is the order of keys', () => {
    const other: TemplateText = { Resources: { Fence: { Properties: { Code: { S3Key: 'serverless/hotshift/2/fence.zip' }, Timeout: 14 }, Type: 'AWS::Lambda::Function' }, FenceRole: role('dynamodb:GetItem') } };
    expect(isSame(differenceOf(template(), other))).toBe(true);
  });
  test('what was added, removed and changed is named with its properties', () => {
    const after = template({ FenceRole: role('dynamodb:*'), Fence: lambda('x', 20), Queue: { Type: 'AWS::SQS::Queue' } });
    expect(differenceOf(template({ Old: { Type: 'AWS::SNS::Topic' } }), after)).toEqual({ added: ['Queue'], removed: ['Old'], changed: [{ id: 'FenceRole', properties: ['Policies'] }, { id: 'Fence', properties: ['Timeout'] }] });
  });
  test('a deny is no right', () => {
    expect(contentsOf(template({ Other: role('dynamodb:GetItem') }))).toMatchObject({ resources: 3, roles: 2, actions: 2, differentActions: 1, byType: [['AWS::IAM::Role', 2], ['AWS::Lambda::Function', 1]] });
  });
});

interface Ran { readonly code: ExitCode | undefined; readonly out: string; readonly error: string; readonly asked: readonly string[] }

async function run(given: readonly string[], aws: DeployedStack, before: Packages = { templates: {}, functions: [] }): Promise<Ran> {
  const [lines, asked]: [string[], string[]] = [[], []];
  let code: ExitCode | undefined;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const world = { terminal: { out: (text: string) => lines.push(text), progress: () => undefined, colour: false, columns: undefined }, readText: async () => exampleText, variables: {} } as unknown as World;
  const templates = Object.fromEntries(['eu-west-1', 'eu-central-1', 'eu-west-2', 'eu-north-1'].map((region) => [region, template()]));
  registerDeploy({ program, world, ending: (action) => async (...args) => { code = await action(...args); } }, {
    packageStacks: async () => ({ before, after: { templates, functions: [{ name: 'fence', kilobytes: 120, hash: 'b' }] } }),
    deployedStack: async (region, stack) => { asked.push(`${region} ${stack}`); return aws; },
  });
  try {
    await program.parseAsync(['deploy', ...given], { from: 'user' });
    return { code, out: lines.join('\n'), error: '', asked };
  } catch (error) {
    return { code: (error as { code?: ExitCode }).code, out: lines.join('\n'), error: (error as Error).message, asked };
  }
}

describe('hotshift deploy', () => {
  test('without --plan it refuses and says how to deploy', async () => {
    expect(await run([], { kind: 'absent' })).toMatchObject({ code: 2, error: expect.stringContaining('deploys nothing') as unknown, asked: [] });
  });
  test('shows each region of the configuration, not what an earlier one left behind', async () => {
    const { code, out, asked } = await run(['--plan'], { kind: 'absent' });
    expect(code).toBe(0);
    expect(asked).toEqual(['eu-west-1 hotshift-prod', 'eu-central-1 hotshift-prod', 'eu-west-2 hotshift-prod']);
    expect(out).toContain('eu-west-1  2 resources, 1 roles with 1 actions (1 different)');
    expect(out).toContain('fence 120 KB');
    expect(out).toMatch(/beside AWS: there is no such stack yet/);
    expect(out).not.toContain('eu-north-1');
  });
  test('offline nobody is asked, and it says so', async () => {
    const { out, asked } = await run(['--plan', '--offline'], { kind: 'absent' });
    expect(asked).toEqual([]);
    expect(out).toContain('not compared with AWS (--offline)');
  });
  test('tells what differs from AWS and from the last package', async () => {
    const before: Packages = { templates: { 'eu-west-1': template({ Old: { Type: 'AWS::SNS::Topic' } }) }, functions: [{ name: 'fence', kilobytes: 119, hash: 'a' }] };
    const { out } = await run(['--plan', '--region', 'eu-west-1'], { kind: 'deployed', template: { Resources: { Fence: lambda('y', 30) } } }, before);
    expect(out).toContain('not the code of the last package: fence');
    expect(out).toMatch(/beside the last package: 0 added, 1 removed, 0 changed\n +- Old/);
    expect(out).toMatch(/beside AWS: 1 added, 0 removed, 1 changed\n +\+ FenceRole\n +~ Fence \(Timeout\)/);
  });
  test('without credentials: not compared, with the reason; as JSON as well', async () => {
    const { out } = await run(['--plan', '--json', '--region', 'eu-west-2'], { kind: 'unknown', reason: 'no credentials' });
    expect(JSON.parse(out)).toMatchObject({ stacks: [{ region: 'eu-west-2', resources: 2, aws: 'not compared with AWS (no credentials)', lastPackage: null }], codeChanged: null });
  });
  test('a region that the configuration does not have is named', async () => {
    expect(await run(['--plan', '--region', 'eu-north-1'], { kind: 'absent' })).toMatchObject({ code: 2, error: expect.stringContaining('eu-north-1') as unknown });
  });
});

describe('the stack on AWS', () => {
  const answering = (answer: () => unknown) => {
    const client = new CloudFormationClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
    client.middlewareStack.add(() => () => Promise.resolve({ response: {}, output: answer() } as never), { step: 'initialize' });
    return client;
  };
  const failing = (name: string, message: string) => answering(() => { throw Object.assign(new Error(message), { name }); });

  test.each<[string, CloudFormationClient, object]>([
    ['is read', answering(() => ({ TemplateBody: '{"Resources":{}}' })), { kind: 'deployed', template: { Resources: {} } }],
    ['is not there', failing('ValidationError', 'Stack with id hotshift-prod does not exist'), { kind: 'absent' }],
    ['may not be read', failing('AccessDenied', 'no'), { kind: 'unknown', reason: 'AccessDenied: no' }],
    ['cannot be asked for', failing('CredentialsProviderError', 'Could not load credentials'), { kind: 'unknown', reason: 'no credentials' }],
  ])('%s', async (_what, client, expected) => {
    expect(await deployedStack('eu-west-1', 'hotshift-prod', client)).toEqual(expected);
  });
  test('a template that is not ours is an unexpected answer', async () => {
    await expect(deployedStack('eu-west-1', 'hotshift-prod', answering(() => ({ TemplateBody: 'Resources: {}' })))).rejects.toMatchObject({ name: 'UnexpectedAnswerError' });
  });
});
