// What becomes of a message that could not be told in time: when it is tried again, and when it helps nobody any more. Pure.
import type { Instant } from '../../domain/plan.ts';
import type { Undelivered } from '../../domain/ports.ts';

/** 10 s, 20 s, 40 s ... at most five minutes apart: an outage of Slack lasts minutes to hours. */
const REPEAT_SECONDS = 10;
const REPEAT_SECONDS_MAX = 300;
/** As long as the outbox is read (adapters/outbox-store.ts keeps three hours; the last one may be cut short). */
const GIVE_UP_SECONDS = 2 * 3600;

export type Turn = { readonly kind: 'send'; readonly nextAt: Instant } | { readonly kind: 'give up'; readonly reason: string };

export function turn({ announcement, tries, since }: Undelivered, now: Instant): Turn {
  const question = announcement.card?.question;
  // Buttons that nobody can use any more would only make people press them.
  if (question !== undefined && question !== null && question.until <= now) return { kind: 'give up', reason: 'the question is over' };
  if (now - since > GIVE_UP_SECONDS * 1000) return { kind: 'give up', reason: `not taken within ${GIVE_UP_SECONDS / 3600} h, ${tries} times tried` };
  return { kind: 'send', nextAt: now + Math.min(REPEAT_SECONDS_MAX, REPEAT_SECONDS * 2 ** tries) * 1000 };
}
