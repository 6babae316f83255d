// Sends what waits in the outbox. The agents of both regions do this: whoever takes a message has it until its next turn. A way that
// fails is left alone for this round: what waits behind would only fail as well.
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Clock, Delivery, Outbox, Undelivered } from '../../domain/ports.ts';
import { turn } from './delivery.ts';

export interface DeliverPorts { readonly outbox: Outbox; readonly delivery: Delivery; readonly clock: Pick<Clock, 'now'> }

/** How many were sent. */
export async function deliver({ outbox, delivery, clock }: DeliverPorts, plan: ApplicationPlan): Promise<number> {
  let sent = 0;
  const broken = new Set<Undelivered['way']>();
  for (const waiting of await outbox.due(plan.application, clock.now())) {
    if (broken.has(waiting.way)) continue;
    const next = turn(waiting, clock.now());
    if (next.kind === 'give up') {
      await outbox.close(waiting, clock.now(), next.reason);
      continue;
    }
    if (!(await outbox.take(waiting, next.nextAt))) continue;
    try {
      await delivery.deliver(plan, waiting.way, waiting.announcement);
    } catch (error) {
      // It is due again at its next turn, until it is given up.
      broken.add(waiting.way);
      if ((error as Error).name !== 'TryAgainError') await outbox.close(waiting, clock.now(), String(error));
      continue;
    }
    await outbox.close(waiting, clock.now(), 'sent');
    sent += 1;
  }
  return sent;
}
