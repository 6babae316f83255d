// Scale check: is there room for both regions' load by now? Asked when users are served again, since AWS tells of missing instances and
// quotas only minutes after it took the order. It changes nothing; what is missing goes into the outcome, which pages.
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import type { ScaleInput, ScaleResult } from './scale.ts';
import { shortOf } from './sizing.ts';

export const room = (ports: Pick<Ports, 'capacity' | 'journal' | 'clock'>, plan: ApplicationPlan) =>
  async ({ failover, epoch }: ScaleInput): Promise<ScaleResult> => {
    const survivor = survivorOf(plan, failover.evacuated);
    const found = await Promise.allSettled(plan.capacity.map(async (capacity) => shortOf(capacity, survivor, await ports.capacity.read(capacity, survivor))));
    const short = found.flatMap((one, index) => {
      if (one.status === 'rejected') return [`${plan.capacity[index]?.name ?? ''} could not be counted: ${(one.reason as Error).message}`];
      return one.value === undefined ? [] : [one.value];
    }).join('; ');
    await note(ports, failover, epoch, short);
    return { scaled: [], ...(short === '' ? {} : { shortage: short }) };
  };

const note = (ports: Pick<Ports, 'journal' | 'clock'>, { execution, application }: Failover, epoch: number, short: string): Promise<void> => ports.journal.record({
  execution, application, at: ports.clock.now(), step: 'Scale check', kind: short === '' ? 'result' : 'page', epoch, summary: short === '' ? 'all that was asked for runs' : `too little room: ${short}`,
});
