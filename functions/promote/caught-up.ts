// Has the replica replayed everything that the fenced writer has written? Only a planned move can ask: it reads both.
import type { Gate } from '../../domain/journal.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';

const GATE = 'caught up';

/** A switchover waits for the last byte itself and fails rather than lose one (Aurora guide: RPO 0). */
export const byItself: Gate = { gate: GATE, passed: true, value: 'the switchover waits for the last byte itself', threshold: 'everything that the fenced writer has written' };

/** The writer first: whatever it says after its fence is all that there will be. */
export async function caughtUp({ database: databases }: Pick<Ports, 'database'>, plan: ApplicationPlan, database: DatabasePlan, writer: Region): Promise<Gate> {
  const threshold = 'everything that the fenced writer has written';
  try {
    const written = await databases.position(database, writer);
    const replayed = await databases.position(database, survivorOf(plan, writer));
    return { gate: GATE, passed: replayed >= written, value: `${replayed} of ${written} bytes are replayed`, threshold };
  } catch (error) {
    return { gate: GATE, passed: false, value: `unknown: ${error instanceof Error ? error.message : String(error)}`, threshold };
  }
}

/** Was the promotion asked for with everything replayed, by this execution or by one before it that ended on the way? */
export async function isWhole({ journal }: Pick<Ports, 'journal'>, executions: readonly string[], database: string): Promise<boolean> {
  for (const execution of executions) {
    const request = (await journal.list(execution)).findLast((entry) => entry.step === 'Promote replica' && entry.kind === 'intent' && entry.summary.startsWith(`${database}: `));
    if (request !== undefined) return request.gates?.some(({ gate, passed }) => gate === GATE && passed) === true;
  }
  return false;
}
