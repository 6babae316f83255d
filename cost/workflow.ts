// What one failover takes: the deployed state machine is run with steps that answer as in a good failover, and its transitions and
// calls are counted. Nothing is estimated that the workflow itself can say.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, loadYaml } from '../asl/index.ts';
import type { ApplicationPlan } from '../domain/plan.ts';
import type { Assumptions } from './assumptions.ts';
import { PassingTime } from './passing.ts';

export interface FailoverUse {
  /** States that were entered: what Step Functions charges. Retries would add to them; a good failover has none. */
  readonly transitions: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly seconds: number;
}

type Payload = Readonly<Record<string, unknown>>;
type Limits = Pick<Assumptions['hotshift'], 'promotion' | 'records'>;

const FILE = join(import.meta.dirname, '..', 'statemachines', 'failover.asl.yaml');

export async function failoverUse(plan: ApplicationPlan, limits: Limits): Promise<FailoverUse> {
  const time = new PassingTime();
  const startedAt = time.now();
  const calls: Record<string, number> = {};
  const answer = answers(plan, limits, time);
  const text = readFileSync(FILE, 'utf8');
  const names = [...text.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, name = '']) => name);
  const execution = execute(loadYaml(text, Object.fromEntries(names.map((name) => [`${name}FunctionArn`, name.toLowerCase()]))), {
    input: { application: plan.application, region: plan.regions[0], incident: 'counted' }, name: 'counted', executionArn: 'arn:aws:states:us-east-1:111122223333:execution:counted:counted',
    stateMachineArn: 'counted', stateMachineName: 'counted', clock: time, random: () => 0.5,
    tasks: { run: async ({ arguments: given }) => {
      const { FunctionName: step, Payload: payload } = given as { readonly FunctionName: string; readonly Payload: Payload };
      calls[step] = (calls[step] ?? 0) + 1;
      return { StatusCode: 200, Payload: answer(step, payload) };
    } },
  });
  const result = await time.until(execution.result);
  if (result.status !== 'SUCCEEDED') throw new Error(`the workflow did not end well while it was counted: ${result.error}: ${result.cause}`);
  return { transitions: execution.history.filter(({ type }) => type.endsWith('StateEntered')).length, calls, seconds: (time.now() - startedAt) / 1000 };
}

/** The answers of a good failover: a verdict at once, a fence that waits for permits to lapse, a promotion that takes its time. */
function answers(plan: ApplicationPlan, limits: Limits, time: PassingTime): (step: string, payload: Payload) => unknown {
  const begun = new Map<string, number>();
  const waits = (name: string, seconds: number, everySeconds: number): { readonly nextCheckAt: string } | undefined => {
    const since = begun.get(name) ?? time.now();
    begun.set(name, since);
    const leftSeconds = seconds - (time.now() - since) / 1000;
    return leftSeconds <= 0 ? undefined : { nextCheckAt: new Date(time.now() + Math.min(everySeconds, leftSeconds) * 1000).toISOString() };
  };
  const lapse = plan.permit.ttlSeconds + plan.permit.clockErrorSeconds;
  const round = plan.detection.probeIntervalSeconds;
  const made: Readonly<Record<string, (payload: Payload) => unknown>> = {
    verify: () => ({ verdict: { kind: 'down', reason: '2 of 3', final: true } }),
    claim: () => ({ claimed: true, epoch: 1, joined: false, reason: 'granted' }),
    assess: () => ({ safe: true, recovered: false, reason: 'fit', approval: { needed: plan.policy.approval === 'required', timeoutSeconds: 60, default: 'proceed' }, databases: plan.databases.map(({ name }) => ({ database: name, ready: true, reason: '' })) }),
    fence: ({ database }) => { const wait = waits(`fence ${String(database)}`, lapse, lapse); return wait === undefined ? { fence: 'fenced', proof: 'lapsed' } : { fence: 'waiting', reason: '', ...wait }; },
    promote: ({ database }) => { const wait = waits(`promote ${String(database)}`, limits.promotion, plan.databases.find(({ name }) => name === database)?.pollSeconds ?? 2); return wait === undefined ? { promotion: 'writable', reason: '', lossWindow: { from: 0, to: 0, seconds: 0 } } : { promotion: 'waiting', reason: '', ...wait }; },
    // `shift` looks every half second or so at first, then every few seconds; 2 s lies between.
    shift: ({ what, database }) => { const wait = waits(`shift ${String(what)} ${String(database)}`, limits.records, 2); return wait === undefined ? { shift: 'moved', reason: '' } : { shift: 'waiting', reason: '', ...wait }; },
    confirm: () => { const wait = waits('confirm', round, round / 2); return wait === undefined ? { service: 'confirmed', reason: '' } : { service: 'waiting', reason: '', ...wait }; },
    conclude: (payload) => ({ outcome: payload['outcome'], step: payload['step'], reason: '', seconds: 1, runbook: '' }),
  };
  return (step, payload) => (made[step] ?? (() => ({})))(payload);
}
