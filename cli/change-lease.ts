// Changes the control item of an application for a command: what is refused or keeps losing races ends the command with its fix.
import { changedLease } from '../domain/change-lease.ts';
import type { ControlChange } from '../domain/control.ts';
import type { Lease } from '../domain/lease.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { Connection, World } from './world.ts';

export interface Changed {
  readonly before: Lease;
  readonly after: Lease;
  /** Absent when nothing was to be done. */
  readonly summary?: string;
  readonly reason?: string;
}

/** Throws CommandError when the change is refused or the races do not end. */
export async function changeLease(
  { leases }: Pick<Connection, 'leases'>, { clock }: Pick<World, 'clock'>, application: string, decide: (lease: Lease) => ControlChange,
): Promise<Changed> {
  const change = await changedLease(leases, clock, application, decide);
  switch (change.kind) {
    case 'refused': throw new CommandError(exitCodes.refused, `${application}: ${change.reason}`, change.fix);
    case 'busy': throw new CommandError(exitCodes.failed, `${application}: ${change.reason}`, 'look at `hotshift status` and try again');
    case 'nothing': return { before: change.before, after: change.before, reason: change.reason };
    case 'changed': return { before: change.before, after: change.after, summary: change.summary };
  }
}

/** A person's word belongs into the journal of the execution that it meets. False when it could not be written there. */
export async function noteInJournal(connection: Pick<Connection, 'journal'>, world: Pick<World, 'clock'>, lease: Lease, execution: string, summary: string): Promise<boolean> {
  try {
    await connection.journal.record({ execution, application: lease.application, at: world.clock.now(), step: 'Operator', kind: 'decision', summary, ...(lease.epoch > 0 ? { epoch: lease.epoch } : {}) });
    return true;
  } catch {
    // The change itself stands; the caller tells the person that the record is missing.
    return false;
  }
}
