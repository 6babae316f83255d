// Muster: of all applications of a region, who goes when; and later, how those ended that went. It only reads. What is done is done by
// each application's own failover, with its own verification, lease, fence and gates.
import type { JournalEntry } from '../../domain/journal.ts';
import { isHeld } from '../../domain/control.ts';
import type { ApplicationPlan, Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { DOCUMENTED_RATES } from './rates.ts';
import { turns, type Left, type Standing } from './turns.ts';

type MusterPorts = Pick<Ports, 'leases' | 'permits' | 'journal' | 'clock'>;
/** `evacuation`: the name of the whole; each failover is called `application-evacuation`, so that a second start of it is the same one. */
export interface Evacuation { readonly evacuation: string; readonly region: Region }
export type MusterInput =
  | { readonly what: 'turns'; readonly evacuation: Evacuation }
  | { readonly what: 'outcomes'; readonly evacuation: Evacuation; readonly pending: readonly string[] };
export interface Ended { readonly application: string; readonly outcome: string; readonly reason: string }
export type MusterResult =
  /** `startedBy`: a person for whom others must agree, per application. */
  | { readonly turns: readonly { readonly application: string; readonly at: string; readonly agree: boolean }[]; readonly left: readonly Left[] }
  | { readonly pending: readonly string[]; readonly ended: readonly Ended[] };

/** So many reads at once: a thousand applications take about a second, and no table is flooded. */
const AT_ONCE = 25;
/** A reason in the state of a workflow is a sentence; a thousand of them must fit its 256 KiB. */
const REASON_LENGTH = 120;

export const executionOf = (application: string, { evacuation }: Pick<Evacuation, 'evacuation'>): string => `${application}-${evacuation}`;

export const muster = (ports: MusterPorts, plans: readonly ApplicationPlan[]) =>
  async (input: MusterInput): Promise<MusterResult> => (input.what === 'turns' ? order(ports, plans, input.evacuation) : outcomes(ports, input.evacuation, input.pending));

async function order(ports: MusterPorts, plans: readonly ApplicationPlan[], { region }: Evacuation): Promise<MusterResult> {
  const mine = plans.filter(({ regions }) => regions.includes(region));
  const read = await someAtOnce(mine, (plan) => standingOf(ports, plan).catch(() => undefined));
  const standings = new Map<string, Standing>(mine.flatMap(({ application }, index) => (read[index] === undefined ? [] : [[application, read[index]]])));
  const found = turns(mine, standings, region, DOCUMENTED_RATES, ports.clock.now());
  const twoMustAgree = new Set(mine.filter(({ policy }) => policy.approvalsNeeded > 1).map(({ application }) => application));
  return {
    turns: found.turns.map(({ application, at }) => ({ application, at: new Date(at).toISOString(), agree: twoMustAgree.has(application) })),
    left: found.left.map((entry) => ({ ...entry, reason: entry.reason.slice(0, REASON_LENGTH) })),
  };
}

async function standingOf({ leases, permits }: MusterPorts, { application, databases }: ApplicationPlan): Promise<Standing> {
  const [lease, ...found] = await Promise.all([leases.read(application), ...databases.map(({ name }) => permits.read(application, name))]);
  return { lease, writers: found.map((permit) => (permit === undefined || permit.withdrawn ? undefined : permit.writer)) };
}

/** Who has ended, by the journal; whoever holds its lease has not, and need not be asked about in full. */
async function outcomes({ leases, journal, clock }: MusterPorts, evacuation: Evacuation, pending: readonly string[]): Promise<MusterResult> {
  const read = await someAtOnce(pending, async (application): Promise<Ended | undefined> => {
    const execution = executionOf(application, evacuation);
    const lease = await leases.read(application);
    if (lease.holder === execution && isHeld(lease, clock.now())) return undefined;
    return endOf(application, await journal.list(execution));
  });
  return { pending: pending.filter((_, index) => read[index] === undefined), ended: read.filter((entry) => entry !== undefined) };
}

function endOf(application: string, entries: readonly JournalEntry[]): Ended | undefined {
  const last = entries.findLast(({ step, kind }) => step === 'Conclude' && kind === 'result');
  const { outcome, reason } = (last?.evidence ?? {}) as { readonly outcome?: string; readonly reason?: string };
  return outcome === undefined ? undefined : { application, outcome, reason: (reason ?? '').slice(0, REASON_LENGTH) };
}

async function someAtOnce<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await act(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
