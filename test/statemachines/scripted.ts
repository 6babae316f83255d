// The failover workflow as it is deployed, with scripted steps on a virtual clock. What goes into a step and what comes out is held
// against the step's contract.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, loadYaml, TaskError, type ExecutionResult } from '../../asl/index.ts';
import * as contract from '../../events/contracts.ts';
import { VirtualClock } from '../unit/asl/virtual-clock.ts';

export const root = join(import.meta.dirname, '..', '..');
export const yaml = readFileSync(join(root, 'statemachines', 'failover.asl.yaml'), 'utf8');
const STEPS = ['verify', 'claim', 'assess', 'approve', 'call', 'fence', 'promote', 'shift', 'scale', 'warm', 'confirm', 'conclude', 'announce'] as const;
export type Step = (typeof STEPS)[number];
export const machine = loadYaml(yaml, Object.fromEntries(STEPS.map((name) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn`, name])));
const inputs = { verify: contract.verifyInput, claim: contract.claimInput, assess: contract.assessInput, approve: contract.approveInput, call: contract.callInput, fence: contract.fenceInput, promote: contract.promoteInput, shift: contract.shiftInput, scale: contract.scaleInput, warm: contract.warmInput, confirm: contract.confirmInput, conclude: contract.concludeInput, announce: contract.announceInput };
const outputs = { verify: contract.verifyOutput, claim: contract.claimOutput, assess: contract.assessOutput, approve: contract.approveOutput, call: contract.callOutput, fence: contract.fenceOutput, promote: contract.promoteOutput, shift: contract.shiftOutput, scale: contract.scaleOutput, warm: contract.warmOutput, confirm: contract.confirmOutput, conclude: contract.concludeOutput, announce: contract.announceOutput };

export const votes = { down: 2, healthy: 0, abstained: 0, silent: 1, needed: 2, of: 3 };
export const approval = { needed: false, timeoutSeconds: 60, default: 'hold' };
export type Script = Partial<Record<Step, (payload: any, call: number, clock: VirtualClock) => unknown>>;
export const good: Required<Script> = {
  verify: () => ({ verdict: { kind: 'down', reason: '2 of 3', votes, final: true } }),
  claim: () => ({ claimed: true, epoch: 4, reason: 'epoch 4' }),
  assess: () => ({ safe: true, recovered: false, reason: 'fit', approval, databases: [{ database: 'orders', ready: true, reason: '' }, { database: 'users', ready: true, reason: '' }] }),
  approve: () => ({ asked: true }),
  call: () => ({ passed: true, reason: '' }),
  fence: () => ({ fence: 'fenced', proof: 'lapsed' }),
  promote: () => ({ promotion: 'writable', reason: 'wrote', lossWindow: { from: 1000, to: 3000, seconds: 2 } }),
  shift: () => ({ shift: 'moved', reason: 'moved' }),
  scale: () => ({ scaled: [] }), warm: () => ({ fetched: 1, failed: 0 }),
  confirm: () => ({ service: 'confirmed', reason: 'seen' }),
  conclude: (payload) => ({ outcome: payload.outcome, step: payload.step, reason: payload.reason, seconds: 1, runbook: 'docs/runbook.md#x', ...(payload.epoch === undefined ? {} : { epoch: payload.epoch }) }),
  announce: () => ({ announced: true, detail: '' }),
};

export interface Ran { readonly result: ExecutionResult; readonly calls: readonly string[]; readonly payloads: readonly (readonly [step: Step, payload: any])[]; readonly conclusion: any; readonly states: readonly string[]; readonly seconds: number }
export async function run(script: Script = {}, input: unknown = { application: 'shop', region: 'us-east-1', incident: 'i', vantagePoint: 'us-west-2', since: 1, reason: 'r' }, answer?: (token: string, to: { taskSuccess(token: string, output: unknown): void }) => void): Promise<Ran> {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const calls: string[] = [];
  const payloads: [Step, any][] = [];
  let conclusion: unknown;
  const execution = execute(machine, {
    input, name: 'e1', executionArn: 'arn:e1', stateMachineArn: 'arn:m', stateMachineName: 'hotshift-failover', clock, random: () => 0.5,
    tasks: { run: async ({ arguments: given, stateName, taskToken }) => {
      const { FunctionName: step, Payload: payload } = given as { FunctionName: Step; Payload: unknown };
      calls.push(step === 'shift' ? `shift ${(payload as { what: string }).what}` : step);
      payloads.push([step, payload]);
      if (step === 'conclude') conclusion = payload;
      const fits = inputs[step].safeParse(payload);
      if (!fits.success && script.verify === undefined) throw new Error(`${stateName}: ${fits.error.message}`);
      if (!fits.success) throw new TaskError('InvalidInputError', JSON.stringify({ errorType: 'InvalidInputError', errorMessage: 'the input does not fit' }));
      const output = await (script[step] ?? good[step])(payload, calls.filter((name) => name.startsWith(step)).length, clock);
      if (taskToken !== undefined) answer?.(taskToken, execution);
      return { StatusCode: 200, Payload: outputs[step].parse(output) };
    } },
  });
  const result = await clock.settle(execution.result);
  const states = execution.history.flatMap((event) => ((event as { stateEnteredEventDetails?: { name: string } }).stateEnteredEventDetails?.name ?? []));
  return { result, calls, payloads, conclusion, states, seconds: (clock.now() - startedAt) / 1000 };
}
export const fails = (error: string, message = 'why') => (): never => {
  throw new TaskError(error, JSON.stringify({ errorType: error, errorMessage: message, trace: [] }));
};
export const inSeconds = (clock: VirtualClock, seconds: number): string => new Date(clock.now() + seconds * 1000).toISOString();
