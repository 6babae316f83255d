// Announce: tell people, once. A messenger that is down is journaled and reported, and never stops or delays a failover.
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { drillMessage, type DrillInput } from './drill-message.ts';
import { message, type AnnounceInput } from './message.ts';

type AnnouncePorts = Pick<Ports, 'messenger' | 'announcements' | 'journal' | 'clock'>;
export interface AnnounceResult { readonly announced: boolean; readonly detail: string }

export const announce = ({ messenger, announcements, journal, clock }: AnnouncePorts, plan: ApplicationPlan) =>
  async (input: AnnounceInput | DrillInput): Promise<AnnounceResult> => {
    const { failover } = input;
    const announcement = input.moment === 'drilling' || input.moment === 'drilled' ? drillMessage(input, plan) : message(input, plan);
    if (await announcements.wasSent(failover.application, announcement.key)) return { announced: false, detail: 'said before' };
    const entry = { execution: failover.execution, application: failover.application, step: 'Announce', kind: 'page' } as const;
    try {
      await messenger.send(plan, announcement);
    } catch (error) {
      const detail = `nobody was told "${announcement.title}": ${String(error)}`;
      await journal.record({ ...entry, at: clock.now(), summary: detail });
      return { announced: false, detail };
    }
    // The mark last: after a crash in between it is said twice, and it never lacks in the journal.
    await journal.record({ ...entry, at: clock.now(), summary: announcement.title, evidence: announcement.lines });
    await announcements.markSent(failover.application, announcement.key, clock.now());
    return { announced: true, detail: announcement.title };
  };
