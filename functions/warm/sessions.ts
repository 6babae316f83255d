// Tells the application that the writer has moved: the parameter that its servers read, then the topic that they are subscribed to. In a
// failover in the survivor alone, since nothing is asked of a region that is out (I18); in a failback in both.
import { holdLease } from '../../domain/authority.ts';
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import type { EpochNotice, SessionPlan } from '../../domain/sessions.ts';
import { replacing, textOf } from './notice.ts';

type SessionPorts = Pick<Ports, 'sessions' | 'leases' | 'journal' | 'clock'>;

/** What was not done, in words; empty when all was. A lost lease and a person's word are thrown: then nothing may be changed. */
export async function tellSessions(ports: SessionPorts, plan: ApplicationPlan, failover: Failover, epoch: number): Promise<string> {
  const { sessions } = plan;
  if (sessions === undefined || (sessions.parameterName === undefined && Object.keys(sessions.topicArns).length === 0)) return '';
  const survivor = survivorOf(plan, failover.evacuated);
  const isBack = failover.mode === 'failback';
  // After a failback both regions serve: nobody is pinned anywhere but where they belong.
  const notice: EpochNotice = { application: plan.application, epoch, writer: survivor, pins: isBack ? {} : { [failover.evacuated]: survivor } };
  const regions = isBack ? plan.regions : [survivor];
  await holdLease(ports, failover, epoch, plan.lease);
  const done = await Promise.allSettled(regions.flatMap((region) => [written(ports, sessions, region, notice), told(ports, sessions, region, notice)]));
  const failed = done.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : [])).join('; ');
  const summary = failed === '' ? `epoch ${epoch}, writer ${survivor}: the application knows in ${regions.join(' and ')}` : `the application was not told everything: ${failed}`;
  await ports.journal.record({ execution: failover.execution, application: plan.application, at: ports.clock.now(), step: 'Warm survivor', kind: 'result', epoch, summary, evidence: { notice } });
  return failed;
}

async function written({ sessions: port }: SessionPorts, { parameterName }: SessionPlan, region: Region, notice: EpochNotice): Promise<void> {
  if (parameterName === undefined) return;
  if (replacing(await port.read(parameterName, region), notice) === 'write') await port.write(parameterName, region, textOf(notice));
}

/** Told again when the step is repeated: to forget a cache twice is to forget it once. */
async function told({ sessions: port }: SessionPorts, { topicArns }: SessionPlan, region: Region, notice: EpochNotice): Promise<void> {
  const topic = topicArns[region];
  if (topic !== undefined) await port.tell(topic, region, notice);
}
