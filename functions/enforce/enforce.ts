// Enforce: the agent of a region that carries out open fence intents on its own database, again and again: when the region
// returns, when infrastructure code opens the network again, when a stopped instance starts by itself after seven days.
import type { FenceIntent } from '../../domain/lease.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../../domain/plan.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Ports } from '../../domain/ports.ts';
import { locking } from './locking.ts';

type EnforcePorts = Pick<Ports, 'intents' | 'locks' | 'journal' | 'clock'>;
export interface EnforceResult { readonly rounds: number; readonly fenced: readonly string[] }

export const enforce = (ports: EnforcePorts, plan: ApplicationPlan, region: Region) =>
  async ({ runSeconds }: { readonly runSeconds: number }): Promise<EnforceResult> => {
    const endAt = ports.clock.now() + runSeconds * 1000;
    const fenced = new Set<string>();
    const failures: unknown[] = [];
    let rounds = 0;
    for (let roundAt = ports.clock.now(); roundAt < endAt && ports.clock.now() < endAt; roundAt += plan.detection.probeIntervalSeconds * 1000) {
      await ports.clock.sleep(Math.max(0, roundAt - ports.clock.now()));
      rounds += 1;
      try {
        const intents = await ports.intents.listOpen(plan.application, region);
        for (const database of plan.databases) {
          // One database whose locks cannot be closed must not keep the next one open.
          const done = await carryOut(ports, database, region, intents).catch((error: unknown) => void failures.push(error));
          if (done === true) fenced.add(database.name);
        }
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new TryAgainError(`${failures.length} failures in ${rounds} rounds; the last: ${String(failures.at(-1))}`, { cause: failures.at(-1) });
    return { rounds, fenced: [...fenced] };
  };

async function carryOut(ports: EnforcePorts, database: DatabasePlan, region: Region, intents: readonly FenceIntent[]): Promise<boolean> {
  const intent = intents.find((entry) => entry.database === database.name);
  if (intent === undefined) return false;
  const decision = locking(intent, await ports.locks.networkClosed(database, region));
  if (decision.kind === 'leave') return false;
  await close(ports, database, region, intent);
  return true;
}

/** Network first, then sessions: an established session can outlive a security group rule. Then read back and say so. */
async function close(ports: EnforcePorts, database: DatabasePlan, region: Region, intent: FenceIntent): Promise<void> {
  await ports.locks.closeNetwork(database, region);
  const ended = await ports.locks.endSessions(database, region);
  const networkClosed = await ports.locks.networkClosed(database, region);
  const sessions = ended === undefined ? 'the engine could not be reached' : `${ended} sessions ended`;
  const proof = { at: ports.clock.now(), networkClosed: networkClosed && ended !== undefined, sessionsEnded: ended ?? 0, detail: `security group ${networkClosed ? 'closed' : 'STILL OPEN'}, ${sessions}` };
  await ports.intents.recordProof(intent, proof);
  // An engine that cannot be reached is tried again every few seconds; that nothing changed is no news.
  if (!proof.networkClosed && intent.enforced?.detail === proof.detail) return;
  await ports.journal.record({
    execution: intent.execution, application: intent.application, at: proof.at, step: `Enforce fence in ${region}`, kind: 'result', epoch: intent.epoch,
    summary: `${database.name}: ${proof.detail}`,
  });
}
