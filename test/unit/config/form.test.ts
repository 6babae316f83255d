// hotshift.yml is read: defaults, places, unknown keys, missing and wrong fields, the compiled form, the JSON schema.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { compilePlans, InvalidConfigError, parseCompiledPlans, parsePlans, checkPlans } from '../../../events/config.ts';
import { schemaPath, schemaText } from '../../../scripts/schema.ts';
import { exampleText, exampleTree, exampleWith, shop } from './example.ts';

const only = (text: string) => {
  const { errors } = checkPlans(text);
  expect(errors).toHaveLength(1);
  return errors[0]!;
};

test('the example is accepted without a warning', () => {
  expect(checkPlans(exampleText)).toMatchObject({ errors: [], warnings: [] });
});

test('every default is filled in', () => {
  const [plan] = parsePlans(exampleText).applications;
  expect(plan).toMatchObject({
    application: 'shop',
    detection: {
      probeIntervalSeconds: 5, probeTimeoutSeconds: 2, slowSeconds: 1, failuresToSuspect: 2, quorum: 2,
      evidenceAgeSecondsMax: 15, evidenceWaitSeconds: 30, suspicionRepeatSeconds: 60,
    },
    permit: { enforced: true, ttlSeconds: 5, clockErrorSeconds: 0.5 },
    lease: { ttlSeconds: 120, marginSeconds: 15 },
    budgets: { rpoSeconds: 30, rtoSeconds: 300 },
    policy: { approval: 'none', approvalDefault: 'hold', unprovenFence: 'hand-over', cooldownSeconds: 3600 },
    warm: { concurrency: 4, timeoutSeconds: 5 },
  });
  expect(plan?.databases[0]).toMatchObject({ kind: 'rds-replica', engine: 'postgres', promoteTimeoutSeconds: 900, pollSeconds: 2 });
  expect(plan?.databases[0]?.instances['eu-west-1']).toMatchObject({ identifier: 'orders-ireland', port: 5432 });
  expect(plan?.notifications.slack?.apiUrl).toBe('https://slack.com/api');
});

test.each([['90s', 90], ['1.5m', 90], ['1h', 3600], ['1500ms', 1.5]])('the duration %s is %d s', (text, expected) => {
  expect(parsePlans(exampleWith(shop('budgets.rpo'), text)).applications[0]?.budgets.rpoSeconds).toBe(expected);
});

describe('the place of a problem', () => {
  test('line and column of the value, the value and the fix', () => {
    const issue = only(exampleText.replace('rpo: 30s', 'rpo: 30'));
    const line = exampleText.split('\n').findIndex((text) => text.includes('rpo: 30s')) + 1;
    expect(issue).toMatchObject({ path: shop('budgets.rpo'), line, column: 7, value: '30', message: expect.stringContaining('unit'), fix: expect.stringContaining('rpo: 5s') });
  });

  test('a missing field is reported where its parent begins', () => {
    const issue = only(exampleText.replace('            secret: hotshift/orders     # {username, password} of the maintenance role, replicated to both regions\n', ''));
    expect(issue).toMatchObject({ path: shop('databases.orders.instances.eu-west-1.secret'), message: 'is missing' });
    expect(exampleText.split('\n')[issue.line! - 1]).toContain('eu-west-1:');
  });

  test('the error text names file, line, path and fix, and belongs to the family that state machines know', () => {
    const parsing = () => parsePlans(exampleText.replace('rto: 5m', 'rto: soon'), 'ops/hotshift.yml');
    expect(parsing).toThrow(InvalidConfigError);
    expect(parsing).toThrow(/^ops\/hotshift\.yml:\d+:\d+ applications\.shop\.budgets\.rto: must be a duration .*\(found "soon"\)\. Fix: /);
    try { parsing(); } catch (error) { expect((error as Error).name).toBe('InvalidInputError'); }
  });
});

describe('unknown keys are refused', () => {
  test.each([
    ['budgets.rpoSeconds', 'rpo'], ['detection.probe-interval', 'probeInterval'], ['detection.quorom', 'quorum'],
    ['policy.coolDown', 'cooldown'], ['databases.orders.writer-record', 'writerRecord'], ['notification', 'notifications'],
  ])('%s: did you mean %s', (path, meant) => {
    expect(checkPlans(exampleWith(shop(path), {})).errors).toContainEqual(expect.objectContaining({ path: shop(path), fix: `did you mean "${meant}"?` }));
  });

  test('a word that is like nothing lists what is known', () => {
    expect(only(exampleWith(shop('budgets.elephant'), 1)).fix).toBe('remove it; known here: rpo, rto');
  });
});

test('all problems are reported at once, in the order of the file, those of the form and those of the rules', () => {
  const { errors } = checkPlans(exampleText
    .replace('witness: eu-west-2', 'witness: eu-west-1').replace('rpo: 30s', 'rpoo: 30s').replace('cooldown: 1h', 'cooldown: 1m').replace('factor: 2 ', 'factor: 0.5 '));
  expect(errors.map((issue) => issue.path.slice(2).join('.'))).toEqual(['regions.witness', 'budgets.rpoo', 'policy.cooldown', 'capacity.web.factor']);
});

test('one broken application hides nothing about another', () => {
  const tree = exampleTree() as { applications: Record<string, unknown> };
  tree.applications['blog'] = { urls: 1 };
  const { errors } = checkPlans(JSON.stringify(tree).replace('"eu-west-2"', '"eu-west-1"'));
  expect(errors.map((issue) => issue.path[1])).toEqual(expect.arrayContaining(['blog', 'shop']));
});

describe('the compiled form', () => {
  const plans = parsePlans(exampleText);

  test('says the same, read as YAML or by JSON.parse', () => {
    const { warnings: none, ...expected } = plans;
    expect(none).toEqual([]);
    expect(parsePlans(compilePlans(plans))).toEqual({ ...expected, warnings: [] });
    expect(parseCompiledPlans(compilePlans(plans))).toEqual(expected);
  });

  test.each([
    ['an unknown field', (text: string) => text.replace('"quorum"', '"quorom"'), 'applications[0].detection.quorom'],
    ['a missing field', (text: string) => text.replace('"quorum":2,', ''), 'applications[0].detection.quorum'],
    ['a broken rule', (text: string) => text.replace('"witness":"eu-west-2"', '"witness":"eu-west-1"'), 'applications[0].witness'],
    ['a wrong identifier', (text: string) => text.replace('"identifier":"orders-ireland"', '"identifier":"x"'), 'applications[0].databases[0].instances.eu-west-1.identifier'],
    ['no application', () => '{"applications":[]}', 'applications'],
  ])('is as strict: %s', (_, broken, path) => {
    expect(() => parseCompiledPlans(broken(compilePlans(plans)))).toThrow(` ${path}: `);
    expect(() => parsePlans(broken(compilePlans(plans)))).toThrow(` ${path}: `);
  });

  test('text that is no JSON is refused with a cause', () => {
    expect(() => parseCompiledPlans('{"applications": [')).toThrow(/the JSON cannot be read.*compile it again/s);
  });

  test('the same name twice is refused', () => {
    const twice = JSON.stringify({ applications: [plans.applications[0], plans.applications[0]] });
    expect(() => parseCompiledPlans(twice)).toThrow(/applications\[1\]\.application: the application shop is there twice/);
  });
});

test('the JSON schema is up to date (node scripts/schema.ts)', async () => {
  expect(await readFile(schemaPath, 'utf8')).toBe(schemaText());
});
