// Every rule of events/rules.yml on every sample: it matches what it should and nothing else. And the samples are of AWS's own form.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from '@jest/globals';
import * as contracts from '../../../events/contracts.ts';
import { archiveInput } from '../../../events/contracts-archive.ts';
import { reserved } from '../../../resources/functions.ts';
import { readPlans } from '../../../resources/plans.ts';
import { filledPattern, rulesAt, schedulesAt } from '../../../resources/rules.ts';
import { starts } from '../../../resources/starts.ts';
import { fits, parsePattern } from '../../../twin/aws/services/eventbridge/pattern.ts';

const { enforceInput, observeInput, suspicion, watchInput } = contracts;
const folder = join(import.meta.dirname, '..', '..', '..', 'events', 'samples');
interface Sample { readonly source: string; readonly 'detail-type': string; readonly region: string; readonly detail: Readonly<Record<string, unknown>> }
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const samples = new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Sample]));
const sample = (file: string): Sample => {
  const found = samples.get(file);
  if (found === undefined) throw new Error(`events/samples/${file} is not there`);
  return found;
};

/** Rule -> the samples that it must match in the region of the instances; all others are near misses. A new rule must be added here. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  'suspicion-starts-failover': ['suspicion.json'],
  'alarm-changed-shop': ['cloudwatch-alarm-state-change.json', 'cloudwatch-composite-alarm.json'],
  'database-event-shop': ['rds-failed.json', 'rds-failover-started.json', 'rds-offline-patches.json', 'rds-shutdown.json'],
  'database-back-shop': ['rds-instance-started.json', 'rds-recovery-complete.json'],
  'health-event-shop': ['health-operational-issue.json'],
  'execution-ended': ['step-functions-drill-ended.json', 'step-functions-status-change.json'],
};
const ended = 'step-functions-drill-ended.json';
const plans = readPlans('hotshift.example.yml');
const rules = rulesAt('eu-west-1', plans);
const matches = (rule: string, event: object, place = 'eu-west-1'): boolean => {
  const found = rulesAt(place, plans).find(({ name }) => name === rule);
  if (found === undefined) throw new Error(`${place} has no rule ${rule}`);
  return fits(parsePattern(JSON.stringify(found.pattern)), event);
};
const changed = (file: string, detail: object): object => ({ ...sample(file), detail: { ...sample(file).detail, ...detail } });

describe('rules', () => {
  test('each is listed here', () => {
    expect(rules.map(({ name }) => name).sort()).toEqual(Object.keys(WANTED).sort());
  });

  test.each(rules)('$name matches its samples and no other', ({ name }) => {
    expect(files.filter((file) => 'source' in sample(file) && matches(name, sample(file)))).toEqual(WANTED[name]);
  });

  test.each([
    ['another source', { source: 'hotshift.drill' }],
    ['the same words from AWS', { source: 'aws.cloudwatch' }],
    ['another type', { 'detail-type': 'Outage over' }],
    ['another case', { 'detail-type': 'outage suspected' }],
  ])('a suspicion with %s starts nothing', (_what, change) => {
    expect(matches('suspicion-starts-failover', { ...sample('suspicion.json'), ...change })).toBe(false);
  });

  const alarm = 'cloudwatch-alarm-state-change.json';
  test.each<[string, string, object, boolean]>([
    ['an alarm of somebody else', 'alarm-changed-shop', changed(alarm, { alarmName: 'api-5xx' }), false],
    ['an alarm that only holds our name', 'alarm-changed-shop', changed(alarm, { alarmName: 'not-hotshift-observe' }), false],
    ['an alarm that says nothing yet', 'alarm-changed-shop', changed(alarm, { state: { value: 'INSUFFICIENT_DATA' } }), false],
    ['an alarm that somebody made anew', 'alarm-changed-shop', { ...sample(alarm), 'detail-type': 'CloudWatch Alarm Configuration Change' }, false],
    ['an alarm of yours that is named like ours', 'alarm-changed-shop', changed(alarm, { alarmName: 'hotshift-checkout-errors' }), true],
    ['an event of a cluster', 'database-event-shop', { ...sample('rds-shutdown.json'), 'detail-type': 'RDS DB Cluster Event' }, false],
    ['an event of the other region\'s instance', 'database-event-shop', sample('rds-instance-restarted.json'), false],
    ['an instance with the same name in another account', 'database-event-shop', changed('rds-shutdown.json', { SourceArn: 'arn:aws:rds:eu-west-1:444455556666:db:orders-ireland' }), false],
    ['a backup that ended', 'database-event-shop', changed('rds-shutdown.json', { EventCategories: ['backup'], EventID: 'RDS-EVENT-0002' }), false],
    ['an instance of the plan that restarted', 'database-back-shop', changed('rds-shutdown.json', { EventID: 'RDS-EVENT-0006' }), true],
    ['an instance that RDS starts after seven days', 'database-back-shop', changed('rds-instance-started.json', { EventID: 'RDS-EVENT-0154' }), true],
    ['a shutdown, which brings nothing back', 'database-back-shop', sample('rds-shutdown.json'), false],
    ['a failover that only started', 'database-back-shop', sample('rds-failover-started.json'), false],
    ['the other region\'s instance that restarted', 'database-back-shop', sample('rds-instance-restarted.json'), false],
    ['a started instance in another account', 'database-back-shop', changed('rds-instance-started.json', { SourceArn: 'arn:aws:rds:eu-west-1:444455556666:db:orders-ireland' }), false],
    ['a snapshot that has the number of a start', 'database-back-shop', { ...sample('rds-instance-started.json'), 'detail-type': 'RDS DB Snapshot Event' }, false],
    ['an issue in a region that is not of the pair', 'health-event-shop', changed('health-operational-issue.json', { eventRegion: 'us-east-1' }), false],
    ['an issue that is over', 'health-event-shop', changed('health-operational-issue.json', { statusCode: 'closed' }), false],
    ['a notification of the account', 'health-event-shop', changed('health-operational-issue.json', { eventTypeCategory: 'accountNotification' }), false],
    ['an issue in the other region of the pair', 'health-event-shop', changed('health-operational-issue.json', { eventRegion: 'eu-central-1' }), true],
  ])('%s', (_what, rule, event, expected) => {
    expect(matches(rule, event)).toBe(expected);
  });

  const machine = (name: string): object => changed(ended, { stateMachineArn: `arn:aws:states:eu-central-1:111122223333:stateMachine:${name}` });
  test.each<[string, object, boolean]>([
    ['a failback that was stopped', { ...machine('hotshift-failback'), detail: { ...(machine('hotshift-failback') as { detail: object }).detail, status: 'ABORTED' } }, true],
    ['a workflow that ran into its limit', changed(ended, { status: 'TIMED_OUT' }), true],
    ['a drill that has only begun', changed(ended, { status: 'RUNNING' }), false],
    ['a failure that is to be redriven', changed(ended, { status: 'PENDING_REDRIVE' }), false],
    ['an evacuation, whose failovers leave records of their own', machine('hotshift-evacuate'), false],
    ['a workflow of somebody else', machine('billing'), false],
    ['a workflow of somebody else that ends with our name', machine('not-hotshift-drill'), false],
  ])('%s', (_what, event, expected) => { expect(matches('execution-ended', event)).toBe(expected); });

  test('each region listens to its own instances, and the witness to none', () => {
    expect(matches('database-event-shop', sample('rds-instance-restarted.json'), 'eu-central-1')).toBe(true);
    expect(matches('database-back-shop', sample('rds-instance-restarted.json'), 'eu-central-1')).toBe(true);
    expect(rulesAt('eu-west-2', plans).map(({ name }) => name)).toEqual(['suspicion-starts-failover', 'alarm-changed-shop', 'health-event-shop', 'execution-ended']);
  });

  test('a list that the plan does not have is a mistake in the file, not a rule for everything', () => {
    const [plan] = plans.applications;
    expect(() => filledPattern({ detail: { SourceArn: '$instance' } }, plan!, 'eu-west-1')).toThrow(/\$instance is no list/);
    expect(filledPattern({ detail: { SourceArn: '$instances' } }, { ...plan!, databases: [] }, 'eu-west-1')).toBeUndefined();
  });
});

describe('what is handed on', () => {
  test('only a suspicion starts the workflow, and its detail is the input', () => {
    const starting = rules.filter(({ target }) => 'stateMachine' in target);
    expect(starting.map(({ name, target }) => [name, target])).toEqual([['suspicion-starts-failover', { stateMachine: 'failover', inputPath: '$.detail' }]]);
    expect(suspicion.parse(sample('suspicion.json').detail)).toEqual(sample('suspicion.json').detail);
  });

  test('an alarm or an event of AWS makes the agent look, with a constant input: nothing of the event is handed on', () => {
    const looking = rules.filter(({ target }) => 'function' in target && target.function === 'observe');
    expect(looking).toHaveLength(3);
    for (const { target } of looking) {
      expect(target).toEqual({ function: 'observe', input: { application: 'shop', runSeconds: 59, unlessWatched: true } });
      observeInput.parse((target as { readonly input: object }).input);
    }
  });

  test('an instance that is back starts the agent that fences, as its schedule does, with a constant input', () => {
    const fencing = rules.filter(({ target }) => 'function' in target && target.function !== 'observe' && 'input' in target);
    expect(fencing.map(({ name, target }) => [name, target])).toEqual([['database-back-shop', { function: 'enforce', input: { application: 'shop', runSeconds: 59 } }]]);
    expect(schedulesAt('eu-west-1', plans).find(({ name }) => name === 'enforce')?.runSeconds).toBe(59);
    enforceInput.parse((fencing[0]?.target as { readonly input: object }).input);
    // Beside two turns of the schedule that overlap there is a place for it.
    expect(reserved('enforce', plans)).toBe(3);
  });

  test('what has ended starts the archive, with the detail of the event', () => {
    const [{ target } = { target: undefined }, ...others] = rules.filter(({ target: one }) => 'function' in one && 'inputPath' in one);
    expect([target, others]).toEqual([{ function: 'archive', inputPath: '$.detail' }, []]);
    for (const file of ['step-functions-status-change.json', ended]) expect(archiveInput.parse(sample(file).detail)).toMatchObject({ name: sample(file).detail['name'], status: sample(file).detail['status'] });
    const strange = { ...sample(ended).detail, executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:billing:run-1' };
    expect(archiveInput.safeParse(strange).success).toBe(false);
  });

  test('the ids of RDS events are well formed and stand once in each list', () => {
    const ids = (rule: string) => (rules.find(({ name }) => name === rule)?.pattern as unknown as { readonly detail: { readonly EventID: readonly string[] } }).detail.EventID;
    for (const rule of ['database-event-shop', 'database-back-shop']) {
      expect(ids(rule).filter((id) => !/^RDS-EVENT-\d{4}$/.test(id))).toEqual([]);
      expect(new Set(ids(rule)).size).toBe(ids(rule).length);
    }
  });

  test('names fit into what EventBridge takes, for the longest application', () => {
    const application = 'a'.repeat(40);
    const long = { ...plans, applications: plans.applications.map((plan) => ({ ...plan, application })) };
    expect(rulesAt('eu-west-1', long).map(({ name }) => `hotshift-${name}`.length).filter((length) => length > 64)).toEqual([]);
    expect(schedulesAt('eu-west-1', long).map(({ name }) => `hotshift-${name}-${application}`.length).filter((length) => length > 64)).toEqual([]);
  });

  test('each schedule hands its function what the function takes', () => {
    const inputs: Readonly<Record<string, { parse(input: unknown): unknown }>> = { observe: observeInput, enforce: enforceInput, watch: watchInput, ...('rehearseInput' in contracts ? { rehearse: contracts.rehearseInput as typeof observeInput } : {}) };
    const schedules = Object.values(starts('eu-west-1', plans) as Readonly<Record<string, { readonly Type: string; readonly Properties: { readonly Name: string; readonly Target: { readonly Input: string } } }>>)
      .filter(({ Type }) => Type === 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties).filter(({ Name }) => !Name.startsWith('hotshift-keep-warm-'));
    expect(schedules.map(({ Name }) => Name).sort()).toEqual(schedulesAt('eu-west-1', plans).map(({ name }) => `hotshift-${name}-shop`).sort());
    expect(schedules.length).toBeGreaterThanOrEqual(3);
    for (const { Name, Target } of schedules) inputs[Name.split('-')[1] ?? '']!.parse(JSON.parse(Target.Input));
    expect(JSON.parse(schedules.find(({ Name }) => Name === 'hotshift-observe-shop')?.Target.Input ?? '')).toEqual(sample('scheduled-observe.json'));
  });
});

describe('samples of AWS have the form of its schema registry', () => {
  interface Field { readonly required?: boolean; readonly type: { readonly type: string; readonly reference?: { readonly $ref: string }; readonly element?: Field['type'] } }
  /** Fields that the services' own guides show and that the registry's older schema does not know. */
  const NEWER: Readonly<Record<string, readonly string[]>> = {
    'aws.health': ['detail.affectedAccount', 'detail.page', 'detail.totalPages'],
    'aws.states': ['detail.inputDetails', 'detail.outputDetails', 'detail.error', 'detail.cause'],
  };
  const database = loadAwsServiceSpecSync();
  const fieldsOf = (id: string) => (database.get('eventTypeDefinition', id) as unknown as { readonly properties: Readonly<Record<string, Field>> }).properties;
  const schemaOf = ({ source, 'detail-type': type }: Sample) => database.all('event').find((event) => event.source === source && event.detailType === type);

  /** Names of fields that the schema does not know, and of required ones that are missing. */
  function strangers(value: unknown, type: Field['type'], where: string): readonly string[] {
    if (type.type === 'array' && type.element !== undefined) return (value as readonly unknown[]).flatMap((one, index) => strangers(one, type.element as Field['type'], `${where}[${index}]`));
    if (type.type !== 'ref' || type.reference === undefined || typeof value !== 'object' || value === null) return [];
    const fields = fieldsOf(type.reference.$ref);
    return [
      ...Object.entries(value).flatMap(([name, part]) => (fields[name] === undefined ? [`${where}.${name} is unknown`] : strangers(part, fields[name].type, `${where}.${name}`))),
      ...Object.entries(fields).filter(([name, { required }]) => required === true && !(name in value)).map(([name]) => `${where}.${name} is missing`),
    ];
  }

  test.each([...samples].filter(([, { source }]) => source?.startsWith('aws.')))('%s', (_file, event) => {
    const schema = schemaOf(event);
    expect(schema).toBeDefined();
    const found = strangers(event.detail, { type: 'ref', reference: schema?.rootProperty as { $ref: string } }, 'detail');
    expect(found).toEqual((NEWER[event.source] ?? []).map((name) => `${name} is unknown`));
  });
});
