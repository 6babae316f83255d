// One check: a read and what it may show. A read that fails is a finding of its own, as severe as the worst that it could have
// shown: a rehearsal is never green because it did not look.
import type { Finding, Inventory } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import { CATALOGUE, finding, worstOf, type FindingId } from './catalogue.ts';

export interface Check {
  /** What is looked at, as a person would say it. */
  readonly what: string;
  readonly region: Region;
  readonly covers: readonly FindingId[];
  readonly run: () => Promise<readonly Finding[]>;
}

/** What was not answered, and why. */
export function notChecked({ what, region, covers }: Omit<Check, 'run'>, reason: string): Finding {
  const [first = 'not-checked'] = covers;
  return { ...finding('not-checked', { region, subject: what }, reason), title: `Not checked: ${what}`, severity: worstOf(covers), step: CATALOGUE[first].step };
}

/** The inventory with what several checks ask for read once. */
export function remembering(inventory: Inventory): Inventory {
  return {
    ...inventory,
    instance: once((region: Region, identifier: string) => inventory.instance(region, identifier)),
    secret: once((region: Region, secretId: string) => inventory.secret(region, secretId)),
    service: once((region: Region, cluster: string, service: string) => inventory.service(region, cluster, service)),
    function: once((region: Region, name: string) => inventory.function(region, name)),
    records: once((hostedZoneId: string, name: string) => inventory.records(hostedZoneId, name)),
    zone: once((hostedZoneId: string) => inventory.zone(hostedZoneId)),
    certificates: once((region: Region) => inventory.certificates(region)),
  };
}

function once<Given extends readonly string[], Answer>(ask: (...given: Given) => Promise<Answer>): (...given: Given) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (...given) => {
    const key = given.join('\n');
    const known = asked.get(key) ?? ask(...given);
    asked.set(key, known);
    return known;
  };
}
