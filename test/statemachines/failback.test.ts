// The real failback workflow with scripted steps: its paths, its refusals and its ends. What goes into a step and what comes out is held
// against the step's contract.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execute, loadYaml, type State } from '../../asl/index.ts';
import * as contract from '../../events/contracts.ts';
import { holdInput, holdOutput } from '../../events/contracts-drill.ts';
import * as failback from '../../events/contracts-failback.ts';
import { VirtualClock } from '../unit/asl/virtual-clock.ts';
import { fails, root } from './scripted.ts';

const contracts = {
  survey: [failback.surveyInput, failback.surveyOutput], compare: [failback.compareInput, failback.compareOutput], rebuild: [failback.rebuildInput, failback.rebuildOutput], hold: [holdInput, holdOutput],
  claim: [contract.claimInput, contract.claimOutput], call: [contract.callInput, contract.callOutput], scale: [contract.scaleInput, contract.scaleOutput], shift: [contract.shiftInput, contract.shiftOutput],
  fence: [contract.fenceInput, contract.fenceOutput], promote: [contract.promoteInput, contract.promoteOutput], warm: [contract.warmInput, contract.warmOutput], confirm: [contract.confirmInput, contract.confirmOutput],
  conclude: [contract.concludeInput, contract.concludeOutput], announce: [contract.announceInput, contract.announceOutput],
} as const;
type Step = keyof typeof contracts;
/** Steps of a switchover drill (test/unit/drills.test.ts); a failback that called one would fail here. */
const ONLY_DRILLS = ['prepare', 'settle'];
const machine = loadYaml(readFileSync(join(root, 'statemachines', 'failback.asl.yaml'), 'utf8'), Object.fromEntries([...Object.keys(contracts), ...ONLY_DRILLS].map((name) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn`, name])));

const of = (evacuated: string) => ({ application: 'shop', execution: 'f1', evacuated, incident: 'failback-f1', mode: 'failback', startedAt: 1 });
const surveyed = { survey: 'go', reason: 'it goes home', home: 'eu-west-1', rebuild: of('eu-west-1'), move: of('eu-central-1'), writerMoves: true, resumes: false, databases: ['orders'], scaled: { home: [], other: [] } };
type Script = Partial<Record<Step, (payload: any, call: number) => unknown>>;
const good: Required<Script> = {
  survey: () => surveyed, claim: () => ({ claimed: true, epoch: 9, reason: 'epoch 9' }), call: () => ({ passed: true, reason: '' }), compare: () => ({ compared: 'same', proceed: true, lost: 0, reason: 'the same' }),
  rebuild: () => ({ rebuild: 'done', reason: 'streams' }), hold: () => ({ hold: 'held', reason: 'well' }), scale: () => ({ scaled: [] }), shift: (p) => (p.what === 'ramp' ? { shift: 'moved', reason: 'moved', more: false } : { shift: 'moved', reason: 'moved' }),
  fence: () => ({ fence: 'fenced', proof: 'lapsed' }), promote: () => ({ promotion: 'writable', reason: 'wrote', lossWindow: { from: 1, to: 1, seconds: 0 } }), warm: () => ({ fetched: 1, failed: 0 }), confirm: () => ({ service: 'confirmed', reason: 'seen' }),
  conclude: (p) => ({ outcome: p.outcome, step: p.step, reason: p.reason, seconds: 1, runbook: 'docs/runbook.md#x' }), announce: () => ({ announced: true, detail: '' }),
};

async function run(script: Script = {}) {
  const clock = new VirtualClock();
  const calls: string[] = [];
  let conclusion: any;
  const execution = execute(machine, {
    input: { application: 'shop', requestedBy: 'ana' }, name: 'f1', executionArn: 'arn:f1', stateMachineArn: 'arn:m', stateMachineName: 'hotshift-failback', clock, random: () => 0.5,
    tasks: { run: async ({ arguments: given, stateName }) => {
      const { FunctionName: step, Payload: payload } = given as { FunctionName: Step; Payload: any };
      calls.push(step === 'shift' ? `shift ${payload.what === 'ramp' ? payload.towards : payload.what}` : step);
      const fits = contracts[step][0].safeParse(payload);
      if (!fits.success) throw new Error(`${stateName}: ${fits.error.message}`);
      if (step === 'conclude') conclusion = payload;
      return { StatusCode: 200, Payload: contracts[step][1].parse(await (script[step] ?? good[step])(payload, calls.filter((name) => name.startsWith(step)).length)) };
    } },
  });
  const result = await clock.settle(execution.result);
  const states = execution.history.flatMap((event) => ((event as { stateEnteredEventDetails?: { name: string } }).stateEnteredEventDetails?.name ?? []));
  return { calls, conclusion, end: states.at(-1), status: result.status, states };
}

test('the whole way: compared before anything is touched, rebuilt before users, fenced before promoted, warmed after the writes', async () => {
  const { calls, end, conclusion } = await run();
  expect([end, conclusion.outcome]).toEqual(['Failed back', 'Failed back']);
  const order = ['survey', 'claim', 'compare', 'rebuild', 'scale', 'shift both', 'shift survivor', 'fence', 'promote', 'shift writes', 'warm', 'confirm', 'conclude', 'announce'].map((name) => calls.indexOf(name));
  expect(order.every((at, index) => at > (order[index - 1] ?? -1))).toBe(true);
  expect(calls.filter((name) => name === 'rebuild')).toHaveLength(2);
});
test.each<[string, Script, string, RegExp, string[]]>([
  ['the survey refuses: not even a lease is claimed', { survey: () => ({ ...surveyed, survey: 'refused', reason: 'not acknowledged' }) }, 'Stood down', /not acknowledged/, ['claim', 'compare', 'rebuild']],
  ['the lease is refused', { claim: () => ({ claimed: false, reason: 'paused', joined: false }) }, 'Stood down', /paused/, ['compare', 'rebuild']],
  ['writes were lost and nobody has accepted that', { compare: () => ({ compared: 'lost', proceed: false, lost: 3, reason: '3 lost' }) }, 'Stood down', /3 lost/, ['rebuild', 'fence']],
  ['a replica cannot be made', { rebuild: () => ({ rebuild: 'refused', reason: 'no subnet' }) }, 'Handed to a human', /no subnet/, ['shift survivor', 'fence']],
  ['a failover takes the lease while it is rebuilt', { rebuild: fails('LeaseLostError', 'epoch 10') }, 'Failback yielded', /epoch 10/, ['fence']],
  ['a guard trips on the way home: users go back to the writer', { hold: (p) => (p.phase === 'step' ? { hold: 'tripped', reason: 'slow' } : { hold: 'held', reason: '' }) }, 'Handed to a human', /slow/, ['fence', 'promote']],
  ['the fence is unproven', { fence: () => ({ fence: 'unproven', reason: 'nobody knows' }) }, 'Handed to a human', /nobody knows/, ['promote', 'shift writes']],
  ['the replica lacks something', { promote: () => ({ promotion: 'refused', reason: 'not caught up' }) }, 'Handed to a human', /not caught up/, ['shift writes']],
  ['the lease is lost in the switchover', { promote: fails('LeaseLostError', 'taken over') }, 'Failback yielded', /taken over/, ['shift writes']],
  ['nobody sees it write at home', { confirm: () => ({ service: 'unconfirmed', reason: 'not seen' }) }, 'Handed to a human', /not seen/, []],
  ['a person stops it', { shift: fails('StoppedByOperatorError', 'paused by ben') }, 'Handed to a human', /paused by ben/, ['fence']],
])('%s', async (_, script, outcome, reason, untouched) => {
  const { conclusion, end, calls } = await run(script);
  expect(conclusion).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
  expect(end).toBe(outcome);
  expect(untouched.filter((name) => calls.includes(name))).toEqual([]);
});
test('what ended in the middle of the switchover goes on there', async () => {
  const { calls, end } = await run({ survey: () => ({ ...surveyed, resumes: true }) });
  expect(end).toBe('Failed back');
  expect(calls.slice(0, 4)).toEqual(['survey', 'claim', 'claim', 'fence']);
});
test('a writer that stays: the pair is made whole, and nothing is fenced', async () => {
  const { calls, end } = await run({ survey: () => ({ ...surveyed, writerMoves: false }) });
  expect(end).toBe('Failed back');
  expect(calls.filter((name) => ['fence', 'promote', 'shift writes', 'shift survivor'].includes(name))).toEqual([]);
});

describe('hooks and the application', () => {
  const at = (required: boolean) => ({ survey: () => ({ ...surveyed, hooks: ['before-failback', 'after-failback'].map((point) => ({ point, required })) }) });
  test('without any nothing is called; optional ones that fail are told', async () => {
    expect((await run()).calls).not.toContain('call');
    const { conclusion, calls } = await run({ ...at(false), call: () => ({ passed: true, reason: 'hook h said no' }) });
    expect(conclusion).toMatchObject({ outcome: 'Failed back', reason: expect.stringContaining('hook h said no') });
    expect(calls.filter((name) => name === 'call')).toHaveLength(2);
  });
  test('a required one says no before anything is touched, or owes something at the end', async () => {
    const before = await run({ ...at(true), call: () => ({ passed: false, reason: 'no' }) });
    expect([before.end, before.calls.includes('compare')]).toEqual(['Stood down', false]);
    for (const last of [() => ({ passed: false, reason: 'no' }), fails('RefusedByAwsError', 'denied')]) {
      const { conclusion, end } = await run({ ...at(true), call: ({ point }) => (point === 'before-failback' ? { passed: true, reason: '' } : last()) });
      expect([conclusion.step, end]).toEqual(['Call hooks after failback', 'Handed to a human']);
    }
  });
  test('an application that cannot be told is told about', async () => {
    expect((await run({ warm: fails('TryAgainError', 'no topic') })).conclusion).toMatchObject({ outcome: 'Failed back', reason: expect.stringContaining('was not told') });
    expect((await run({ warm: () => ({ fetched: 0, failed: 0, remark: 'NotFound' }) })).conclusion.reason).toContain('NotFound');
  });
});

test('Conclude itself fails: still a named end', async () => { expect((await run({ conclude: fails('RefusedByAwsError') })).end).toBe('Handed to a human'); });
test('each task has a limit and a catch, but those whose branch is caught around it', () => {
  const lacking: string[] = [];
  const walk = (scope: { states: ReadonlyMap<string, State> }, caught: boolean): void => scope.states.forEach((state, name) => {
    if (state.type === 'Task' && (state.timeoutSeconds === undefined || (state.catch.length === 0 && !caught))) lacking.push(name);
    if (state.type === 'Map') walk(state.processor, state.catch.length > 0);
  });
  walk(machine, false);
  expect(lacking).toEqual([]);
});
