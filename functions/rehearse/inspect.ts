// Will a failover work today? Every check of the asked places, a few at a time, within a time limit. It reads, and changes nothing.
import type { ApplicationValues, Finding, Inventory } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import type { Clock } from '../../domain/ports.ts';
import { bySeverity, keyOf } from './catalogue.ts';
import { notChecked, remembering, type Check } from './check.ts';
import { databaseChecks } from './checks-database.ts';
import { deploymentChecks } from './checks-deployment.ts';
import { trafficChecks } from './checks-traffic.ts';
import { accepted } from './accepted.ts';
import type { Subject } from './subject.ts';

export interface Inspection {
  /** How many questions were asked. */
  readonly checks: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

export interface InspectPorts {
  readonly inventory: Inventory;
  readonly clock: Pick<Clock, 'now'>;
  readonly values?: ApplicationValues | undefined;
}

/** Eight at a time: well below the rates of all APIs but IAM's, which is asked one call after the other for each role. */
const AT_ONCE = 8;

/** `places`: the first of them also looks at what belongs to no region, if `withGlobal`. */
export const inspect = ({ inventory, clock, values }: InspectPorts, subject: Subject) =>
  async ({ places, withGlobal, runSeconds }: { readonly places: readonly Region[]; readonly withGlobal: boolean; readonly runSeconds: number }): Promise<Inspection> => {
    const shared = remembering(inventory);
    const endAt = clock.now() + runSeconds * 1000;
    const checks = places.flatMap((place, index) => {
      const asked = { ...subject, place, isFirst: withGlobal && index === 0, inventory: shared, values, now: clock.now() };
      return [...databaseChecks(asked), ...trafficChecks(asked), ...deploymentChecks(asked)];
    });
    const findings: Finding[] = [];
    const rest = [...checks];
    const work = async (): Promise<void> => {
      for (let check = rest.shift(); check !== undefined; check = rest.shift()) {
        findings.push(...(clock.now() < endAt ? await asking(check) : [notChecked(check, `not asked any more after ${runSeconds} s`)]));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return { checks: checks.length, findings: distinct(findings).map((found) => accepted(found, subject.plan)).sort(bySeverity) };
  };

async function asking(check: Check): Promise<readonly Finding[]> {
  try {
    return await check.run();
  } catch (error) {
    return [notChecked(check, error instanceof Error ? error.message : String(error))];
  }
}

/** A and AAAA with the same trouble are one finding; its evidence tells both. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const found of findings) {
    const known = byKey.get(keyOf(found));
    byKey.set(keyOf(found), known === undefined || known.evidence === found.evidence ? found : { ...known, evidence: `${known.evidence}; ${found.evidence}` });
  }
  return [...byKey.values()];
}
