// The real failover workflow with scripted steps: every path, every catch, every end. What goes into a step is held against its
// contract, so a typing error in the YAML is found here and not at night.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { State } from '../../asl/index.ts';
import { stepNames } from '../../resources/functions.ts';
import type { VirtualClock } from '../unit/asl/virtual-clock.ts';
import { approval, fails, good, inSeconds, machine, root, run, votes, type Script, type Step } from './scripted.ts';

describe('paths', () => {
  test('the good one: fence before promote before writes; both databases; one loss window each', async () => {
    const { result, calls, conclusion, states } = await run();
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'Failed over', epoch: 4 } });
    expect(states.at(-1)).toBe('Failed over');
    expect(conclusion).toMatchObject({ outcome: 'Failed over', step: 'Confirm service', lossWindows: [{ seconds: 2 }, { seconds: 2 }] });
    expect(calls.indexOf('fence')).toBeLessThan(calls.indexOf('promote'));
    expect(calls.indexOf('promote')).toBeLessThan(calls.indexOf('shift writes'));
    expect(calls.filter((call) => call === 'promote')).toHaveLength(2);
  });

  test.each<[string, Script, string, RegExp]>([
    ['healthy', { verify: () => ({ verdict: { kind: 'healthy', reason: '1 of 3', votes, final: true } }) }, 'Stood down', /1 of 3/],
    ['undecided to the end', { verify: (_p, call, clock) => ({ verdict: { kind: 'undecided', reason: `look ${call}`, votes, final: call > 3 }, ...(call > 3 ? {} : { nextCheckAt: inSeconds(clock, 1) }) }) }, 'Stood down', /look 4/],
    ['the lease is refused', { claim: () => ({ claimed: false, reason: 'paused', joined: false }) }, 'Stood down', /paused/],
    ['not safe', { assess: () => ({ safe: false, recovered: false, reason: 'RPO', approval, databases: [] }) }, 'Handed to a human', /RPO/],
    ['the fence is unproven', { fence: () => ({ fence: 'unproven', reason: 'nobody knows' }) }, 'Handed to a human', /nobody knows/],
    ['promotion is refused', { promote: () => ({ promotion: 'refused', reason: 'stuck' }) }, 'Handed to a human', /stuck/],
    ['the reads do not move', { shift: (p) => (p.what === 'reads' ? { shift: 'unseen', reason: 'not answered' } : { shift: 'moved', reason: '' }) }, 'Handed to a human', /not answered/],
    ['the service is not seen', { confirm: () => ({ service: 'unconfirmed', reason: 'nobody sees it' }) }, 'Handed to a human', /nobody sees it/],
  ])('%s', async (_name, script, outcome, reason) => {
    const { result, conclusion, states } = await run(script);
    expect(conclusion).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expect(states.at(-1)).toBe(outcome);
    expect(result.status).toBe(outcome === 'Handed to a human' ? 'FAILED' : 'SUCCEEDED');
  });

  test('waits for fence, promotion, records and service, and goes on', async () => {
    const later = (key: string, done: object) => (_p: unknown, call: number, clock: VirtualClock) => (call < 4 ? { [key]: 'waiting', reason: 'not yet', nextCheckAt: inSeconds(clock, 1) } : done);
    const { conclusion, seconds } = await run({
      assess: () => ({ safe: true, recovered: false, reason: '', approval, databases: [{ database: 'orders', ready: true, reason: '' }] }),
      fence: later('fence', { fence: 'fenced', proof: 'p' }), promote: later('promotion', good.promote(undefined, 0, undefined as never) as object), shift: later('shift', { shift: 'moved', reason: '' }), confirm: later('service', { service: 'confirmed', reason: '' }),
    });
    expect(conclusion.outcome).toBe('Failed over');
    expect(seconds).toBeGreaterThanOrEqual(9);
  });

  test('one stuck database does not hold up the other, and a person hears which', async () => {
    const { conclusion, calls } = await run({ promote: (p) => (p.database === 'users' ? { promotion: 'refused', reason: 'users: stuck' } : good.promote(p, 0, undefined as never)) });
    expect(conclusion).toMatchObject({ outcome: 'Handed to a human', step: 'Promote replica', reason: 'users: stuck', lossWindows: [{ seconds: 2 }] });
    expect(calls).toContain('shift writes');
  });

  test('scaling and telling never stop it; too little capacity is told', async () => {
    const { conclusion } = await run({ scale: fails('RefusedByAwsError', 'no capacity'), announce: fails('TryAgainError'), warm: fails('TryAgainError') });
    expect(conclusion).toMatchObject({ outcome: 'Failed over', reason: expect.stringContaining('no capacity') });
  });

  test('the second of two executions of one incident says nothing', async () => {
    const { calls, states } = await run({ claim: () => ({ claimed: false, reason: 'e2 holds the lease', joined: true }) });
    expect(states.at(-1)).toBe('Stood down');
    expect(calls).not.toContain('announce');
  });
});

describe('hooks', () => {
  const at = (...hooks: readonly { point: string; required: boolean }[]) => ({ assess: () => ({ ...good.assess(undefined, 0, undefined as never) as object, hooks }) });
  const all = (required: boolean) => ['before-fence', 'after-shift', 'after-failover'].map((point) => ({ point, required }));
  test('without any nothing is called; with some, each at its point', async () => {
    expect((await run()).calls).not.toContain('call');
    const { calls, payloads, conclusion } = await run(at(...all(false)));
    expect(payloads.filter(([step]) => step === 'call').map(([, { point }]) => point)).toEqual(['before-fence', 'after-shift', 'after-failover']);
    expect(calls.indexOf('call')).toBeLessThan(calls.indexOf('fence'));
    expect(conclusion.outcome).toBe('Failed over');
  });
  test.each([['say no', (() => ({ passed: true, reason: 'hook h said no' })), /hook h said no/], ['cannot be called', fails('RefusedByAwsError', 'denied'), /denied|not called/], ['hang', () => new Promise(() => undefined), /Timeout|not called/]])('those that %s are told and stop nothing', async (_, step, reason) => {
    const { conclusion } = await run({ ...at(...all(false)), call: step });
    expect(conclusion).toMatchObject({ outcome: 'Failed over', reason: expect.stringMatching(reason) });
  });
  test.each(['before-fence', 'after-shift', 'after-failover'])('a required one at %s that fails hands over; before the fence nothing is touched', async (point) => {
    for (const call of [() => ({ passed: false, reason: 'hook h (required) said no' }), fails('RefusedByAwsError', 'denied')]) {
      const { conclusion, calls } = await run({ ...at({ point, required: true }), call });
      expect(conclusion).toMatchObject({ outcome: 'Handed to a human', step: `Call hooks ${point.replace('-', ' ')}` });
      expect(calls.includes('fence')).toBe(point !== 'before-fence');
      expect(calls.includes('confirm')).toBe(point !== 'before-fence');
    }
  });
  test('before the fence they take time: what was seen before is looked at again, and they are not called again', async () => {
    const looks = [{ safe: true }, { safe: false, recovered: true, reason: 'us-east-1 is well again' }];
    const { calls, conclusion } = await run({ assess: () => ({ ...good.assess(undefined, 0, undefined as never) as object, hooks: all(false), ...looks.shift() }) });
    expect(calls.filter((step) => step === 'assess' || step === 'call' || step === 'fence')).toEqual(['assess', 'call', 'assess']);
    expect(conclusion.outcome).toBe('Stood down');
    const going = await run(at({ point: 'before-fence', required: false }));
    expect(going.calls.filter((step) => step === 'assess' || step === 'call')).toEqual(['assess', 'call', 'assess']);
    expect(going.conclusion.outcome).toBe('Failed over');
  });
  test('a person\'s word counts before the fence', async () => {
    const { conclusion, calls } = await run({ ...at(...all(false)), call: fails('StoppedByOperatorError', 'paused') });
    expect([conclusion.outcome, calls.includes('fence')]).toEqual(['Handed to a human', false]);
  });
});

describe('approval', () => {
  const needed = (by = 'hold') => ({ assess: () => ({ safe: true, recovered: false, reason: 'fit', approval: { needed: true, timeoutSeconds: 60, default: by }, databases: [{ database: 'orders', ready: true, reason: '' }] }) });
  test('a yes verifies again before anything is touched', async () => {
    const { calls, conclusion } = await run(needed(), undefined, (token, to) => to.taskSuccess(token, { decision: 'approve', by: 'ana' }));
    expect(conclusion.outcome).toBe('Failed over');
    expect(calls.slice(0, 7)).toEqual(['verify', 'claim', 'assess', 'approve', 'verify', 'claim', 'assess']);
  });
  test.each([['deny', 'hold', 'Handed to a human', /deny by ana/], ['nobody', 'hold', 'Handed to a human', /nobody answered within 60 s/], ['nobody', 'proceed', 'Failed over', /seen/]])('%s, the policy says %s: %s', async (answer, policy, outcome, reason) => {
    const { conclusion, calls } = await run(needed(policy), undefined, answer === 'nobody' ? undefined : (token, to) => to.taskSuccess(token, { decision: answer, by: 'ana' }));
    expect(conclusion).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expect(calls.includes('fence')).toBe(outcome === 'Failed over');
  });
});

describe('errors', () => {
  const STEP_STATES: Record<string, string> = { verify: 'Verify outage', claim: 'Claim lease', assess: 'Assess survivor', fence: 'Fence writer', promote: 'Promote replica', confirm: 'Confirm service' };
  test.each(Object.entries(STEP_STATES))('%s fails for good: a person gets the step and the words', async (step, state) => {
    const { conclusion, states } = await run({ [step]: fails('RefusedByAwsError', 'rds:PromoteReadReplica is not allowed') });
    expect(conclusion).toMatchObject({ outcome: 'Handed to a human', step: state, reason: expect.stringContaining('RefusedByAwsError: rds:PromoteReadReplica is not allowed') });
    expect(states.at(-1)).toBe('Handed to a human');
  });
  test.each(Object.keys(STEP_STATES))('%s fails three times and is tried again', async (step) => {
    const { conclusion } = await run({ [step]: (payload: unknown, call: number, clock: VirtualClock) => (call <= 3 ? fails('TryAgainError')() : good[step as Step](payload, call, clock)) });
    expect(conclusion.outcome).toBe('Failed over');
  });
  test('a step that hangs is given up and tried again, and the end is bounded', async () => {
    const { conclusion, seconds } = await run({ promote: () => new Promise(() => undefined) });
    expect(conclusion).toMatchObject({ outcome: 'Handed to a human', step: 'Promote replica' });
    expect(seconds).toBeLessThan(machine.timeoutSeconds ?? 0);
  });
  test('Conclude itself fails: still a named end', async () => {
    const { states, result } = await run({ conclude: fails('RefusedByAwsError') });
    expect([states.at(-1), result.status]).toEqual(['Handed to a human', 'FAILED']);
  });
  test.each([[{}], [null], [[]], ['text'], [{ application: 'shop' }], [{ application: { $evil: 1 }, region: 5 }]])('a malformed start %j ends by name and touches nothing', async (input) => {
    const { states, calls } = await run({ verify: good.verify }, input);
    expect(states.at(-1)).toBe('Handed to a human');
    expect(calls.filter((call) => !['verify', 'conclude'].includes(call))).toEqual([]);
  });
});

describe('the definition', () => {
  const all: (readonly [string, State])[] = [];
  const walk = (scope: { states: ReadonlyMap<string, State> }): void => scope.states.forEach((state, name) => {
    all.push([name, state]);
    if (state.type === 'Parallel') state.branches.forEach(walk);
    if (state.type === 'Map') walk(state.processor);
  });
  walk(machine);
  const tasks = all.filter(([, state]) => state.type === 'Task');

  test('each state says why it stands there', () => expect(all.filter(([, state]) => state.comment === '').map(([name]) => name)).toEqual([]));
  test('each task has a limit and a catch; all but those that may fail are tried again', () => {
    const lacking = tasks.filter(([, state]) => state.type === 'Task' && (state.timeoutSeconds === undefined || state.catch.length === 0)).map(([name]) => name);
    expect(lacking).toEqual([]);
    const once = tasks.filter(([, state]) => state.type === 'Task' && state.retry.length === 0).map(([name]) => name);
    // Telling, warming and counting must not hold up anything.
    expect(once.sort()).toEqual(['Announce failover', 'Announce outcome', 'Scale check', 'Warm survivor']);
  });
  test('the first word of a task is a folder, and each folder is used or is an agent', () => {
    const first = [...new Set(tasks.map(([name]) => name.split(' ')[0]!.toLowerCase()))].sort();
    const drill = Object.entries((parse(readFileSync(join(root, 'statemachines', 'drill.asl.yaml'), 'utf8')) as { readonly States: Readonly<Record<string, { readonly Type: string }>> }).States);
    // `Load` and `Unload` are functions of the application's owners.
    const drilled = drill.filter(([name, { Type }]) => Type === 'Task' && !/^(Load|Unload) /.test(name)).map(([name]) => name.split(' ')[0]!.toLowerCase());
    const others = ['failback', 'evacuate'].flatMap((name) => [...readFileSync(join(root, 'statemachines', `${name}.asl.yaml`), 'utf8').matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, found]) => found!.toLowerCase()));
    expect([...new Set([...first, ...drilled, ...others])].sort()).toEqual([...stepNames()].sort());
  });
});
