// What belongs to the owners of an application: capacity of other kinds, hooks, and what their servers hear. Each wrong field has its message.
import { describe, expect, test } from '@jest/globals';
import { checkPlans, compilePlans, parseCompiledPlans } from '../../../events/config.ts';
import { exampleText } from './example.ts';

const ARN = (service: string, rest: string) => ({ 'eu-west-1': `arn:aws:${service}:eu-west-1:111122223333:${rest}`, 'eu-central-1': `arn:aws:${service}:eu-central-1:111122223333:${rest}` });
const both = (value: object) => ({ 'eu-west-1': value, 'eu-central-1': value });
const SESSIONS = { signingKeySecrets: ['shop/signing'], parameter: '/shop/epoch', topics: ARN('sns', 'app') };
const HOOK = { point: 'after-shift', functionArns: ARN('lambda', 'function:tell') };
const FLEET = { kind: 'auto-scaling-group', desiredMax: 20, groups: both({ group: 'web', baseline: 5 }) };
const API = { kind: 'lambda-concurrency', desiredMax: 20, functions: both({ function: 'api', qualifier: 'live', baseline: 5 }) };
const FLOOR = { kind: 'scaling-minimum', desiredMax: 20, targets: both({ namespace: 'ecs', resource: 'service/shop/web', dimension: 'ecs:service:DesiredCount', baseline: 5 }) };

/** The example with sections put in; JSON is YAML. */
const check = ({ sessions, hooks = {}, capacity = {} }: { sessions?: object; hooks?: object; capacity?: object }) => checkPlans(exampleText
  .replace('    warm:\n', `${Object.entries(capacity).map(([name, one]) => `      ${name}: ${JSON.stringify(one)}\n`).join('')}    warm:\n`)
  .replace('    notifications:\n', `    hooks: ${JSON.stringify(hooks)}\n${sessions === undefined ? '' : `    sessions: ${JSON.stringify(sessions)}\n`}    notifications:\n`));
const said = (given: Parameters<typeof check>[0]): string => [...check(given).errors, ...check(given).warnings].map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n');

test('all of it together is a plan, and survives being compiled', () => {
  const { plans, errors } = check({ sessions: SESSIONS, hooks: { tell: HOOK }, capacity: { fleet: FLEET, api: API, floor: FLOOR } });
  expect(errors).toEqual([]);
  expect(plans!.applications[0]).toMatchObject({
    capacity: [{ kind: 'ecs' }, { kind: 'auto-scaling-group', factor: 2 }, { kind: 'lambda-concurrency' }, { kind: 'scaling-minimum' }],
    hooks: [{ name: 'tell', timeoutSeconds: 5, required: false }], sessions: { signingKeySecretIds: ['shop/signing'], parameterName: '/shop/epoch' },
  });
  expect(parseCompiledPlans(compilePlans(plans!)).applications).toEqual(plans!.applications);
});

describe('what is wrong is said', () => {
  test.each<[string, Parameters<typeof check>[0], RegExp]>([
    ['a kind that is none', { capacity: { fleet: { ...FLEET, kind: 'fleet' } } }, /capacity\.fleet\.kind: must be ecs, auto-scaling-group, lambda-concurrency or scaling-minimum/],
    ['a field of another kind', { capacity: { fleet: { ...FLEET, services: {} } } }, /capacity\.fleet\.services: is not known/],
    ['a region without its group', { capacity: { fleet: { ...FLEET, groups: { 'eu-west-1': { group: 'web', baseline: 5 } } } } }, /capacity\.fleet\.groups: there is no group for eu-central-1/],
    ['less than the baseline', { capacity: { api: { ...API, desiredMax: 4 } } }, /capacity\.api\.desiredMax: desiredMax \(4\) is below the baseline/],
    ['$LATEST', { capacity: { api: { ...API, functions: both({ function: 'api', qualifier: '$LATEST', baseline: 5 }) } } }, /qualifier: must be an alias/],
    ['a point that is none', { hooks: { tell: { ...HOOK, point: 'after-promote' } } }, /hooks\.tell\.point: must be before-fence or/],
    ['a hook that takes too long', { hooks: { tell: { ...HOOK, timeout: '21s' } } }, /hooks\.tell\.timeout: a hook may take 20s at most/],
    ['a function of the other region', { hooks: { tell: { ...HOOK, functionArns: { ...HOOK.functionArns, 'eu-west-1': HOOK.functionArns['eu-central-1'] } } } }, /it would be out with that region/],
    ['a hook with a veto', { hooks: { tell: { ...HOOK, point: 'before-fence', required: true } } }, /stops every failover/],
    ['a signing key by its ARN', { sessions: { ...SESSIONS, signingKeySecrets: ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:a'] } }, /sessions\.signingKeySecrets\.0: an ARN names a secret of one region/],
    ['a parameter of AWS', { sessions: { ...SESSIONS, parameter: '/aws/x' } }, /sessions\.parameter: must be the full name/],
    ['a topic of the other region', { sessions: { ...SESSIONS, topics: { 'eu-west-1': SESSIONS.topics['eu-central-1'] } } }, /sessions\.topics\.eu-west-1: this topic is in eu-central-1/],
    ['a region that hears nothing', { sessions: { ...SESSIONS, topics: { 'eu-west-1': SESSIONS.topics['eu-west-1'] } } }, /there is no topic in eu-central-1/],
  ])('%s', (_, given, message) => expect(said(given)).toMatch(message));
});
