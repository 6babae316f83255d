// The real AWS for `hotshift check --aws`, by the adapters of the scheduled rehearsal. Loaded when it is asked for: the SDK takes a while.
import type { InspectPorts } from '../functions/rehearse/inspect.ts';
import type { Target } from './world.ts';

export type AskAws = (target: Target, withValues: boolean) => Promise<InspectPorts>;

export const askAws: AskAws = async ({ region, table }, withValues) => {
  const [{ inventoryOf }, { applicationValues }, { systemClock }] = await Promise.all([import('../adapters/inventory.ts'), import('../adapters/application-values.ts'), import('../adapters/clock.ts')]);
  return { inventory: inventoryOf({ region, table, dnsServers: [] }), clock: systemClock, values: withValues ? applicationValues() : undefined };
};
