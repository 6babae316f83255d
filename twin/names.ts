// The names of the twin: the public name server, a resolver for each region with that region's view, and the health checkers.
import { HealthCheckers } from './dns/health-checkers.ts';
import { DnsServer } from './dns/server.ts';
import { ZoneStore } from './dns/zones.ts';
import { addressOf, GLOBAL, USERS, viewOf } from './network/addresses.ts';
import { REGIONS, type Settings } from './settings.ts';

export interface Names {
  readonly zones: ZoneStore;
  readonly checkers: HealthCheckers;
  readonly publicServer: { readonly host: string; readonly port: number };
  /** Region -> `address:port` of its resolver. */
  readonly resolverOf: Readonly<Record<string, string>>;
  /** Breaks or mends the resolvers of all vantage points. */
  setResolvers(mode: 'ok' | 'servfail'): void;
  close(): Promise<void>;
}

/** Route 53 asks every 10 s; here as often as the vantage points do, so that both see an outage at one pace. */
export async function startNames(settings: Settings): Promise<Names> {
  const zones = new ZoneStore();
  const checkers = new HealthCheckers({ timeScale: settings.probeIntervalSeconds / 10, view: viewOf(USERS) });
  const shared = { zones, healthy: checkers.isHealthy };
  const publicDns = new DnsServer(shared);
  const resolvers = REGIONS.map((region) => ({ region, server: new DnsServer(shared) }));
  const close = async (): Promise<void> => {
    await checkers.close();
    await Promise.all([publicDns, ...resolvers.map(({ server }) => server)].map((server) => server.close()));
  };
  try {
    const publicServer = await publicDns.listen({ host: addressOf(GLOBAL) });
    const listening = await Promise.all(resolvers.map(async ({ region, server }) => {
      const { host, port } = await server.listen({ host: addressOf(region), view: viewOf(region), resolver: true });
      return [region, `${host}:${port}`] as const;
    }));
    return {
      zones, checkers, publicServer, resolverOf: Object.fromEntries(listening), close,
      setResolvers: (mode) => resolvers.forEach(({ server }) => server.setMode(mode)),
    };
  } catch (error) {
    await close();
    throw error;
  }
}
