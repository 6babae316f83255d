// Every rule of events/rules.yml on every sample: it matches what it should and nothing else. And the samples are of AWS's own form.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from '@jest/globals';
import { enforceInput, observeInput, suspicion, watchInput } from '../../../events/contracts.ts';
import { readPlans } from '../../../resources/plans.ts';
import { readRules } from '../../../resources/rules.ts';
import { starts } from '../../../resources/starts.ts';
import { fits, parsePattern } from '../../../twin/aws/services/eventbridge/pattern.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'events', 'samples');
interface Sample { readonly source: string; readonly 'detail-type': string; readonly region: string; readonly detail: Readonly<Record<string, unknown>> }
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const samples = new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Sample]));
const sample = (file: string): Sample => {
  const found = samples.get(file);
  if (found === undefined) throw new Error(`events/samples/${file} is not there`);
  return found;
};

/** Rule -> the samples that it must match. A new rule must be added here. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  'suspicion-starts-failover': ['suspicion.json'],
};
const { rules } = readRules();

describe('rules', () => {
  test('each is listed here', () => {
    expect(rules.map(({ name }) => name).sort()).toEqual(Object.keys(WANTED).sort());
  });

  test.each(rules)('$name matches its samples and no other', ({ name, pattern }) => {
    const parsed = parsePattern(JSON.stringify(pattern));
    const matched = files.filter((file) => 'source' in sample(file) && fits(parsed, sample(file)));
    expect(matched).toEqual(WANTED[name]);
  });

  test.each([
    ['another source', { source: 'hotshift.drill' }],
    ['the same words from AWS', { source: 'aws.cloudwatch' }],
    ['another type', { 'detail-type': 'Outage over' }],
    ['another case', { 'detail-type': 'outage suspected' }],
  ])('a suspicion with %s starts nothing', (_what, change) => {
    const [rule] = rules.filter(({ name }) => name === 'suspicion-starts-failover');
    expect(fits(parsePattern(JSON.stringify(rule?.pattern)), { ...sample('suspicion.json'), ...change })).toBe(false);
  });
});

describe('what is handed on', () => {
  test('the detail of a suspicion is the input of the workflow', () => {
    expect(rules.find(({ name }) => name === 'suspicion-starts-failover')?.target).toEqual({ stateMachine: 'failover', inputPath: '$.detail' });
    expect(suspicion.parse(sample('suspicion.json').detail)).toEqual(sample('suspicion.json').detail);
  });

  test('each schedule hands its agent what the agent takes', () => {
    const plans = readPlans('hotshift.example.yml');
    const schedules = Object.values(starts('eu-west-1', plans) as Readonly<Record<string, { readonly Type: string; readonly Properties: { readonly Name: string; readonly Target: { readonly Input: string } } }>>)
      .filter(({ Type }) => Type === 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties).filter(({ Name }) => !Name.startsWith('hotshift-keep-warm-'));
    expect(schedules.map(({ Name }) => Name).sort()).toEqual(['hotshift-enforce-shop', 'hotshift-observe-shop', 'hotshift-watch-shop']);
    for (const { Name, Target } of schedules) (Name.includes('observe') ? observeInput : Name.includes('watch') ? watchInput : enforceInput).parse(JSON.parse(Target.Input));
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
