// Compare databases: list the rows that were acknowledged by the old writer and never reached the new one, before the old one is
// set aside. Keys and times only go into the journal; nothing is changed, and nothing is copied from one database into the other.
import { holdLease } from '../../domain/authority.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { FailbackPorts, LostRow, ComparedTable, WrittenRow } from '../../domain/failback.ts';
import type { Failover } from '../../domain/journal.ts';
import type { FenceIntent } from '../../domain/lease.ts';
import { traitsOf } from '../../domain/kinds.ts';
import { survivorOf, type ApplicationPlan, type DatabasePlan, type Instant, type Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import { comparison, lostOf, since, type Comparison } from './lost.ts';

export interface CompareInput { readonly failover: Failover; readonly epoch: number; readonly database: string; readonly acceptLost: boolean }
type ComparePorts = Pick<Ports, 'leases' | 'intents' | 'database' | 'journal' | 'clock'> & Pick<FailbackPorts, 'rows'>;

/** Rows of one question, and how many are asked for at all: more than these within a loss window need a tool of their own. */
const PAGE = 500;
const PAGES = 20;
/** The journal's lines have 400 KB (DynamoDB), a key some 50 characters. */
const LISTED = 1000;

export const compare = (ports: ComparePorts, plan: ApplicationPlan) =>
  async ({ failover, epoch, database: name, acceptLost }: CompareInput): Promise<Comparison> => {
    const database = plan.databases.find((entry) => entry.name === name);
    if (database === undefined) throw new InvalidInputError(`database: ${name} is not in the plan of ${failover.application}`);
    await holdLease(ports, failover, epoch, plan.lease);
    const order = await ports.intents.read(failover.application, name, failover.evacuated);
    const instance = await ports.database.describe(database, failover.evacuated);
    const rebuilt = order === undefined || order.liftedAt !== undefined || instance === undefined || instance.isReplica;
    // What only the old volume held is neither on the new one nor reachable: the snapshot has it, and nobody has looked into that.
    const replaced = traitsOf(database).rejoins && order !== undefined && order.liftedAt === undefined;
    const found = replaced ? { lost: [], trouble: IN_SNAPSHOT } : rebuilt ? { lost: [], trouble: undefined } : await differences(ports, plan, database, failover.evacuated, order);
    const result: Comparison = rebuilt && !replaced ? { compared: 'same', proceed: true, lost: 0, reason: `${name}: nothing to compare: no old writer stands in ${failover.evacuated}` } : comparison(name, found.lost.length, found.trouble, acceptLost);
    await ports.journal.record({
      execution: failover.execution, application: failover.application, at: ports.clock.now(), step: 'Compare databases', kind: 'gate', epoch, summary: result.reason,
      gates: [{ gate: `${name}: lost writes`, passed: result.proceed, value: `${result.compared}, ${result.lost}`, threshold: 'none, or accepted by a person' }],
      evidence: { database: name, region: failover.evacuated, lost: found.lost.slice(0, LISTED), listed: Math.min(found.lost.length, LISTED), total: found.lost.length },
    });
    return result;
  };

const IN_SNAPSHOT = 'the old cluster comes back on a new volume; what only it held is in the snapshot hotshift-lost-writes-*, a copy of rds:unplanned-global-failover-*';

interface Differences { readonly lost: readonly LostRow[]; readonly trouble: string | undefined }

async function differences(ports: ComparePorts, plan: ApplicationPlan, database: DatabasePlan, old: Region, order: FenceIntent): Promise<Differences> {
  const tables = database.failback?.compare ?? [];
  if (tables.length === 0) return { lost: [], trouble: 'databases[].failback.compare names no table' };
  const entries = (await Promise.all([order.execution, ...(order.earlier ?? [])].map((execution) => ports.journal.list(execution)))).flat();
  const from = since(order, entries, database.name);
  try {
    const found = [];
    for (const table of tables) found.push(await lostIn(ports, database, old, survivorOf(plan, old), table, from));
    return { lost: found.flatMap(({ lost }) => lost), trouble: found.find(({ trouble }) => trouble !== undefined)?.trouble };
  } catch (error) {
    // A database that gives no answer is a fact for the person who decides, not a failure of this step.
    return { lost: [], trouble: error instanceof Error ? error.message : String(error) };
  }
}

async function lostIn({ rows }: ComparePorts, database: DatabasePlan, old: Region, writer: Region, table: ComparedTable, from: Instant): Promise<Differences> {
  const lost: LostRow[] = [];
  let after: WrittenRow | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const written = await rows.written(database, old, table, from, PAGE, after);
    const held = written.length === 0 ? new Set<string>() : await rows.held(database, writer, table, written.map(({ key }) => key));
    lost.push(...lostOf(table.table, written, held));
    if (written.length < PAGE) return { lost, trouble: undefined };
    after = written.at(-1);
  }
  return { lost, trouble: `more than ${PAGE * PAGES} rows of ${table.table} were written since ${new Date(from).toISOString()}` };
}
