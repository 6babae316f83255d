// Call hooks: the owners' own functions at one point, all at once and each bounded. What they do is theirs; that they were called, and
// what they said, is journaled. Called again, it does not call them again when their answers are in the journal.
import { holdLease } from '../../domain/authority.ts';
import type { HookPlan, HookPoint } from '../../domain/hooks.ts';
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { answered, called, silent, type Called, type HookResult } from './answer.ts';

export interface CallInput { readonly failover: Failover; readonly epoch: number; readonly point: HookPoint }
type CallPorts = Pick<Ports, 'hooks' | 'leases' | 'journal' | 'clock'>;

export const call = (ports: CallPorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, point }: CallInput): Promise<Called> => {
    const hooks = (plan.hooks ?? []).filter((hook) => hook.point === point);
    const before = (await ports.journal.list(failover.execution)).find(({ step, kind, evidence }) => step === 'Call hooks' && kind !== 'intent' && (evidence as Told | undefined)?.point === point);
    if (before !== undefined) return called((before.evidence as Told).results);
    // Somebody else's failover is not announced to anybody under our epoch.
    await holdLease(ports, failover, epoch, plan.lease);
    const entry = { execution: failover.execution, application: failover.application, step: 'Call hooks', epoch };
    await ports.journal.record({ ...entry, at: ports.clock.now(), kind: 'intent', summary: `${point}: ${hooks.map(({ name }) => name).join(', ')}`, evidence: { point } });
    const survivor = survivorOf(plan, failover.evacuated);
    const results = await Promise.all(hooks.map((hook) => one(ports, hook, survivor, failover, epoch)));
    const found = called(results);
    const told: Told = { point, results };
    await ports.journal.record({ ...entry, at: ports.clock.now(), kind: found.reason === '' ? 'result' : 'page', summary: found.reason === '' ? `${point}: all did it` : `${point}: ${found.reason}`, evidence: told });
    return found;
  };

interface Told { readonly point: HookPoint; readonly results: readonly HookResult[] }

/** A failure of a hook is a result, not a failure of this step: repeating the others for its sake would call them twice. */
async function one({ hooks }: CallPorts, hook: HookPlan, survivor: Region, { application, execution, incident, mode, evacuated }: Failover, epoch: number): Promise<HookResult> {
  const functionArn = hook.functionArns[survivor];
  if (functionArn === undefined) return silent(hook, new Error(`has no function in ${survivor}`));
  try {
    return answered(hook, await hooks.call(functionArn, { application, execution, incident, mode, epoch, point: hook.point, hook: hook.name, evacuated, survivor }, hook.timeoutSeconds));
  } catch (error) {
    return silent(hook, error);
  }
}
