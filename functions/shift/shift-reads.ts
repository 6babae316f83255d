// Shift reads: all users to the survivor, seen at the authoritative servers. The strategies of the plan are tried in their order, each
// for a bounded time, the reason of each journaled. Traffic that needs no writer moves at once.
import { holdLease } from '../../domain/authority.ts';
import { InvalidInputError, RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../domain/errors.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type TrafficPlan, type TrafficStrategy } from '../../domain/plan.ts';
import { sighted } from './sight.ts';
import { triesOf, turnOf, type Try, type Turn } from './turns.ts';
import { act, type ShiftInput, type ShiftPorts } from './ways.ts';

export type { ShiftPorts } from './ways.ts';
export type ShiftResult =
  | { readonly shift: 'moved'; readonly reason: string; readonly remark?: string }
  | { readonly shift: 'waiting'; readonly reason: string; readonly nextCheckAt: string }
  | { readonly shift: 'unseen'; readonly reason: string };

const STEP = 'Shift reads';
const LOOK_EVERY_MS = 1000;

export const shiftReads = (ports: ShiftPorts, plan: ApplicationPlan) =>
  async (input: ShiftInput): Promise<ShiftResult> => {
    const { failover, epoch } = input;
    const record = (entry: Pick<JournalEntry, 'kind' | 'summary'> & Partial<JournalEntry>): Promise<void> =>
      ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: STEP, epoch, ...entry });
    const tries = triesOf(await ports.journal.list(failover.execution), STEP, epoch);
    const deadline = failover.startedAt + plan.budgets.rtoSeconds * 1000;
    const planned = plan.traffic.map((traffic) => ({ traffic, turn: turnOf(traffic, tries, ports.clock.now(), deadline) }));
    const exhausted = planned.flatMap(({ traffic, turn }) => (turn.kind === 'exhausted' ? [`${traffic.recordName}: ${turn.reason}`] : []));
    if (exhausted.length > 0) return unseen(record, exhausted.join('; '));
    // Also when it only looks: the wait may be longer than the lease, and a pause must be seen.
    const lease = await holdLease(ports, failover, epoch, plan.lease);
    const turns = lease.takenOverAt === undefined ? planned : planned.map(({ traffic, turn }) => ({ traffic, turn: again(turn) }));
    const acted = await Promise.all(groups(turns).map((group) => tryStrategy(ports, plan, input, record, group)));
    const troubles = new Map(acted.flatMap(({ strategy, trouble }) => (trouble === undefined ? [] : [[strategy, trouble] as const])));
    if (acted.some(({ failed }) => failed)) return waiting(ports, `${[...troubles.values()].join('; ')}; the next strategy is tried`, 0);
    const open = await notYetSeen(ports, plan, input, turns, troubles);
    const settledAt = (lease.takenOverAt ?? -Infinity) + plan.lease.marginSeconds * 1000;
    if (open.length === 0 && ports.clock.now() < settledAt) return waiting(ports, 'moved; the drill whose lease was taken over may have asked for a change that still arrives', settledAt - ports.clock.now());
    if (open.length === 0) return moved(record, turns, acted);
    const late = open.filter(({ turn }) => ports.clock.now() > turn.until);
    if (late.length === 0) return waiting(ports, open.map(({ why }) => why).join('; '), LOOK_EVERY_MS);
    await record({ kind: 'gate', summary: late.map(({ why }) => why).join('; '), gates: [{ gate: 'DNS answers', passed: false, value: late.map(({ why }) => why).join('; '), threshold: 'only the survivor' }], evidence: { tries: late.map(({ traffic, turn, why }) => ({ traffic: traffic.name, strategy: turn.strategy, went: 'failed', why })) } });
    const over = late.some(({ traffic, turn }) => turn.strategy === traffic.strategies.at(-1));
    return over ? { shift: 'unseen', reason: late.map(({ why }) => why).join('; ') } : waiting(ports, `${late.map(({ why }) => why).join('; ')}; the next strategy is tried`, 0);
  };

/** What a drill had asked for last may arrive after what was accepted: the stored weights are looked at each time, and set again. */
const again = (turn: Turn): Turn => (turn.kind === 'look' ? { ...turn, kind: 'try', isFirst: false } : turn);

type Acting = Exclude<Turn, { readonly kind: 'exhausted' }>;
type Record = (entry: Pick<JournalEntry, 'kind' | 'summary'> & Partial<JournalEntry>) => Promise<void>;
interface Group { readonly strategy: TrafficStrategy; readonly traffic: readonly TrafficPlan[]; readonly isFirst: boolean }
interface Acted { readonly strategy: TrafficStrategy; readonly failed: boolean; readonly trouble?: string; readonly reason?: string }

/** Records whose turn is the same strategy go together: one switch, one batch. */
function groups(turns: readonly { readonly traffic: TrafficPlan; readonly turn: Turn }[]): readonly Group[] {
  const open = turns.flatMap(({ traffic, turn }) => (turn.kind === 'try' ? [{ traffic, turn }] : []));
  return [...new Set(open.map(({ turn }) => turn.strategy))].map((strategy) => {
    const mine = open.filter(({ turn }) => turn.strategy === strategy);
    return { strategy, traffic: mine.map(({ traffic }) => traffic), isFirst: mine.some(({ turn }) => turn.isFirst) };
  });
}

/** A clear no ends the strategy at once; what may pass is tried again until its time is over; a lost lease ends the step. */
async function tryStrategy(ports: ShiftPorts, plan: ApplicationPlan, input: ShiftInput, record: Record, { strategy, traffic, isFirst }: Group): Promise<Acted> {
  const evidence = (went: Try['went'], why: string): object => ({ tries: traffic.map(({ name }) => ({ traffic: name, strategy, went, why })) });
  if (isFirst) await record({ kind: 'decision', summary: `${strategy} for ${traffic.map(({ recordName }) => recordName).join(', ')}`, evidence: evidence('begun', '') });
  try {
    const reason = await act(ports, strategy, { ...input, plan, traffic, meaning: (summary) => record({ kind: 'intent', summary: `${strategy}: ${summary}` }) });
    await record({ kind: 'result', summary: `${strategy} accepted: ${reason}`, evidence: evidence('accepted', reason) });
    return { strategy, failed: false, reason };
  } catch (error) {
    if (error instanceof TryAgainError) return { strategy, failed: false, trouble: error.message };
    if (!(error instanceof RefusedByAwsError || error instanceof UnexpectedAnswerError || error instanceof InvalidInputError)) throw error;
    // With nothing to go on with, the error itself tells the workflow why.
    if (traffic.every(({ strategies }) => strategies.at(-1) === strategy && strategies.length === 1)) throw error;
    const why = `${error.name}: ${error.message}`;
    await record({ kind: 'gate', summary: `${strategy} failed: ${why}`, gates: [{ gate: strategy, passed: false, value: why, threshold: 'accepted' }], evidence: evidence('failed', why) });
    return { strategy, failed: true, trouble: `${strategy} failed: ${why}` };
  }
}

async function notYetSeen(
  ports: ShiftPorts, plan: ApplicationPlan, { failover }: ShiftInput, turns: readonly { readonly traffic: TrafficPlan; readonly turn: Turn }[], troubles: ReadonlyMap<TrafficStrategy, string>,
): Promise<readonly { readonly traffic: TrafficPlan; readonly turn: Acting; readonly why: string }[]> {
  const survivor = survivorOf(plan, failover.evacuated);
  const found = await Promise.all(turns.map(async ({ traffic, turn }) => {
    if (turn.kind === 'exhausted') return [];
    const trouble = turn.kind === 'try' ? troubles.get(turn.strategy) : undefined;
    if (trouble !== undefined) return [{ traffic, turn, why: `${traffic.recordName}: ${turn.strategy}: ${trouble}` }];
    const answers = await sighted(ports.traffic, traffic, survivor);
    return answers === undefined ? [] : [{ traffic, turn, why: `${traffic.recordName}: accepted by ${turn.strategy}, not seen at the authoritative servers: they answer ${answers}` }];
  }));
  return found.flat();
}

async function moved(record: Record, turns: readonly { readonly traffic: TrafficPlan; readonly turn: Turn }[], acted: readonly Acted[]): Promise<ShiftResult> {
  const ways = turns.flatMap(({ traffic, turn }) => (turn.kind === 'exhausted' ? [] : [{ traffic, strategy: turn.strategy }]));
  const reasons = acted.flatMap(({ reason }) => reason ?? []);
  const reason = [...ways.map(({ traffic, strategy }) => `${traffic.recordName} by ${strategy}`), ...reasons].join('; ');
  const behind = ways.filter(({ strategy }) => strategy !== 'weighted-records');
  await record({ kind: 'result', summary: `seen at the authoritative servers: ${reason}` });
  if (behind.length === 0) return { shift: 'moved', reason };
  return { shift: 'moved', reason, remark: `users were moved by ${[...new Set(behind.map(({ strategy }) => strategy))].join(' and ')}; the weights of ${behind.map(({ traffic }) => traffic.recordName).join(', ')} are as they were: align them when Route 53's API can be used (docs/runbook.md, "Failed over")` };
}

const waiting = (ports: ShiftPorts, reason: string, delayMs: number): ShiftResult => ({ shift: 'waiting', reason, nextCheckAt: new Date(ports.clock.now() + delayMs).toISOString() });

/** A step that is repeated after its end says the same again. */
async function unseen(record: Record, reason: string): Promise<ShiftResult> {
  await record({ kind: 'gate', summary: `no strategy is left: ${reason}`, gates: [{ gate: 'traffic strategies', passed: false, value: reason, threshold: 'one that works' }] });
  return { shift: 'unseen', reason };
}
