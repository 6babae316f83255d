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
    const proven = (await ports.journal.list(failover.execution)).some((line) => line.step === 'Promote replica' && line.kind === 'result' && line.epoch === epoch && line.summary.startsWith(`${name}: a write was committed`));
    if (!proven) throw new InvalidInputError(`database: no committed write on ${name} in ${survivor} is journaled under epoch ${epoch}; promote must prove one first`);
    await ports.journal.record({ ...entry, at: ports.clock.now(), kind: 'intent', summary: `${name}: grant write permits for ${survivor} and repoint the writer's record` });
    await holdLease(ports, failover, epoch, plan.lease);
    // Permits before the record: an application that finds the new writer without a permit waits, it does not err.
    if (!(await ports.permits.grant({ application: failover.application, database: name, epoch, writer: survivor }))) {
      throw new LeaseLostError(`a newer permit than epoch ${epoch} stands for ${name}`);
    }
    const change = await ports.traffic.pointWriter(database, survivor);
    const record = change === undefined ? 'the writer record needs no change' : `writer record changed (${change})`;
    const reason = `${name}: writes go to ${survivor} under epoch ${epoch}; ${record}`;
    await ports.journal.record({ ...entry, at: ports.clock.now(), kind: 'result', summary: reason });
    return { shift: 'moved', reason };
  };
