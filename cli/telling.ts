// Tells everybody of what a person did at the command line, through the outbox: the operator needs no secrets for that, and Slack being
// slow holds nobody up. The agents send it within seconds.
import type { Announcement } from '../domain/ports.ts';
import type { Connection, World } from './world.ts';

/** Says so when it could not be kept: what was done stands. */
export async function tellEverybody({ outbox }: Pick<Connection, 'outbox'>, { clock, terminal }: Pick<World, 'clock' | 'terminal'>, announcement: Announcement): Promise<void> {
  const now = clock.now();
  try {
    await Promise.all((['slack', 'pagerduty'] as const).map((way) => outbox.put({ way, announcement, dueAt: now, tries: 0, since: now })));
  } catch (error) {
    terminal.remark(`note: it is done, but nobody could be told: ${(error as Error).message}`);
  }
}
