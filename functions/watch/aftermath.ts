// What a control plane did by itself around a failover, looked at once in each run: a snapshot of lost writes is copied before its retention
// deletes it, and people are told of it, and of writes that could not be blocked. It decides nothing about a failover.
import { traitsOf } from '../../domain/kinds.ts';
import type { ApplicationPlan, DatabasePlan, Region } from '../../domain/plan.ts';
import type { Aftermath, Announcement, Clock } from '../../domain/ports.ts';
import { blockPage, copyOf, keptPage } from './kept.ts';

export interface AftermathPorts { readonly aftermath: Aftermath; readonly clock: Clock }
/** Events are looked at again and again: who was told once is not told twice, and an hour bridges any gap of this agent. */
const HEARD_MS = 3_600_000;

/** Tells by `tell`, which answers whether that was news. Answers the databases of which something was told. */
export async function lookAround({ aftermath, clock }: AftermathPorts, plan: ApplicationPlan, region: Region, tell: (announcement: Announcement) => Promise<boolean>): Promise<readonly string[]> {
  const told: string[] = [];
  for (const database of plan.databases.filter((one) => traitsOf(one).rejoins)) {
    const pages = [...await keep(aftermath, plan, database, region), ...await blocked(aftermath, plan, database, region, clock.now())];
    for (const page of pages) if (await tell(page)) told.push(database.name);
  }
  return told;
}

/** Copied at once: it is a snapshot of the system, which goes with the retention of the old cluster. */
async function keep(aftermath: Aftermath, plan: ApplicationPlan, database: DatabasePlan, region: Region): Promise<readonly Announcement[]> {
  const pages: Announcement[] = [];
  for (const snapshot of await aftermath.snapshots(database, region)) {
    const as = snapshot.keptAs ?? copyOf(snapshot.id);
    // RDS copies what is complete; one that is still being made is there again in the next minute.
    if (snapshot.keptAs === undefined && snapshot.status !== 'available') continue;
    if (snapshot.keptAs === undefined) await aftermath.keep(database, region, snapshot.id, as);
    pages.push(keptPage(snapshot.id, as, database, region, plan));
  }
  return pages;
}

async function blocked(aftermath: Aftermath, plan: ApplicationPlan, database: DatabasePlan, region: Region, now: number): Promise<readonly Announcement[]> {
  const blocks = await aftermath.writeBlocks(database, region, now - HEARD_MS);
  return blocks.filter(({ succeeded }) => !succeeded).map((block) => blockPage(block, database, plan));
}
