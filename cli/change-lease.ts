// Changes the control item of an application: reads, asks the noun, replaces, and reads anew when somebody else wrote in between.
import type { Lease } from '../domain/lease.ts';
import type { ControlChange } from '../domain/control.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { Connection, World } from './world.ts';

// An execution writes the lease a few times a minute, people now and then: ten lost races in a row are not chance.
const attemptsMax = 10;
const pauseMs = 50;

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
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const before = await leases.read(application);
    const decision = decide(before);
    if (decision.kind === 'refused') throw new CommandError(exitCodes.refused, `${application}: ${decision.reason}`, decision.fix);
    if (decision.kind === 'nothing') return { before, after: before, reason: decision.reason };
    if (await leases.replace(before, decision.next)) return { before, after: decision.next, summary: decision.summary };
    await clock.sleep(pauseMs * attempt);
  }
  throw new CommandError(exitCodes.failed, `${application}: the lease changed ${attemptsMax} times while it was being written; nothing was changed`, 'look at `hotshift status` and try again');
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
