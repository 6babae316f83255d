// What must have moved before a database may be promoted, as the plan's `after` says. Read from the journal of this execution, so that
// a repeated step comes to the same answer. A dependency that is stuck stops who waits for it, and nobody else.
import type { JournalEntry } from '../../domain/journal.ts';
import type { ApplicationPlan, DatabasePlan, Instant } from '../../domain/plan.ts';

export type Dependencies =
  | { readonly kind: 'free'; /** When the last of them had moved; undefined when there is none. */ readonly since: Instant | undefined }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'stuck'; readonly reason: string };

/** `startedAt`: when this database could have begun. Databases that do not move in this failover are not waited for. */
export function dependencies(entries: readonly JournalEntry[], database: DatabasePlan, plan: ApplicationPlan, epoch: number, startedAt: Instant, now: Instant): Dependencies {
  const names = (database.after ?? []).filter((name) => !staysPut(entries, name));
  const lines = (name: string) => entries.filter((entry) => entry.epoch === epoch && entry.summary.startsWith(`${name}: `));
  const movedAt = names.map((name) => lines(name).find(isProven)?.at);
  const stuck = names.filter((name, index) => movedAt[index] === undefined && lines(name).some(isStuck));
  if (stuck.length > 0) return { kind: 'stuck', reason: `it comes after ${stuck.join(' and ')}, which did not move` };
  const missing = names.filter((_, index) => movedAt[index] === undefined);
  if (missing.length === 0) return { kind: 'free', since: names.length === 0 ? undefined : Math.max(...movedAt.map((at) => at ?? 0)) };
  // A dependency may end without a word in the journal (its function is gone, its errors were clear): then its own time bounds this one.
  const limitSeconds = plan.budgets.rtoSeconds + chainSeconds(database, plan);
  if (now - startedAt > limitSeconds * 1000) return { kind: 'stuck', reason: `it comes after ${missing.join(' and ')}, of which nothing was heard in ${limitSeconds} s` };
  return { kind: 'wait', reason: `it comes after ${missing.join(' and ')}` };
}

const isProven = ({ step, kind, summary }: JournalEntry): boolean => step === 'Promote replica' && kind === 'result' && summary.includes(': a write was committed');
const isStuck = ({ step, kind, summary }: JournalEntry): boolean =>
  (step === 'Promote replica' && kind === 'gate' && summary.includes(': refused: ')) || (step === 'Fence writer' && kind === 'gate' && summary.includes(': unproven: '));

/** `Assess survivor` names the shards that stay where they are. */
const staysPut = (entries: readonly JournalEntry[], name: string): boolean =>
  entries.some(({ step, evidence }) => step === 'Assess survivor' && ((evidence as { readonly staying?: readonly string[] } | undefined)?.staying ?? []).includes(name));

/** The longest time that all that comes before may take, one after the other. */
function chainSeconds({ after = [] }: DatabasePlan, plan: ApplicationPlan): number {
  const before = plan.databases.filter(({ name }) => after.includes(name));
  return Math.max(0, ...before.map((one) => one.promoteTimeoutSeconds + chainSeconds(one, plan)));
}
