// Changes the control item of an application by a person's word: reads, asks the noun, replaces, and reads anew when somebody else
// wrote in between. For the command line and for Slack.
import type { ControlChange } from './control.ts';
import type { Lease } from './lease.ts';
import type { Clock, LeaseStore } from './ports.ts';

// An execution writes the lease a few times a minute, people now and then: ten lost races in a row are not chance.
const ATTEMPTS_MAX = 10;
const PAUSE_MS = 50;

export type LeaseChange =
  | { readonly kind: 'changed'; readonly before: Lease; readonly after: Lease; readonly summary: string }
  | { readonly kind: 'nothing'; readonly before: Lease; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly fix: string }
  | { readonly kind: 'busy'; readonly reason: string };

export async function changedLease(leases: LeaseStore, clock: Pick<Clock, 'sleep'>, application: string, decide: (lease: Lease) => ControlChange): Promise<LeaseChange> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const before = await leases.read(application);
    const decision = decide(before);
    if (decision.kind === 'refused') return decision;
    if (decision.kind === 'nothing') return { kind: 'nothing', before, reason: decision.reason };
    if (await leases.replace(before, decision.next)) return { kind: 'changed', before, after: decision.next, summary: decision.summary };
    await clock.sleep(PAUSE_MS * attempt);
  }
  return { kind: 'busy', reason: `the lease changed ${ATTEMPTS_MAX} times while it was being written; nothing was changed` };
}
