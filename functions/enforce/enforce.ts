// Enforce: the agent of a region that carries out open fence intents on its own database, again and again: when the region
// returns, when infrastructure code opens the network again, when a stopped instance starts by itself after seven days. An order
// that was lifted it takes back as it found things: what it revokes is written down before. Agents overlap, and orders are given and
// lifted while one acts: each looks again at what stands once it has acted, and undoes what no order wants any more.
import type { FenceIntent, FenceProof, NetworkRule } from '../../domain/lease.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../../domain/plan.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { EndedSessions, Ports } from '../../domain/ports.ts';
import { inRounds } from '../../domain/rounds.ts';
import { locking, reopening, settled, together } from './locking.ts';

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
  return close(ports, database, region, intent);
}

/** Network first, then sessions: an established session can outlive a security group rule. Then read back and say so. False when the order was lifted. */
async function close(ports: EnforcePorts, database: DatabasePlan, region: Region, listed: FenceIntent): Promise<boolean> {
  const open = await ports.locks.openRules(database, region);
  const intent = await standing(ports, listed);
  if (intent.liftedAt !== undefined) return false;
  const before = together(revokedBy(intent), open);
  // Written down before they are revoked. If that cannot be done now, the fence goes first and the proof below carries them.
  if (open.length > 0) await ports.intents.recordProof(intent, { at: ports.clock.now(), networkClosed: false, sessionsEnded: 0, detail: `about to revoke ${open.length} rules`, ...some(before) }).catch(() => undefined);
  await ports.locks.closeNetwork(database, region);
  const ended = await ports.locks.endSessions(database, region);
  const networkClosed = await ports.locks.networkClosed(database, region);
  const now = await standing(ports, intent);
  // Lifted while it was carried out, and perhaps opened already by another agent, whose word would stand: nobody else would open this.
  if (now.liftedAt !== undefined) return putBack(ports, database, region, now, together(revokedBy(now), before)).then(() => false);
  const known = together(now.epoch === intent.epoch ? revokedBy(now) : [], before);
  const at = ports.clock.now();
  const { isSettled, ...since } = settled(intent.enforced, open.length === 0, ended, at);
  const proof = { at, networkClosed: networkClosed && isSettled, sessionsEnded: ended?.ended ?? 0, ...since, detail: `security group ${networkClosed ? 'closed' : 'STILL OPEN'}, ${sessionsText(ended, since)}`, ...some(known) };
  await ports.intents.recordProof(intent, proof);
  // An engine that cannot be reached is tried again every few seconds; that nothing changed is no news.
  if (proof.networkClosed || listed.enforced?.detail !== proof.detail) await told(ports, region, intent, proof, proof.detail);
  return true;
}

/**
 * The order as it stands now. Asked for after the rules were looked at: an agent that an event started beside this one
 * (events/rules.yml) may have revoked some in between, and wrote them down before it did. A proof without them would put back nothing.
 */
async function standing({ intents }: EnforcePorts, intent: FenceIntent): Promise<FenceIntent> {
  // A store that does not answer keeps no fence waiting.
  return await intents.read(intent.application, intent.database, intent.region).catch(() => undefined) ?? intent;
}

const revokedBy = (order: FenceIntent): readonly NetworkRule[] => order.enforced?.rules ?? order.rules ?? [];
const some = (rules: readonly NetworkRule[]): { readonly rules?: readonly NetworkRule[] } => (rules.length === 0 ? {} : { rules });

async function reopen(ports: EnforcePorts, plan: ApplicationPlan, database: DatabasePlan, region: Region): Promise<void> {
  const order = await ports.intents.read(plan.application, database.name, region);
  const rules = reopening(order);
  if (order !== undefined && rules !== undefined) await putBack(ports, database, region, order, rules);
}

/** Read back as well: the order stays unfinished until everything is as it was. What a newer order has closed meanwhile is closed again. */
async function putBack(ports: EnforcePorts, database: DatabasePlan, region: Region, order: FenceIntent, rules: readonly NetworkRule[]): Promise<void> {
  try {
    await ports.locks.openNetwork(database, region, rules);
    const now = await ports.intents.read(order.application, order.database, region);
    if (now?.epoch !== order.epoch) throw new TryAgainError(`${database.name} in ${region} was to be opened for epoch ${order.epoch}, and an order of epoch ${now?.epoch} stands`);
    const writes = await ports.locks.allowWrites(database, region);
    const missing = rules.length > 0 && await ports.locks.networkClosed(database, region);
    if (missing || writes === undefined) throw new TryAgainError(`${database.name} in ${region} is not open again: ${missing ? 'no rule is there' : 'the engine could not be reached'}`);
    const proof = { at: ports.clock.now(), networkClosed: false, sessionsEnded: 0, detail: `${rules.length} rules put back, ${writes ? 'writes allowed' : 'a replica, which takes none'}`, rules, reopened: true } as const;
    // The table takes it only while this order is the newest one: then whatever was opened here was opened before any other order.
    await ports.intents.recordProof(order, proof);
    await told(ports, region, order, proof, `opened again: ${proof.detail}`);
  } catch (error) {
    await closeAgain(ports, database, region, order);
    throw error;
  }
}

/** A newer order may have been proven by another agent while this one still opened for the older one. Its proof is taken back first, since it is believed. */
async function closeAgain(ports: EnforcePorts, database: DatabasePlan, region: Region, opened: FenceIntent): Promise<void> {
  const order = await ports.intents.read(opened.application, opened.database, region);
  if (order === undefined || order.epoch === opened.epoch || order.liftedAt !== undefined) return;
  const doubt = { at: ports.clock.now(), networkClosed: false, sessionsEnded: 0, detail: `opened by an agent that still took back the order of epoch ${opened.epoch}`, ...some(revokedBy(order)) };
  // If the table does not take it now, closing goes first.
  await ports.intents.recordProof(order, doubt).catch(() => undefined);
  await close(ports, database, region, order);
}

function sessionsText(sessions: EndedSessions | undefined, { settlesAt }: Pick<FenceProof, 'settlesAt'>): string {
  if (sessions === undefined) return 'the engine could not be reached';
  const ended = `${sessions.ended} sessions ended`;
  return settlesAt === undefined ? ended : `${ended}, the database is not ours to make read-only: who was logging in had until ${new Date(settlesAt).toISOString()}`;
}

async function told(ports: EnforcePorts, region: Region, { execution, application, epoch, database }: FenceIntent, { at }: FenceProof, text: string): Promise<void> {
  await ports.journal.record({ execution, application, at, step: `Enforce fence in ${region}`, kind: 'result', epoch, summary: `${database}: ${text}` });
}
