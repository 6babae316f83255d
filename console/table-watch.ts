// The same page on AWS, read only: lease, permits, orders and observations out of the table, what RDS says of the instances, and the
// journal of the executions that these name. It asks every few seconds, changes nothing, and says when it cannot read.
import { statusView, type StatusView } from '../cli/status-view.ts';
import type { Connection } from '../cli/world.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { InstanceFacts } from '../domain/ports.ts';
import { vantagePointsOf, type ApplicationPlan } from '../domain/plan.ts';
import type { EventLog } from './event-log.ts';
import { lineOf, watchOf } from './table-views.ts';
import type { DatabaseView, PlaceView, SessionView, WorkflowView } from './view.ts';

/** The table is billed by the read: some 20 a round, a dollar in some months of watching. */
const READ_EVERY_MS = 3_000;
/** A round that fails is tried again; after so many the page says that what it shows is old. */
const FAILURES_MAX = 2;

export interface TableReading { readonly status: StatusView; readonly journal: readonly JournalEntry[]; readonly instances: Readonly<Record<string, InstanceFacts | undefined>> }

/** One round. Rejects when the table does not answer; an instance that RDS does not describe is unknown. */
export async function readTable(plan: ApplicationPlan, { leases, permits, intents, observations, drills, followUps, journal, describe }: Connection, now: number): Promise<TableReading> {
  const [lease, given, orders, seen, drilled, found] = await Promise.all([
    leases.read(plan.application), Promise.all(plan.databases.map(async ({ name }) => ({ database: name, permit: await permits.read(plan.application, name) }))),
    Promise.all(plan.regions.map((region) => intents.listOpen(plan.application, region))), observations.list(plan.application), drills.list(plan.application), followUps.list(plan.application),
  ]);
  const known = seen.filter(({ vantagePoint }) => vantagePointsOf(plan).includes(vantagePoint));
  const executions = [...new Set([lease.holder, ...orders.flat().map(({ execution }) => execution), drilled[0]?.execution].filter((name) => name !== undefined))];
  const [lists, instances] = await Promise.all([
    Promise.all(executions.map((execution) => journal.list(execution))),
    Promise.all(plan.regions.map(async (region) => [region, plan.databases[0] === undefined ? undefined : await describe(plan.databases[0], region).catch(() => undefined)] as const)),
  ]);
  return {
    status: statusView(plan, { lease, permits: given, intents: orders.flat(), observations: known, drills: drilled, followUps: found }, now),
    journal: lists.flat().sort((one, other) => one.at - other.at), instances: Object.fromEntries(instances),
  };
}

/** Shows a reading. */
export function showReading(log: EventLog, plan: ApplicationPlan, { status, journal, instances }: TableReading): void {
  log.set('watch', watchOf(status, plan.detection.quorum));
  log.set('places', [...plan.regions, plan.witness].map((region) => place(plan, region, status, instances[region])));
  log.set('journal', journal.map(lineOf));
  log.set('workflow', workflowOf(status, journal));
  log.set('session', sessionOf(status, log.view.session));
}

/** Asks again and again until it is closed. Resolves the first time when something was read, or rejects with why not. */
export async function watchTable(log: EventLog, plan: ApplicationPlan, connection: Connection, now: () => number): Promise<{ close(): void }> {
  showReading(log, plan, await readTable(plan, connection, now()));
  let [failures, closed, timer]: [number, boolean, NodeJS.Timeout | undefined] = [0, false, undefined];
  const again = (): void => {
    if (!closed) timer = setTimeout(() => void round(), READ_EVERY_MS);
  };
  const round = async (): Promise<void> => {
    try {
      const reading = await readTable(plan, connection, now());
      failures = 0;
      if (!closed) showReading(log, plan, reading);
    } catch (error) {
      failures += 1;
      if (failures >= FAILURES_MAX && !closed) log.set('session', { ...log.view.session, phase: 'failed', headline: 'The table cannot be read', detail: `What is shown is old: ${error instanceof Error ? error.message : String(error)}` });
    }
    again();
  };
  again();
  return { close: () => { closed = true; clearTimeout(timer); } };
}

function place(plan: ApplicationPlan, region: string, { observations, permits, openIntents }: StatusView, instance: InstanceFacts | undefined): PlaceView {
  const seen = observations.filter(({ target, fresh }) => target === region && fresh);
  const bad = seen.filter(({ result }) => result === 'down' || result === 'impaired').length;
  const permit = permits.find(({ writer, withdrawn }) => writer === region && !withdrawn);
  const database: DatabaseView = {
    name: plan.databases[0]?.name ?? '', state: instance === undefined ? 'unknown' : instance.status === 'stopped' ? 'stopped' : 'up',
    role: instance === undefined ? 'unknown' : instance.isReplica ? 'replica' : 'writer', lagSeconds: null,
    closed: openIntents.some((intent) => intent.region === region && intent.enforced?.networkClosed === true),
  };
  const isWitness = region === plan.witness;
  return {
    region, kind: isWitness ? 'witness' : 'region', state: isWitness ? (observations.some(({ vantagePoint, fresh }) => vantagePoint === region && fresh) ? 'up' : 'unknown') : seen.length === 0 ? 'unknown' : bad >= plan.detection.quorum ? 'dark' : 'up',
    database: isWitness ? null : database, permitEpoch: permit?.epoch ?? null,
  };
}

/** Where it stands by the journal: a step is done when a later one has begun. Waits and questions are not journaled. */
function workflowOf({ lease }: StatusView, journal: readonly JournalEntry[]): WorkflowView | null {
  const execution = lease.held ? lease.holder : journal.at(-1)?.execution;
  const entries = journal.filter((entry) => entry.execution === execution);
  const [first, last] = [entries[0], entries.at(-1)];
  if (execution === undefined || first === undefined || last === undefined) return null;
  const ended = !lease.held || lease.holder !== execution;
  const states: Record<string, WorkflowView['states'][string]> = {};
  for (const { step, at } of entries) {
    const before = states[step];
    states[step] = { entered: 1, since: !ended && step === last.step ? before?.since ?? at : null, tookMs: before === undefined ? 0 : at - (entries.find((entry) => entry.step === step)?.at ?? at) };
  }
  const machine = entries.some(({ step }) => step === 'Settle drill' || step === 'Hold drill') ? 'drill' : entries.some(({ step }) => step === 'Compare databases') ? 'failback' : 'failover';
  return { machine, execution, region: lease.held ? 'by the journal' : 'the journal', startedAt: first.at, endedAt: ended ? last.at : null, states };
}

function sessionOf({ lease, blocks, concerns, now }: StatusView, before: SessionView): SessionView {
  const headline = lease.held ? `An execution is at work${lease.evacuated === undefined ? '' : `: it leaves ${lease.evacuated}`}` : blocks.length > 0 ? 'Automatic failover is blocked' : 'Watching: automatic failover is possible';
  return { ...before, source: 'aws', phase: lease.held ? 'broken' : 'steady', headline, detail: [...blocks, ...concerns].slice(0, 3).join('; ') || 'Nothing stands in the way, and nothing looks wrong.', since: before.phase === 'steady' ? before.since : now, actions: [], notices: [] };
}
