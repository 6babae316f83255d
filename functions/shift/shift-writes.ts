// Shift writes: grant write permits for the survivor's database and repoint the writer's record, once a write was proven there.
import { holdLease } from '../../domain/authority.ts';
import { InvalidInputError, LeaseLostError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { ShiftPorts, ShiftResult } from './shift-reads.ts';

export const shiftWrites = (ports: ShiftPorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, database: name }: { readonly failover: Failover; readonly epoch: number; readonly database: string }): Promise<ShiftResult> => {
    const database = plan.databases.find((entry) => entry.name === name);
    if (database === undefined) throw new InvalidInputError(`database: ${name} is not in the plan of ${failover.application}`);
    const survivor = survivorOf(plan, failover.evacuated);
    const entry = { execution: failover.execution, application: failover.application, step: 'Shift writes', epoch };
    const lines = await ports.journal.list(failover.execution);
    const proven = lines.some((line) => line.step === 'Promote replica' && line.kind === 'result' && line.epoch === epoch && line.summary.startsWith(`${name}: a write was committed`));
    if (!proven) throw new InvalidInputError(`database: no committed write on ${name} in ${survivor} is journaled under epoch ${epoch}; promote must prove one first`);
    const host = database.instances[survivor]?.host ?? '';
    const begun = lines.find((line) => line.step === entry.step && line.kind === 'intent' && line.epoch === epoch && line.summary.startsWith(`${name}: `));
    const begunAt = begun?.at ?? ports.clock.now();
    if (begun === undefined) await ports.journal.record({ ...entry, at: begunAt, kind: 'intent', summary: `${name}: repoint the writer's record to ${host} and grant write permits for ${survivor}` });
    await holdLease(ports, failover, epoch, plan.lease);
    // The record before the permits: a server that may write again must not be led to the old writer by an old answer.
    const change = await ports.traffic.pointWriter(database, survivor);
    const now = ports.clock.now();
    const answered = database.writerRecord === undefined || (await ports.traffic.resolve(database.writerRecord.name)).some((answer) => plain(answer) === plain(host));
    // From the begin of this step: a promotion may take longer than the RTO and must not use up the time in which servers learn.
    if (!answered && now - begunAt < plan.budgets.rtoSeconds * 1000) {
      return { shift: 'waiting', reason: `the authoritative servers do not lead to ${host} yet`, nextCheckAt: new Date(now + (now - begunAt < SOON_MS ? SOON_POLL_MS : LATE_POLL_MS)).toISOString() };
    }
    await holdLease(ports, failover, epoch, plan.lease);
    if (!(await ports.permits.grant({ application: failover.application, database: name, epoch, writer: survivor }))) {
      throw new LeaseLostError(`a newer permit than epoch ${epoch} stands for ${name}`);
    }
    const record = change === undefined ? "the writer's record leads there" : `the writer's record leads there (${change})`;
    const reason = `${name}: writes go to ${survivor} under epoch ${epoch}; ${answered ? record : 'the record was changed but is NOT answered yet'}`;
    await ports.journal.record({ ...entry, at: ports.clock.now(), kind: 'result', summary: reason });
    return { shift: 'moved', reason };
  };

/** A change is mostly answered within seconds; one that is not must not fill the execution's history (25,000 events). */
const SOON_MS = 5_000;
const SOON_POLL_MS = 250;
const LATE_POLL_MS = 2_000;
const plain = (host: string): string => host.toLowerCase().replace(/\.$/, '');
