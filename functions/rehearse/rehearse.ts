// Rehearse: every check of this place by schedule. It moves nothing; all it writes is what it found last time, so that people are
// told of changes only (invariant I16).
import type { Finding, RehearsalStore } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import type { Messenger } from '../../domain/ports.ts';
import { keyOf } from './catalogue.ts';
import { changeMessage, changeOf } from './change.ts';
import { inspect, type InspectPorts } from './inspect.ts';
import type { Subject } from './subject.ts';

type RehearsePorts = Pick<InspectPorts, 'inventory' | 'clock'> & { readonly rehearsals: RehearsalStore; readonly messenger: Messenger };
export interface RehearseResult {
  readonly checks: number; readonly critical: number; readonly warning: number; readonly info: number; readonly notChecked: number;
  readonly told: boolean; readonly detail: string; readonly findings: readonly Finding[];
}

export const rehearse = (ports: RehearsePorts, subject: Subject, region: Region) =>
  async ({ runSeconds }: { readonly runSeconds: number }): Promise<RehearseResult> => {
    const { plan } = subject;
    // What belongs to no region is looked at from the first of the pair alone; `hotshift check` looks from anywhere.
    const { checks, findings } = await inspect(ports, subject)({ places: [region], withGlobal: region === plan.regions[0], runSeconds });
    const before = await ports.rehearsals.read(plan.application, region);
    const change = changeOf(findings, before);
    const isNews = change.appeared.length + change.gone.length > 0;
    const trouble = isNews ? await tell(ports, subject, region, change) : undefined;
    const seen = findings.map(keyOf).sort();
    const critical = findings.filter(({ severity }) => severity === 'critical').map(keyOf).sort();
    // When nobody could be told, the next rehearsal tries again.
    await ports.rehearsals.write(plan.application, region, { at: ports.clock.now(), seen, critical, told: trouble === undefined ? change.told : before?.told ?? [] });
    const count = (severity: Finding['severity']): number => findings.filter((found) => found.severity === severity).length;
    return {
      checks, critical: count('critical'), warning: count('warning'), info: count('info'), notChecked: findings.filter(({ id }) => id === 'not-checked').length,
      told: isNews && trouble === undefined, detail: trouble ?? (isNews ? 'told' : 'nothing new'), findings,
    };
  };

/** In words why nobody was told; a messenger that is down is a finding of the next rehearsal and no reason to fail this one. */
async function tell({ messenger, clock }: RehearsePorts, { plan }: Subject, region: Region, change: ReturnType<typeof changeOf>): Promise<string | undefined> {
  try {
    await messenger.send(plan, changeMessage(change, plan, region, clock.now()));
    return undefined;
  } catch (error) {
    return `nobody was told: ${String(error)}`;
  }
}
