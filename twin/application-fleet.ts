// The processes of the sample application: so many per region as ECS says, all on the region's one address and port.
import { startApplication, type ApplicationProcess } from './application/start.ts';
import type { Applications } from './faults.ts';
import { addressOf } from './network/addresses.ts';
import { writerRecordName } from './databases.ts';
import type { Databases, DatabasePair } from './postgres/databases.ts';
import { goesByPermit, APPLICATION, REGION_A, REGION_B, TABLE, type Settings } from './settings.ts';

export interface FleetOptions {
  readonly databases: Databases;
  readonly port: number;
  readonly settings: Settings;
  readonly sessionKey: string;
  readonly resolverOf: Readonly<Record<string, string>>;
  readonly endpointOf: (region: string) => string;
}

export class ApplicationFleet implements Applications {
  readonly sessionKey: string;
  readonly #options: FleetOptions;
  readonly #processes = new Map<string, ApplicationProcess[]>();
  /** As ECS asked last. */
  readonly #desired = new Map<string, number>();
  #closed = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.sessionKey = options.sessionKey;
  }

  /** Starts or ends processes until `desired` run; answers how many do. */
  async scale(region: string, desired: number): Promise<number> {
    this.#desired.set(region, desired);
    const running = (this.#processes.get(region) ?? []).filter((process) => process.isRunning);
    this.#processes.set(region, running);
    await Promise.all(running.splice(desired).map((process) => process.stop()));
    while (running.length < desired && !this.#closed) {
      const process = await startApplication(this.#config(region));
      // The twin may have ended while this one started.
      if (this.#closed) await process.kill();
      else running.push(process);
    }
    return running.length;
  }

  async start(region: string): Promise<void> {
    await this.scale(region, this.#desired.get(region) ?? 1);
  }

  kill(region: string): void {
    for (const process of this.#of(region)) void process.kill();
  }

  freeze(region: string): void {
    for (const process of this.#of(region)) process.freeze();
  }

  resume(region: string): void {
    for (const process of this.#of(region)) process.resume();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#processes.values()].flat().map((process) => process.kill()));
  }

  #of(region: string): readonly ApplicationProcess[] {
    return (this.#processes.get(region) ?? []).filter((process) => process.isRunning);
  }

  #config(region: string): Parameters<typeof startApplication>[0] {
    const { databases: [first, ...shards], port, settings, sessionKey, endpointOf } = this.#options;
    return {
      application: APPLICATION, ...this.#store(region, first), region, host: addressOf(region), port, tableName: TABLE, awsEndpointUrl: endpointOf(region), sessionKey,
      permitTtlSeconds: settings.permitTtlSeconds, renewEverySeconds: Math.min(0.5, settings.permitTtlSeconds / 4),
      databaseName: first.pair.databaseName, healthWriteTimeoutMs: Math.round(settings.probeTimeoutSeconds * 650),
      shards: shards.map((shard) => ({ ...this.#store(region, shard), shardOf: shard.shardOf ?? '' })),
    };
  }

  #store(region: string, { name, pair }: DatabasePair) {
    const { settings, resolverOf } = this.#options;
    return {
      database: name, local: pair.endpoint(region, region), password: pair.passwords.app,
      // The record is resolved at each connect, as an application does that knows nothing of Hotshift but the permit. Where no record can
      // be changed, servers go where the permit says.
      writer: goesByPermit(settings) ? { mode: 'permit' as const, endpoints: Object.fromEntries([REGION_A, REGION_B].map((place) => [place, pair.endpoint(region, place)])) }
        : { mode: 'dns' as const, name: writerRecordName(name), servers: [resolverOf[region] ?? ''], port: pair.port },
    };
  }
}
