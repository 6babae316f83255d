// Which executions a person asked to stop: a set of names in one attribute of the lease, divided by a space, which no execution's name
// can hold (Step Functions, StartExecution). One name alone reads as it always has, so that versions side by side obey it alike. No
// name is taken away for another's sake: only the conclusion of the execution itself does that.
import type { Lease } from './lease.ts';

/** Two regions start an execution each, and a person some more. Whoever stops more than that wants a pause. */
export const MOST_ABORTS = 8;

export const abortedIn = ({ abortExecution }: Pick<Lease, 'abortExecution'>): readonly string[] => abortExecution?.split(' ') ?? [];

export const isAborted = (lease: Pick<Lease, 'abortExecution'>, execution: string): boolean => abortedIn(lease).includes(execution);

export const withAbort = (lease: Lease, execution: string): Lease => ({ ...lease, abortExecution: [...abortedIn(lease), execution].join(' ') });

/** The very same lease when it does not name this execution. */
export function withoutAbort(lease: Lease, execution: string): Lease {
  if (!isAborted(lease, execution)) return lease;
  const { abortExecution: _names, ...rest } = lease;
  const others = abortedIn(lease).filter((name) => name !== execution);
  return others.length === 0 ? rest : { ...rest, abortExecution: others.join(' ') };
}
