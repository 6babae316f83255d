// Survey pair: find out where the writer is and what is left to do, and say whether a failback may begin. It reads only; all that it
// writes is the journal. A failback that ended on the way is gone on with from what is found, never from memory.
import { countedIn, roomFor } from '../../domain/capacity.ts';
import type { Scaled } from '../../domain/drill.ts';
import { hooksAt, type HooksAt } from '../../domain/hooks.ts';
import type { Failover } from '../../domain/journal.ts';
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Instant, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { direction, drillGate, gatesOf, type DatabaseFound } from './gates.ts';

export interface SurveyInput {
  readonly application: string; readonly execution: string; readonly startedAt: Instant; readonly home?: Region | undefined;
  readonly keepWriter?: boolean | undefined; readonly acceptLost?: boolean | undefined; readonly drill?: boolean | undefined; readonly requestedBy?: string | undefined;
}
export interface Surveyed {
  readonly survey: 'go' | 'refused'; readonly reason: string; readonly home: Region; readonly rebuild: Failover; readonly move: Failover;
  readonly writerMoves: boolean; readonly resumes: boolean; readonly databases: readonly string[];
  readonly hooks?: readonly HooksAt[];
  readonly scaled: { readonly home: readonly Scaled[]; readonly other: readonly Scaled[] };
}
type SurveyPorts = Pick<Ports, 'leases' | 'observations' | 'permits' | 'intents' | 'database' | 'journal' | 'clock'>;

export const survey = (ports: SurveyPorts, plan: ApplicationPlan) =>
  async (input: SurveyInput): Promise<Surveyed> => {
    const { application, execution, startedAt, requestedBy } = input;
    const home = plan.regions.find((region) => region === input.home) ?? (input.drill === true ? await away(ports, plan) : plan.regions[0]);
    const concerned = concernedBy(plan, home);
    const databases = await lookAtAll(ports, plan, concerned);
    const found = { lease: await ports.leases.read(application), observations: await ports.observations.list(application), databases };
    const way = direction(plan, databases, home);
    const failover = (evacuated: Region): Failover => ({
      application, execution, evacuated, incident: `failback-${execution}`.slice(0, 120), mode: 'failback', startedAt, ...(requestedBy === undefined ? {} : { requestedBy }),
    });
    const unknown = input.home !== undefined && input.home !== home ? [{ gate: 'home', passed: false, value: `${application} does not run in ${input.home}`, threshold: plan.regions.join(' or ') }] : [];
    const gates = [...unknown, ...(input.drill === true ? [drillGate(way, home)] : []), ...gatesOf(plan, found, way, ports.clock.now())];
    const refused = gates.filter(({ passed }) => !passed);
    const writerMoves = way.resumes || (way.writer !== home && input.keepWriter !== true);
    const goes = `the writer is in ${way.writer}${way.resumes ? ' and on its way' : ''}; ${writerMoves ? `it goes to ${home}` : 'it stays'}, and ${survivorOf(plan, writerMoves ? home : way.writer)} becomes its replica`;
    const reason = refused.length > 0 ? refused.map(({ gate, value }) => `${gate}: ${value}`).join('; ') : goes;
    await ports.journal.record({ execution, application, at: ports.clock.now(), step: 'Survey pair', kind: 'gate', summary: refused.length > 0 ? `refused: ${reason}` : reason, gates, evidence: { home, keepWriter: input.keepWriter ?? false, acceptLost: input.acceptLost ?? false, drill: input.drill ?? false, requestedBy: requestedBy ?? 'nobody' } });
    return {
      survey: refused.length > 0 ? 'refused' : 'go', reason, home, rebuild: failover(survivorOf(plan, way.writer)), move: failover(survivorOf(plan, home)),
      writerMoves, resumes: way.resumes, databases: concerned.map(({ name }) => name), scaled: { home: added(plan, home), other: added(plan, survivorOf(plan, home)) },
      ...(plan.hooks === undefined ? {} : { hooks: hooksAt(plan.hooks) }),
    };
  };

/** A drill takes the writer to where it is not, so that the directions take turns by themselves. */
async function away({ permits }: SurveyPorts, plan: ApplicationPlan): Promise<Region> {
  const [first] = plan.databases;
  return survivorOf(plan, (first === undefined ? undefined : await permits.read(plan.application, first.name))?.writer ?? plan.regions[1]);
}

/**
 * Where users have shards, each database has a home: the shard's region, or the first of the pair. Only those that are at home where the
 * writer shall go are looked at and moved; the others stay where they are. Without shards it is all of them, whichever way.
 */
function concernedBy({ databases, regions: [first] }: ApplicationPlan, home: Region): readonly DatabasePlan[] {
  return databases.some(({ shardOf }) => shardOf !== undefined) ? databases.filter(({ shardOf = first }) => shardOf === home) : databases;
}

async function lookAtAll(ports: SurveyPorts, plan: ApplicationPlan, concerned: readonly DatabasePlan[]): Promise<readonly DatabaseFound[]> {
  return Promise.all(concerned.map(async (database) => {
    const [permit, orders] = await Promise.all([
      ports.permits.read(plan.application, database.name),
      Promise.all(plan.regions.map((region) => ports.intents.read(plan.application, database.name, region))),
    ]);
    const writer = permit === undefined ? undefined : await ports.database.describe(database, permit.writer);
    return { database: database.name, permit, orders: orders.filter((order) => order !== undefined), writer };
  }));
}

/** What a failover sets where it goes to: only this is taken back, anything else is somebody's own decision. */
const added = (plan: ApplicationPlan, region: Region): readonly Scaled[] => plan.capacity.flatMap((capacity) => {
  const baseline = countedIn(capacity)[region]?.baseline;
  return baseline === undefined ? [] : [{ name: capacity.name, from: baseline, to: roomFor(capacity, baseline), reason: `${baseline} x ${capacity.factor}` }];
});
