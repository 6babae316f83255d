// A pressed button: the answer is given, and the incident's card says who decided. A card that cannot be changed now waits in the
// outbox; the decision stands all the same.
import { giveAnswer } from '../../domain/answering.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Announcement } from '../../domain/ports.ts';
import type { Authorisation } from './authorisation.ts';
import { notAllowed, told } from './decision.ts';
import type { HearPorts } from './hear.ts';
import type { Press } from './request.ts';

export async function answerQuestion(ports: HearPorts, person: Exclude<Authorisation, { readonly kind: 'stranger' }>, press: Press): Promise<void> {
  const { plan } = person;
  const { incident = press.execution } = await ports.leases.read(plan.application);
  if (person.kind === 'refused') return tell(ports, plan, notAllowed(plan, press, person.reason, incident));
  const { application, execution, epoch, word } = press;
  const given = await giveAnswer(ports, plan, { application, execution, epoch, word, by: person.by, at: ports.clock.now() }, ' (Slack)');
  await tell(ports, plan, told(given, press, person.by, incident));
}

/** Once: somebody who presses ten times is told of once. */
async function tell(ports: HearPorts, plan: ApplicationPlan, announcement: Announcement): Promise<void> {
  if (await ports.announcements.wasSent(plan.application, announcement.key)) return;
  await ports.announcements.markSent(plan.application, announcement.key, ports.clock.now());
  // The messenger keeps what could not be told in the outbox; the journal has the decision itself.
  await ports.messenger.send(plan, announcement).catch(() => undefined);
}
