// The stacks as a whole: what every resource of a kind must have, and what must be there before a failover begins.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isOpen } from '../../../adapters/locks.ts';
import type { Observation } from '../../../domain/observation.ts';
import { controlFigure, figuresOf } from '../../../functions/observe/figures.ts';
import { freshnessFigures } from '../../../functions/watch/freshness.ts';
import { lagFigures } from '../../../functions/watch/lag.ts';
import { periodSeconds } from '../../../resources/alarms-seen.ts';
import type { Json, Statement } from '../../../resources/cloudformation.ts';
import { functionsAt, functionsOf } from '../../../resources/functions.ts';
import { readNetworks } from '../../../resources/network.ts';
import { allRegions, isWitness, readPlans, refuseToDeploy, tableTrouble } from '../../../resources/plans.ts';
import { deployDocument, securityDocument } from '../../../resources/security-document.ts';
import { outputsOf, resourcesOf } from '../../../resources/stack.ts';

interface Resource { readonly Type: string; readonly Properties: Json; readonly DeletionPolicy?: string }
type Resources = Readonly<Record<string, Resource>>;

const root = join(import.meta.dirname, '..', '..', '..');
const plans = readPlans(join(root, 'hotshift.example.yml'));
const networks = readNetworks(plans, join(root, 'hotshift.network.example.yml'));
const stacks = allRegions(plans).map((region) => ({ region, resources: resourcesOf(region, plans, networks) as Resources }));
const stackOf = (region: string): Resources => stacks.find((stack) => stack.region === region)?.resources ?? {};
const ofType = (resources: Resources, type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const statementsOf = (document: unknown) => (document as { readonly Statement: readonly (Statement & { readonly Principal?: unknown })[] }).Statement;

describe.each(stacks)('the stack of $region', ({ region, resources }) => {
  test('has a log group with retention and key for each function, and no role that could make one without', () => {
    const groups = ofType(resources, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
    expect(groups.map(({ LogGroupName }) => LogGroupName)).toEqual(expect.arrayContaining(functionsAt(region, plans).map((name) => `/aws/lambda/hotshift-${name}`)));
    expect(groups.every(({ RetentionInDays, KmsKeyId }) => RetentionInDays === 400 && KmsKeyId !== undefined)).toBe(true);
    expect(JSON.stringify(resources)).not.toContain('logs:CreateLogGroup');
  });

  test('lets only this account be the reason for assuming a role', () => {
    for (const [id, { Properties }] of ofType(resources, 'AWS::IAM::Role')) {
      const [statement] = statementsOf(Properties['AssumeRolePolicyDocument']);
      expect([id, statement?.Condition?.['StringEquals']]).toEqual([id, { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }]);
    }
  });

  test('lets services in by a condition only', () => {
    const documents = Object.values(resources).flatMap(({ Properties }) => [Properties['PolicyDocument'], Properties['KeyPolicy']].filter((document) => document !== undefined));
    const services = documents.flatMap(statementsOf).filter(({ Effect, Principal }) => Effect === 'Allow' && typeof Principal === 'object' && 'Service' in (Principal as object));
    expect(services.length).toBeGreaterThan(1);
    expect(services.filter(({ Condition }) => Condition === undefined)).toEqual([]);
  });

  test('says of every alarm what silence means and why, and tells somebody', () => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm');
    expect(alarms.filter(([, { Properties }]) => !['breaching', 'notBreaching', 'ignore'].includes(String(Properties['TreatMissingData'])))).toEqual([]);
    const unexplained = alarms.filter(([, { Properties }]) => !String(Properties['AlarmDescription']).includes(` Without data: ${String(Properties['TreatMissingData'])}, as `));
    expect(unexplained.map(([id]) => id)).toEqual([]);
    const composites = ofType(resources, 'AWS::CloudWatch::CompositeAlarm');
    const watched = composites.map(([, { Properties }]) => String(Properties['AlarmRule'])).join(' ');
    const mute = alarms.filter(([, { Properties }]) => Properties['AlarmActions'] === undefined && !watched.includes(`"${String(Properties['AlarmName'])}"`));
    expect(mute.map(([id]) => id)).toEqual([]);
    expect(composites.every(([, { Properties }]) => (Properties['AlarmActions'] as readonly unknown[]).length > 0)).toBe(true);
  });

  test('asks composite alarms about alarms of this very stack only, which exist before them', () => {
    const byName = new Map(ofType(resources, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [String(Properties['AlarmName']), id]));
    const composites = ofType(resources, 'AWS::CloudWatch::CompositeAlarm') as unknown as readonly [string, Resource & { readonly DependsOn: readonly string[] }][];
    expect(composites.length).toBeGreaterThan(4);
    for (const [, { Properties, DependsOn }] of composites) {
      const asked = [...String(Properties['AlarmRule']).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => byName.get(name ?? ''));
      expect([...new Set(asked)].sort()).toEqual([...DependsOn].sort());
    }
  });

  test('gives every schedule and rule a queue for what cannot be delivered', () => {
    const targets = [
      ...ofType(resources, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties['Target']),
      ...ofType(resources, 'AWS::Events::Rule').flatMap(([, { Properties }]) => Properties['Targets'] as readonly unknown[]),
    ] as readonly { readonly DeadLetterConfig?: unknown; readonly RoleArn?: unknown }[];
    expect(targets.length).toBeGreaterThan(1);
    expect(targets.every(({ DeadLetterConfig }) => DeadLetterConfig !== undefined)).toBe(true);
    // What has no role is a rule for a function, which lets in that very rule of this account and nobody else.
    const rules = ofType(resources, 'AWS::Events::Rule').filter(([, { Properties }]) => (Properties['Targets'] as readonly { readonly RoleArn?: unknown }[]).every(({ RoleArn }) => RoleArn === undefined)).map(([id]) => id);
    // A function URL that signatures protect lets everybody in (resources/ear.ts, resources/switch.ts); everything else comes from a rule.
    const permissions = ofType(resources, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties).filter(({ FunctionUrlAuthType, InvokedViaFunctionUrl }) => FunctionUrlAuthType === undefined && InvokedViaFunctionUrl === undefined);
    expect(permissions.map(({ SourceArn }) => (SourceArn as { readonly 'Fn::GetAtt': readonly string[] })['Fn::GetAtt'][0]).sort()).toEqual(rules.sort());
    expect(permissions.every(({ SourceAccount, Principal }) => JSON.stringify(SourceAccount) === '{"Ref":"AWS::AccountId"}' && Principal === 'events.amazonaws.com')).toBe(true);
    expect(targets.filter(({ RoleArn }) => RoleArn === undefined)).toHaveLength(rules.length);
  });

  test('has an alarm for each state machine that ends badly, and all of them on its dashboard', () => {
    const machines = ofType(resources, 'AWS::StepFunctions::StateMachine').map(([id]) => id).sort();
    const watched = JSON.stringify(ofType(resources, 'AWS::CloudWatch::Alarm').filter(([, { Properties }]) => Properties['AlarmActions'] !== undefined));
    for (const id of machines) for (const metric of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']) expect([id, metric, watched.includes(`"MetricName":"${metric}","Dimensions":[{"Name":"StateMachineArn","Value":{"Ref":"${id}"}}]`)]).toEqual([id, metric, true]);
    const [shown] = ofType(resources, 'AWS::CloudWatch::Dashboard').map(([, { Properties }]) => JSON.stringify(Properties['DashboardBody']));
    expect(machines.filter((id) => shown?.includes(`\${${id}}`))).toEqual(machines);
    // What the dashboard names is there: CloudFormation refuses a reference to nothing, in AWS only.
    expect([...new Set([...(shown ?? '').matchAll(/\$\{([A-Za-z]+)\}/g)].map(([, id]) => id))].filter((id) => resources[id ?? ''] === undefined)).toEqual([]);
  });

  test('has an alarm for each rule, by its name', () => {
    const rules = ofType(resources, 'AWS::Events::Rule').map(([id]) => id).sort();
    const watched = ofType(resources, 'AWS::CloudWatch::Alarm').filter(([id]) => /^Rule.*FailedAlarm$/.test(id)).map(([, { Properties }]) => /"Ref":"(\w+)"/.exec(JSON.stringify(Properties['Metrics']))?.[1]).sort();
    expect(watched).toEqual(rules);
  });

  test('names in its outputs what a person needs first', () => {
    expect(Object.keys(outputsOf(region, plans, networks))).toEqual(expect.arrayContaining(['FailoverStateMachineArn', 'FailbackStateMachineArn', 'DeadLettersUrl', 'DashboardUrl', 'TableName']));
  });
});

describe('what the vantage points see', () => {
  const figures = [...(['up', 'down'] as const).flatMap((result) => figuresOf({ result, write: 'ok', latencyMs: 1 } as Observation)), controlFigure(true), ...lagFigures({ kind: 'near', lagSeconds: 1, reason: '' }), ...freshnessFigures([], [], 0)].map(({ name }) => name);
  const seen = (region: string) => ofType(stackOf(region), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties).filter(({ Namespace }) => Namespace === 'Hotshift');
  const dimensions = ({ Dimensions }: Json) => Object.fromEntries((Dimensions as readonly { readonly Name: string; readonly Value: string }[]).map(({ Name, Value }) => [Name, Value]));

  test('alarms look at figures that are written, under the dimensions that they are written with', () => {
    for (const { region } of stacks) {
      expect(seen(region).length).toBeGreaterThan(6);
      for (const properties of seen(region)) {
        expect(figures).toContain(properties['MetricName']);
        const { service, application, ...rest } = dimensions(properties);
        expect([service, application]).toEqual(['hotshift', 'shop']);
        expect(Object.keys(rest).sort().join()).toMatch(/^(vantagePoint|region,vantagePoint|database,region|region)$/);
        expect(rest['vantagePoint'] ?? rest['region']).toBe(region);
      }
    }
    expect(new Set(stacks.flatMap(({ region }) => seen(region).map(({ MetricName }) => MetricName)))).toEqual(new Set(figures.filter((name) => name !== 'Latency')));
  });

  test('an outage is looked at every 10 s, in a period in which two rounds fit', () => {
    const [plan] = plans.applications;
    expect(seen('eu-west-2').filter(({ MetricName }) => MetricName === 'Healthy').map(({ Period }) => Period)).toEqual([10, 10]);
    const of = (probeIntervalSeconds: number) => periodSeconds({ ...plan!, detection: { ...plan!.detection, probeIntervalSeconds } });
    expect([1, 5, 6, 10, 15, 20, 30, 45].map(of)).toEqual([10, 10, 20, 20, 30, 60, 60, 120]);
  });

  test('silence is no evidence; that nobody looks is', () => {
    const silence = Object.fromEntries(seen('eu-west-1').map(({ AlarmName, TreatMissingData }) => [String(AlarmName), TreatMissingData]));
    expect(silence).toMatchObject({ 'hotshift-shop-down-eu-central-1': 'ignore', 'hotshift-shop-sick-monitor': 'ignore', 'hotshift-shop-unwatched': 'breaching', 'hotshift-shop-lag-orders': 'notBreaching' });
  });
});

describe('the table', () => {
  test('is in one stack, strong, protected and kept when the stack goes', () => {
    const tables = stacks.flatMap(({ resources }) => ofType(resources, 'AWS::DynamoDB::GlobalTable')).map(([, resource]) => resource);
    expect(tables).toHaveLength(1);
    expect(tables[0]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: { MultiRegionConsistency: 'STRONG', Replicas: allRegions(plans).map((region) => ({ Region: region, DeletionProtectionEnabled: true })) } });
  });

  test('is refused outside the region sets in which DynamoDB keeps it strong', () => {
    const over = (witness: string) => tableTrouble({ ...plans, applications: plans.applications.map((plan) => ({ ...plan, witness })) });
    expect(over('eu-west-2')).toBeUndefined();
    expect(over('eu-north-1')).toContain('keeps no strongly consistent table over eu-west-1, eu-central-1, eu-north-1');
    expect(over('eu-west-1')).toContain('exactly three regions');
  });
});

describe('deploying', () => {
  test('the example is refused, and so is a plan whose table AWS would refuse', () => {
    const strong = { ...plans, applications: plans.applications.map((plan) => ({ ...plan, witness: 'eu-west-2' })) };
    const weak = { ...plans, applications: plans.applications.map((plan) => ({ ...plan, witness: 'eu-north-1' })) };
    expect(() => { refuseToDeploy(strong, 'hotshift.example.yml'); }).toThrow('is the example');
    expect(() => { refuseToDeploy(weak, 'hotshift.yml'); }).toThrow('no strongly consistent table');
    expect(() => { refuseToDeploy(strong, 'hotshift.yml'); }).not.toThrow();
  });
});

describe('the way to the databases', () => {
  const functions = (region: string) => functionsOf(region, plans, networks[region]) as Readonly<Record<string, { readonly vpc?: unknown; readonly environment: Json }>>;

  test('only functions that speak SQL are in the subnets, and they trust the certificates of RDS', () => {
    const inside = Object.entries(functions('eu-west-1')).filter(([, { vpc }]) => vpc !== undefined);
    expect(inside.map(([name]) => name)).toEqual(['assess', 'compare', 'enforce', 'promote', 'rebuild', 'watch']);
    expect(inside.every(([, { environment }]) => environment['NODE_EXTRA_CA_CERTS'] === '/var/runtime/ca-cert.pem')).toBe(true);
  });

  test('a fence leaves the rule open by which the agent itself comes in', () => {
    const [rule] = ofType(stackOf('eu-west-1'), 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
    expect(rule).toMatchObject({ GroupId: 'sg-0123456789abcdef0', FromPort: 5432, ToPort: 5432 });
    const asEc2TellsIt = { Description: String(rule?.['Description']), ReferencedGroupInfo: { GroupId: 'sg-0aaaaaaaaaaaaaaaa' }, IsEgress: false };
    expect(isOpen(asEc2TellsIt)).toBe(false);
    expect(isOpen({ ...asEc2TellsIt, Description: 'application servers' })).toBe(true);
    // Characters that EC2 takes in the description of a rule.
    expect(String(rule?.['Description'])).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  });

  test('a network with a single subnet is refused; without the file there is none', () => {
    expect(() => readNetworks(plans, join(root, 'test', 'unit', 'resources', 'one-subnet.network.yml'))).toThrow(/one-subnet[\s\S]*subnets/);
    expect(readNetworks(plans, join(root, 'no-such.network.yml'))).toEqual({});
  });
});

test('docs/security.md tells what the templates say: node resources/security-document.ts', () => {
  expect(readFileSync(join(root, 'docs', 'security.md'), 'utf8')).toBe(securityDocument());
});

test('docs/deploy.md has the figures of the templates: node resources/security-document.ts', () => {
  const text = readFileSync(join(root, 'docs', 'deploy.md'), 'utf8');
  expect(deployDocument(text)).toBe(text);
  // It finds the places at all.
  expect(deployDocument(text.replaceAll(/\d+ (?=resources|metric alarms|concurrent)/g, '7 '))).toBe(text);
});

test('a witness has no agent that fences, and pages through a topic of its own when the plan names none', () => {
  const witness = allRegions(plans).find((region) => isWitness(region, plans)) ?? '';
  expect(functionsAt(witness, plans)).not.toContain('enforce');
  expect(stackOf(witness)['OnCall']).toBeDefined();
  expect(stackOf('eu-west-1')['OnCall']).toBeUndefined();
});
