// Fence writer: withdraw every write permit, order the old region to close its database, and read back whether that is proven.
// Never calls the evacuated region: the order lies in the shared table and the agent there carries it out, now or on its return.
import { holdLease } from '../../domain/authority.ts';
import { LeaseLostError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { FenceIntent } from '../../domain/lease.ts';
import type { Ports } from '../../domain/ports.ts';
import { fencing, type Fencing } from './fencing.ts';

type FencePorts = Pick<Ports, 'permits' | 'intents' | 'leases' | 'journal' | 'clock'>;
export interface FenceInput { readonly failover: Failover; readonly epoch: number; readonly database: string }
export type FenceResult =
  | { readonly fence: 'fenced'; readonly proof: string }
  | { readonly fence: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly fence: 'unproven'; readonly reason: string };

export const fence = (ports: FencePorts, plan: ApplicationPlan) =>
  async (input: FenceInput): Promise<FenceResult> => {
    const { failover, epoch, database } = input;
    await holdLease(ports, failover, epoch, plan.lease);
    const current = await ports.permits.read(failover.application, database);
    if (current !== undefined && current.writer !== failover.evacuated) {
      // Withdrawing the permits of a writer that stays would itself be the outage.
      const found = { kind: 'fenced', proof: `the writer of ${database} is in ${current.writer}: nothing to fence in ${failover.evacuated}` } as const;
      await journal(ports, input, found);
      return answer(found, plan);
    }
    const intent = await order(ports, input);
    const [permit, written] = await Promise.all([
      ports.permits.read(failover.application, database),
      ports.intents.read(failover.application, database, failover.evacuated),
    ]);
    const now = ports.clock.now();
    const found = fencing(permit, written ?? intent, plan, now, (written ?? intent).recordedAt);
    if (found.kind !== 'wait') await journal(ports, input, found);
    return answer(found, plan);
  };

/** Writes the order once per epoch: withdrawal first, since it stops every new write; then the intent for the old region. */
async function order(ports: FencePorts, { failover, epoch, database }: FenceInput): Promise<FenceIntent> {
  const existing = await ports.intents.read(failover.application, database, failover.evacuated);
  if (existing !== undefined && existing.epoch === epoch) return existing;
  const now = ports.clock.now();
  await ports.journal.record({
    execution: failover.execution, application: failover.application, at: now, step: 'Fence writer', kind: 'intent', epoch,
    summary: `withdraw all write permits of ${database} and fence it in ${failover.evacuated}`,
  });
  const withdrawn = await ports.permits.withdraw(failover.application, database, epoch, now);
  // Taken after the withdrawal was acknowledged: whatever was renewed was renewed before this moment.
  const recordedAt = ports.clock.now();
  const intent: FenceIntent = { application: failover.application, database, region: failover.evacuated, epoch, recordedAt, execution: failover.execution, ...earlierOf(existing), ...rulesOf(existing) };
  if (!withdrawn || !(await ports.intents.record(intent))) {
    throw new LeaseLostError(`a newer epoch than ${epoch} already stands for ${database}`);
  }
  return intent;
}

/** An order that still stands was given by an execution that did not end its work. Ten are more than anybody will look through. */
function earlierOf(existing: FenceIntent | undefined): Pick<FenceIntent, 'earlier'> {
  if (existing === undefined || existing.liftedAt !== undefined) return {};
  return { earlier: [...(existing.earlier ?? []), existing.execution].slice(-10) };
}

/** What was revoked under the order before and is not put back yet would be forgotten with it. */
function rulesOf(existing: FenceIntent | undefined): Pick<FenceIntent, 'rules'> {
  const rules = existing?.enforced?.reopened === true ? undefined : existing?.enforced?.rules ?? existing?.rules;
  return rules === undefined ? {} : { rules };
}

async function journal(ports: FencePorts, { failover, epoch, database }: FenceInput, found: Fencing): Promise<void> {
  const fenced = found.kind === 'fenced';
  const text = found.kind === 'fenced' ? found.proof : found.reason;
  await ports.journal.record({
    execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Fence writer', kind: 'gate', epoch,
    summary: `${database}: ${found.kind}: ${text}`,
    gates: [{ gate: `${database}: fence`, passed: fenced, value: text, threshold: 'every permit lapsed or surrendered, or the network read back as closed' }],
  });
}

function answer(found: Fencing, plan: ApplicationPlan): FenceResult {
  if (found.kind === 'fenced') return { fence: 'fenced', proof: found.proof };
  if (found.kind === 'wait') return { fence: 'waiting', reason: found.reason, nextCheckAt: new Date(found.until).toISOString() };
  if (plan.policy.unprovenFence === 'proceed') return { fence: 'fenced', proof: `UNPROVEN, but the policy names that it may proceed: ${found.reason}` };
  return { fence: 'unproven', reason: found.reason };
}
