// Enforce: the agent of a region that carries out open fence intents on its own database, again and again: when the region
// returns, when infrastructure code opens the network again, when a stopped instance starts by itself after seven days. An order
// that was lifted it takes back as it found things: what it revokes is written down before.
import type { FenceIntent, NetworkRule } from '../../domain/lease.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../../domain/plan.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { Ports } from '../../domain/ports.ts';
import { inRounds } from '../../domain/rounds.ts';
import { locking, reopening, together } from './locking.ts';

type EnforcePorts = Pick<Ports, 'intents' | 'locks' | 'journal' | 'clock'>;
export interface EnforceResult { readonly rounds: number; readonly fenced: readonly string[] }

export const enforce = (ports: EnforcePorts, plan: ApplicationPlan, region: Region) =>
  async ({ runSeconds }: { readonly runSeconds: number }): Promise<EnforceResult> => {
    const fenced = new Set<string>();
    const troubles: unknown[] = [];
    const { rounds, failures: ended } = await inRounds(ports.clock, plan.detection.probeIntervalSeconds, runSeconds, async () => {
      const intents = await ports.intents.listOpen(plan.application, region);
      for (const database of plan.databases) {
        // One database whose locks cannot be closed must not keep the next one open.
        const done = await carryOut(ports, plan, database, region, intents).catch((error: unknown) => void troubles.push(error));
        if (done === true) fenced.add(database.name);
      }
    });
    const failures = [...ended, ...troubles];
    if (failures.length > 0) throw new TryAgainError(`${failures.length} failures in ${rounds} rounds; the last: ${String(failures.at(-1))}`, { cause: failures.at(-1) });
    return { rounds, fenced: [...fenced] };
  };

async function carryOut(ports: EnforcePorts, plan: ApplicationPlan, database: DatabasePlan, region: Region, intents: readonly FenceIntent[]): Promise<boolean> {
  const intent = intents.find((entry) => entry.database === database.name);
  if (intent === undefined) {
    await reopen(ports, plan, database, region);
    return false;
  }
  const decision = locking(intent, await ports.locks.networkClosed(database, region));
  if (decision.kind === 'leave') return false;
  await close(ports, database, region, intent);
  return true;
}

/** Network first, then sessions: an established session can outlive a security group rule. Then read back and say so. */
async function close(ports: EnforcePorts, database: DatabasePlan, region: Region, intent: FenceIntent): Promise<void> {
  const open = await ports.locks.openRules(database, region);
  const before = await revokedBefore(ports, intent, open);
  // Written down before they are revoked. If that cannot be done now, the fence goes first and the proof below carries them.
  if (open.length > 0) await ports.intents.recordProof(intent, { at: ports.clock.now(), networkClosed: false, sessionsEnded: 0, detail: `about to revoke ${open.length} rules`, ...some(before) }).catch(() => undefined);
  await ports.locks.closeNetwork(database, region);
  const ended = await ports.locks.endSessions(database, region);
  const networkClosed = await ports.locks.networkClosed(database, region);
  const sessions = ended === undefined ? 'the engine could not be reached' : `${ended} sessions ended`;
  const known = await revokedBefore(ports, intent, before);
  const proof = { at: ports.clock.now(), networkClosed: networkClosed && ended !== undefined, sessionsEnded: ended ?? 0, detail: `security group ${networkClosed ? 'closed' : 'STILL OPEN'}, ${sessions}`, ...some(known) };
  await ports.intents.recordProof(intent, proof);
  // An engine that cannot be reached is tried again every few seconds; that nothing changed is no news.
  if (!proof.networkClosed && intent.enforced?.detail === proof.detail) return;
  await ports.journal.record({
    execution: intent.execution, application: intent.application, at: proof.at, step: `Enforce fence in ${region}`, kind: 'result', epoch: intent.epoch,
    summary: `${database.name}: ${proof.detail}`,
  });
}

/**
 * What this order revoked so far, and `more`. Asked for after the rules were looked at: an agent that an event started beside this one
 * (events/rules.yml) may have revoked them in between, and wrote them down before it did. A proof without them would put back nothing.
 */
async function revokedBefore({ intents }: EnforcePorts, intent: FenceIntent, more: readonly NetworkRule[]): Promise<readonly NetworkRule[]> {
  const { application, database, region, epoch } = intent;
  // A store that does not answer keeps no fence waiting.
  const now = await intents.read(application, database, region).catch(() => undefined);
  const order = now?.epoch === epoch ? now : intent;
  return together(order.enforced?.rules ?? order.rules ?? [], more);
}

const some = (rules: readonly NetworkRule[]): { readonly rules?: readonly NetworkRule[] } => (rules.length === 0 ? {} : { rules });

/** Read back as well: the order stays unfinished until everything is as it was. */
async function reopen(ports: EnforcePorts, plan: ApplicationPlan, database: DatabasePlan, region: Region): Promise<void> {
  const order = await ports.intents.read(plan.application, database.name, region);
  const rules = reopening(order);
  if (order === undefined || rules === undefined) return;
  await ports.locks.openNetwork(database, region, rules);
  const writes = await ports.locks.allowWrites(database, region);
  const missing = rules.length > 0 && await ports.locks.networkClosed(database, region);
  if (missing || writes === undefined) throw new TryAgainError(`${database.name} in ${region} is not open again: ${missing ? 'no rule is there' : 'the engine could not be reached'}`);
  const proof = { at: ports.clock.now(), networkClosed: false, sessionsEnded: 0, detail: `${rules.length} rules put back, ${writes ? 'writes allowed' : 'a replica, which takes none'}`, rules, reopened: true } as const;
  await ports.intents.recordProof(order, proof);
  await ports.journal.record({
    execution: order.execution, application: order.application, at: proof.at, step: `Enforce fence in ${region}`, kind: 'result', epoch: order.epoch, summary: `${database.name}: opened again: ${proof.detail}`,
  });
}
