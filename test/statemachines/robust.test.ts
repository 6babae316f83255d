// What must hold of the workflow whatever a step does: each catch leads to a named end through Conclude, each loop has a bound that the
// plan names, people who think do not use up the time of the steps after them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { parse } from 'yaml';
import type { Outcome } from '../../domain/journal.ts';
import { parsePlans } from '../../events/config.ts';
import { TaskError } from '../../asl/index.ts';
import { fails, good, inSeconds, root, run, yaml, type Script, type Step } from './scripted.ts';

interface StateFields {
  readonly Type: string; readonly Comment?: string; readonly Next?: string; readonly Default?: string; readonly End?: boolean; readonly TimeoutSeconds?: unknown;
  readonly Choices?: readonly { readonly Next: string }[]; readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly MaxAttempts?: number; readonly JitterStrategy?: string; readonly MaxDelaySeconds?: number; readonly ErrorEquals: readonly string[] }[];
  readonly Branches?: readonly Scope[]; readonly ItemProcessor?: Scope;
}
interface Scope { readonly StartAt: string; readonly States: Readonly<Record<string, StateFields>> }
const definition = parse(yaml) as Scope;
const inside = ({ Branches, ItemProcessor }: StateFields): readonly Scope[] => Branches ?? (ItemProcessor === undefined ? [] : [ItemProcessor]);
const scopesOf = (scope: Scope): readonly Scope[] => [scope, ...Object.values(scope.States).flatMap(inside).flatMap(scopesOf)];
const scopes = scopesOf(definition);
const states = scopes.flatMap((scope) => Object.entries(scope.States));
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const nextOf = ({ Next, Default, Choices = [], Catch = [] }: StateFields): readonly string[] => [...(Next === undefined ? [] : [Next]), ...(Default === undefined ? [] : [Default]), ...[...Choices, ...Catch].map((rule) => rule.Next)];

describe('the definition', () => {
  test('asl-validator finds nothing', () => {
    // It takes an empty text for two of its schemas at once and then looks no further: the copy writes that text as an expression.
    const copy = JSON.parse(JSON.stringify(definition), (_, value: unknown) => (value === '' ? "{% '' %}" : value)) as object;
    const { errors } = validate(copy);
    expect(errors).toEqual([]);
  });

  test('the last catch of each task takes everything', () => {
    expect(tasks.filter(([, { Catch = [] }]) => Catch.at(-1)?.ErrorEquals.join() !== 'States.ALL').map(([name]) => name)).toEqual([]);
  });

  test('each retry is bounded, spread and never of everything: a bug is not tried again', () => {
    const retries = tasks.flatMap(([name, { Retry = [] }]) => Retry.map((retry) => ({ name, ...retry })));
    expect(retries.length).toBeGreaterThan(8);
    for (const retry of retries) {
      expect(retry).toMatchObject({ JitterStrategy: 'FULL', MaxAttempts: expect.any(Number), MaxDelaySeconds: expect.any(Number) });
      expect(retry.ErrorEquals).not.toContain('States.ALL');
      expect(retry.ErrorEquals).not.toContain('States.TaskFailed');
    }
  });

  test('from every state of the workflow each way to an end leads through Conclude', () => {
    const ends = (name: string, path: ReadonlySet<string>): readonly string[] => {
      const state = definition.States[name]!;
      if (state.Type === 'Succeed' || state.Type === 'Fail') return path.has('Conclude') ? [] : [`${[...path].join(' > ')} > ${name}`];
      return nextOf(state).filter((next) => !path.has(next)).flatMap((next) => ends(next, new Set([...path, name])));
    };
    expect(ends(definition.StartAt, new Set())).toEqual([]);
    expect(Object.values(definition.States).filter(({ Type }) => Type === 'Succeed' || Type === 'Fail')).toHaveLength(3);
  });

  test('each loop waits in it, and the wait names its bound by a field of the plan', () => {
    const plan = parsePlans(readFileSync(join(root, 'hotshift.example.yml'), 'utf8')).applications[0]! as unknown as Record<string, any>;
    const known = (path: string): boolean => {
      const [group = '', field = ''] = path.split('.');
      const found = plan[group];
      return (Array.isArray(found) ? found[0] : found)?.[field] !== undefined;
    };
    const loops = scopes.flatMap((scope) => Object.entries(scope.States).filter(([name]) => reaches(scope, name, name)));
    const waits = loops.filter(([, { Type, Comment = '' }]) => Type === 'Wait' || (Type === 'Task' && /waits/.test(Comment)));
    expect(waits.map(([name]) => name)).toEqual(['Wait for evidence', 'Approve failover', 'Wait for service', 'Wait for fence', 'Wait for promotion', 'Wait for record', 'Wait for answers']);
    for (const [name, { Comment = '' }] of waits) {
      const named = [...Comment.matchAll(/\b[a-z]+\.[a-zA-Z]+/g)].map(([path]) => path);
      expect({ name, named: named.length > 0, unknown: named.filter((path) => !known(path)) }).toEqual({ name, named: true, unknown: [] });
    }
    // Without these states nothing comes round again; hooks before the fence are followed by another look, and called once (test of hooks).
    const once = ['Call hooks before fence'];
    for (const scope of scopes) {
      const rest: Scope = { ...scope, States: Object.fromEntries(Object.entries(scope.States).filter(([name]) => !waits.some(([wait]) => wait === name) && !once.includes(name))) };
      expect(Object.keys(rest.States).filter((name) => reaches(rest, name, name))).toEqual([]);
    }
  });
});

function reaches(scope: Scope, from: string, to: string): boolean {
  const [seen, open] = [new Set<string>(), [from]];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const next of scope.States[name] === undefined ? [] : nextOf(scope.States[name]!)) {
      if (next === to) return true;
      if (!seen.has(next)) { seen.add(next); open.push(next); }
    }
  }
  return false;
}

const approving = (by = 'hold'): Script => ({ assess: () => ({ safe: true, recovered: false, reason: 'fit', approval: { needed: true, timeoutSeconds: 1800, default: by }, databases: [{ database: 'orders', ready: true, reason: '' }] }) });
const onlyReads = (act: (payload: { what: string }, call: number, clock: never) => unknown, what: string): Script => ({ shift: (payload, call, clock) => (payload.what === what ? act(payload, call, clock as never) : good.shift(payload, call, clock)) });

describe('whatever a step does', () => {
  const breaks: readonly (readonly [string, Script, Outcome, string])[] = [
    ['verify', { verify: fails('UnexpectedAnswerError') }, 'Handed to a human', 'Verify outage'],
    ['claim', { claim: fails('StoppedByOperatorError') }, 'Handed to a human', 'Claim lease'],
    ['assess', { assess: fails('LeaseLostError') }, 'Handed to a human', 'Assess survivor'],
    ['approve', { ...approving(), approve: fails('RefusedByAwsError') }, 'Handed to a human', 'Approve failover'],
    ['fence', { fence: fails('LeaseLostError') }, 'Handed to a human', 'Fence writer'],
    ['promote', { promote: fails('RefusedByAwsError') }, 'Handed to a human', 'Promote replica'],
    ['shift writes', onlyReads(fails('InvalidInputError'), 'writes'), 'Handed to a human', 'Shift writes'],
    ['shift reads', onlyReads(fails('RefusedByAwsError'), 'reads'), 'Handed to a human', 'Shift reads'],
    ['scale', { scale: fails('RefusedByAwsError') }, 'Failed over', 'Confirm service'],
    ['announce', { announce: fails('TryAgainError') }, 'Failed over', 'Confirm service'],
    ['warm', { warm: fails('TypeError') }, 'Failed over', 'Confirm service'],
    ['confirm', { confirm: fails('UnexpectedAnswerError') }, 'Handed to a human', 'Confirm service'],
  ];
  test.each(breaks)('%s breaks', async (_, script, outcome, step) => {
    const { conclusion, states: entered } = await run(script);
    expect(conclusion).toMatchObject({ outcome, step });
    expect(entered.at(-1)).toBe(outcome);
    expect(entered).toContain('Conclude');
  });

  test.each(breaks)('%s is throttled for ever', async (_, script, outcome) => {
    const [step = 'verify', broken] = Object.entries(script).at(-1)! as [Step, NonNullable<Script[Step]>];
    const throttled = ((payload: any, call: number, clock: any) => {
      try {
        return broken(payload, call, clock);
      } catch {
        throw new TaskError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
      }
    });
    const { states: entered } = await run({ ...script, [step]: throttled });
    expect(entered.at(-1)).toBe(outcome);
  });

  test.each([
    ['no text', ''], ['words', 'The function timed out after 15.00 seconds'], ['what looks like JSON', '{not json}'], ['JSON without a message', '{"a":1}'],
    ['cut off', '{"errorType":"TypeError","errorMessage":"half'], ['a list', '["errorMessage"]'],
  ])('an error whose cause is %s still ends by name', async (_, cause) => {
    const { conclusion, states: entered } = await run({ fence: () => { throw new TaskError('Runtime.ExitError', cause); } });
    expect(conclusion).toMatchObject({ outcome: 'Handed to a human', step: 'Fence writer', reason: expect.stringMatching(/^Runtime\.ExitError: /) });
    expect(entered.at(-1)).toBe('Handed to a human');
  });

  test('writes that were not seen moved are not called moved', async () => {
    const { conclusion } = await run(onlyReads(() => ({ shift: 'unseen', reason: 'no answer' }), 'writes'));
    expect(conclusion).toMatchObject({ outcome: 'Handed to a human', step: 'Shift writes', reason: 'no answer; no answer' });
  });

  test('both databases and the reads fail: the person hears of the databases first, all of them', async () => {
    const { conclusion } = await run({ fence: (payload) => ({ fence: 'unproven', reason: `${payload.database} is open` }), shift: fails('RefusedByAwsError') });
    expect(conclusion).toMatchObject({ step: 'Fence writer', reason: 'orders is open; users is open', lossWindows: [] });
  });

  test('an application without a database moves its traffic', async () => {
    const { conclusion, calls } = await run({ assess: () => ({ safe: true, recovered: false, reason: 'nothing to lose', approval: { needed: false, timeoutSeconds: 60, default: 'hold' }, databases: [] }) });
    expect(conclusion).toMatchObject({ outcome: 'Failed over', lossWindows: [] });
    expect(calls).not.toContain('fence');
  });
});

describe('people who think', () => {
  const afterwards = (seconds: number): Script => ({ ...approving(), approve: async (_payload, _call, clock) => { await clock.sleep(seconds * 1000); return { asked: true }; } });
  const yes = (token: string, to: { taskSuccess(token: string, output: unknown): void }): void => to.taskSuccess(token, { decision: 'approve', by: 'ana' });

  test('do not use up the time of the steps after them; the conclusion counts the whole', async () => {
    const { conclusion, payloads } = await run(afterwards(900), undefined, yes);
    const startedAt = (step: Step): readonly number[] => payloads.filter(([name]) => name === step).map(([, payload]) => payload.failover.startedAt as number);
    const [before = 0, after = 0] = startedAt('verify');
    expect(after - before).toBeGreaterThanOrEqual(900_000);
    for (const step of ['fence', 'promote', 'shift', 'confirm'] as const) expect(new Set(startedAt(step))).toEqual(new Set([after]));
    expect(conclusion.failover.startedAt).toBe(before);
  });

  test('are asked once, also when verification waits after their answer', async () => {
    const { calls } = await run({
      ...approving(), verify: (payload, call, clock) => (call === 2 ? { verdict: { ...(good.verify(payload, call, clock) as { verdict: object }).verdict, kind: 'undecided', final: false }, nextCheckAt: inSeconds(clock, 1) } : good.verify(payload, call, clock)),
    }, undefined, yes);
    expect(calls.filter((call) => call === 'approve')).toHaveLength(1);
    expect(calls.filter((call) => call === 'verify')).toHaveLength(3);
  });

  test('a throttle while they are asked is tried again, and their silence is not', async () => {
    const asked = await run({ ...approving(), approve: (_payload, call) => { if (call === 1) throw new TaskError('TryAgainError', 'throttled'); return { asked: true }; } }, undefined, yes);
    expect(asked.conclusion.outcome).toBe('Failed over');
    const silent = await run(approving());
    expect(silent.calls.filter((call) => call === 'approve')).toHaveLength(1);
    expect(silent.conclusion).toMatchObject({ outcome: 'Handed to a human', step: 'Approve failover' });
  });

  test('the answer came after the region had healed', async () => {
    const { conclusion, calls } = await run({ ...approving(), verify: (payload, call, clock) => (call > 1 ? { verdict: { ...(good.verify(payload, call, clock) as { verdict: object }).verdict, kind: 'healthy', final: true } } : good.verify(payload, call, clock)) }, undefined, yes);
    expect(conclusion).toMatchObject({ outcome: 'Stood down', epoch: 4 });
    expect(calls).not.toContain('fence');
  });
});

test('the longest promotion and the longest wait for records end before the execution does', async () => {
  const { seconds, conclusion } = await run({
    promote: (payload, call, clock) => (call <= 400 ? { promotion: 'waiting', reason: 'not yet', nextCheckAt: inSeconds(clock, 2) } : good.promote(payload, call, clock)),
    ...onlyReads((_payload, call, clock) => (call <= 100 ? { shift: 'waiting', reason: 'not yet', nextCheckAt: inSeconds(clock, 2) } : { shift: 'moved', reason: '' }), 'writes'),
  });
  expect(conclusion.outcome).toBe('Failed over');
  expect(seconds).toBeLessThan(7200);
});
