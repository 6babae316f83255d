// Shift writes: write permits for the survivor's database, once a write was proven there and no server can be misled to the old writer;
// and the writer's record, which is looked at first and changed once per epoch.
import { holdLease } from '../../domain/authority.ts';
import { InvalidInputError, LeaseLostError, RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../domain/errors.ts';
import type { Failover, JournalEntry } from '../../domain/journal.ts';
import type { ApplicationPlan, DatabasePlan, Instant, Region } from '../../domain/plan.ts';
import { survivorOf } from '../../domain/plan.ts';
import type { ShiftResult } from './shift-reads.ts';
import type { ShiftPorts } from './ways.ts';
import { writing, type Writing } from './writing.ts';

interface WritesInput { readonly failover: Failover; readonly epoch: number; readonly database: string }
/** One database of one failover: where its writes go, and what was journaled of it so far. */
interface Way { readonly plan: ApplicationPlan; readonly database: DatabasePlan; readonly survivor: Region; readonly host: string; readonly input: WritesInput; readonly lines: readonly JournalEntry[] }

const STEP = 'Shift writes';
/** A change is mostly answered within seconds; one that is not must not fill the execution's history (25,000 events). */
const SOON_MS = 5_000;
const SOON_POLL_MS = 250;
const LATE_POLL_MS = 2_000;

export const shiftWrites = (ports: ShiftPorts, plan: ApplicationPlan) =>
  async (input: WritesInput): Promise<ShiftResult> => {
    const way = wayOf(plan, input, await ports.journal.list(input.failover.execution));
    const begunAt = await begin(ports, way);
    // Also when it only looks: the wait may be longer than the lease, and a pause must be seen.
    await holdLease(ports, input.failover, input.epoch, plan.lease);
    const sight = async (): Promise<Writing> => writing(way.database.writerRecord, {
      answers: await answersFor(ports, way), host: way.host, changed: isChanged(way), begunAt, now: ports.clock.now(), rtoSeconds: plan.budgets.rtoSeconds,
    });
    let decision = await sight();
    // Servers that follow the record wait for it; so does nobody who goes by the permit.
    if (decision.kind === 'wait' && decision.change) {
      const trouble = await changeRecord(ports, way);
      if (trouble !== undefined) return later(ports, begunAt, `${decision.reason}; ${trouble}`);
      decision = await sight();
    }
    if (decision.kind === 'wait') return later(ports, begunAt, decision.reason);
    if (decision.kind === 'hand-over') {
      await record(ports, way, { kind: 'gate', summary: `${way.database.name}: ${decision.reason}`, gates: [{ gate: "writer's record", passed: false, value: decision.reason, threshold: `every authoritative server leads to ${way.host}` }] });
      return { shift: 'unseen', reason: decision.reason };
    }
    return grant(ports, way, decision.reason);
  };

function wayOf(plan: ApplicationPlan, input: WritesInput, lines: readonly JournalEntry[]): Way {
  const { failover, epoch, database: name } = input;
  const database = plan.databases.find((entry) => entry.name === name);
  if (database === undefined) throw new InvalidInputError(`database: ${name} is not in the plan of ${failover.application}`);
  const survivor = survivorOf(plan, failover.evacuated);
  const proven = lines.some((line) => line.step === 'Promote replica' && line.kind === 'result' && line.epoch === epoch && line.summary.startsWith(`${name}: a write was committed`));
  if (!proven) throw new InvalidInputError(`database: no committed write on ${name} in ${survivor} is journaled under epoch ${epoch}; promote must prove one first`);
  return { plan, database, survivor, host: database.instances[survivor]?.host ?? '', input, lines };
}

const record = (ports: ShiftPorts, { input: { failover, epoch } }: Way, entry: Pick<JournalEntry, 'kind' | 'summary'> & Partial<JournalEntry>): Promise<void> =>
  ports.journal.record({ execution: failover.execution, application: failover.application, step: STEP, epoch, at: ports.clock.now(), ...entry });

const mine = ({ lines, database, input }: Way, kind: JournalEntry['kind'], begins: string): JournalEntry | undefined =>
  lines.find((line) => line.step === STEP && line.kind === kind && line.epoch === input.epoch && line.summary.startsWith(`${database.name}: ${begins}`));

/** From the begin of this step: a promotion may take longer than the RTO and must not use up the time in which servers learn. */
async function begin(ports: ShiftPorts, way: Way): Promise<Instant> {
  const begun = mine(way, 'intent', '');
  if (begun !== undefined) return begun.at;
  const at = ports.clock.now();
  await record(ports, way, { at, kind: 'intent', summary: `${way.database.name}: repoint the writer's record to ${way.host} and grant write permits for ${way.survivor}` });
  return at;
}

const CHANGED = "the change of the writer's record was accepted";
const isChanged = (way: Way): boolean => mine(way, 'result', CHANGED) !== undefined;

async function answersFor(ports: ShiftPorts, { database: { writerRecord } }: Way): Promise<readonly string[] | undefined> {
  if (writerRecord === undefined) return [];
  return ports.traffic.resolve(writerRecord.name).catch((error: unknown) => {
    // Nobody knows where the record leads: that is not "there".
    if (error instanceof TryAgainError) return undefined;
    throw error;
  });
}

/** Until one change was accepted under this epoch; then never again. What may pass is answered in words and tried again. */
async function changeRecord(ports: ShiftPorts, way: Way): Promise<string | undefined> {
  const { plan, database, survivor, host, input } = way;
  await holdLease(ports, input.failover, input.epoch, plan.lease);
  try {
    const id = await ports.traffic.pointWriter(database, survivor);
    await record(ports, way, { kind: 'result', summary: `${database.name}: ${CHANGED}: ${host}${id === undefined ? ', as it is stored already' : ` (${id})`}` });
    return undefined;
  } catch (error) {
    if (error instanceof TryAgainError) return error.message;
    throw error;
  }
}

async function grant(ports: ShiftPorts, way: Way, why: string): Promise<ShiftResult> {
  const { plan, database: { name, writerRecord }, survivor, input: { failover, epoch } } = way;
  await holdLease(ports, failover, epoch, plan.lease);
  if (!(await ports.permits.grant({ application: failover.application, database: name, epoch, writer: survivor }))) {
    throw new LeaseLostError(`a newer permit than epoch ${epoch} stands for ${name}`);
  }
  // Who goes by the permit need not wait for the record, but people and tools may read it.
  const behind = writerRecord?.leads === false && !isChanged(way) ? await alignRecord(ports, way) : undefined;
  const reason = `${name}: writes go to ${survivor} under epoch ${epoch}; ${why}`;
  await record(ports, way, { kind: 'result', summary: behind === undefined ? reason : `${reason}; ${behind}` });
  return { shift: 'moved', reason, ...(behind === undefined ? {} : { remark: behind }) };
}

/** Beside the way of the writes: a record that cannot be changed now is a remark, not a stop. */
async function alignRecord(ports: ShiftPorts, way: Way): Promise<string | undefined> {
  const behind = (why: string): string => `${way.database.writerRecord?.name ?? ''} still names the old writer (${why}): align it when Route 53's API can be used`;
  try {
    const trouble = await changeRecord(ports, way);
    return trouble === undefined ? undefined : behind(trouble);
  } catch (error) {
    if (error instanceof RefusedByAwsError || error instanceof UnexpectedAnswerError) return behind(error.message);
    throw error;
  }
}

function later(ports: ShiftPorts, begunAt: Instant, reason: string): ShiftResult {
  const now = ports.clock.now();
  return { shift: 'waiting', reason, nextCheckAt: new Date(now + (now - begunAt < SOON_MS ? SOON_POLL_MS : LATE_POLL_MS)).toISOString() };
}
