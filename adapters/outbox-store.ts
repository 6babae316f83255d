// Messages that could not be told in time. Kept under the hour in which they were put: an agent asks for the last hours only, so that
// what is sent or given up costs nothing for ever (the table expires nothing).
import * as z from 'zod';
import type { Instant } from '../domain/plan.ts';
import type { Announcement, Outbox, Undelivered } from '../domain/ports.ts';
import { parsed, type Key, type Table } from './table.ts';

const HOUR_MS = 3_600_000;
/** A page about an outage of three hours ago helps nobody: what waits longer is found in the journal. */
export const KEPT_HOURS = 3;

const whole = z.number().int().nonnegative();
const item = z.object({ way: z.enum(['slack', 'pagerduty']), announcement: z.string(), dueAt: whole, tries: whole, since: whole, closedAt: whole.exactOptional() });

export function outboxStore(table: Table): Outbox {
  return {
    async put(waiting) {
      await table.put({ ...keyOf(waiting), ...bodyOf(waiting) }, { text: 'attribute_not_exists(pk)' });
    },
    async due(application, now) {
      const hours = Array.from({ length: KEPT_HOURS }, (_, index) => hourOf(now - index * HOUR_MS));
      const found = (await Promise.all(hours.map((hour) => table.list(`app#${application}`, `outbox#${hour}#`)))).flat();
      return found.map((entry) => parsed(item, entry, `outbox of ${application}`))
        .filter(({ closedAt, dueAt }) => closedAt === undefined && dueAt <= now)
        .map(({ announcement, closedAt: _, ...rest }) => ({ ...rest, announcement: JSON.parse(announcement) as Announcement }))
        .sort((left, right) => left.since - right.since);
    },
    async take(waiting, dueAt) {
      const outcome = await table.put({ ...keyOf(waiting), ...bodyOf({ ...waiting, dueAt, tries: waiting.tries + 1 }) },
        { text: '#tries = :tries AND attribute_not_exists(#closedAt)', values: { ':tries': waiting.tries } });
      return outcome.written;
    },
    async close(waiting, at, why) {
      await table.put({ ...keyOf(waiting), ...bodyOf({ ...waiting, tries: waiting.tries + 1 }), closedAt: at, why: why.slice(0, 300) });
    },
  };
}

const hourOf = (at: Instant): string => new Date(at).toISOString().slice(0, 13);
const keyOf = ({ way, announcement, since }: Undelivered): Key => ({ pk: `app#${announcement.application}`, sk: `outbox#${hourOf(since)}#${way}#${announcement.key}` });
const bodyOf = ({ announcement, ...rest }: Undelivered) => ({ ...rest, announcement: JSON.stringify(announcement) });
