// What happens to an instance after RDS accepted a call: the statuses it goes through, with the real engine behind them
// (DatabaseHost) and the events on the way. A step of the engine that fails leaves the instance `failed` and is reported.
import type { Clock } from '../../../../domain/ports.ts';
import { rdsEvent, type RdsEvent, type RdsEventId } from './events.ts';
import { arnOf, type InstanceName, type InstanceStatus, type InstanceStore } from './instances.ts';

/** The real database behind an instance. Each promise ends when the engine has done it. */
export interface DatabaseHost {
  promote(instance: InstanceName): Promise<void>;
  restart(instance: InstanceName): Promise<void>;
  stop(instance: InstanceName): Promise<void>;
  start(instance: InstanceName): Promise<void>;
  /** The instance gets another identifier: it restarts under it, or stays down where nothing may reach it any more. */
  rename(instance: InstanceName, identifier: string): Promise<void>;
  /** Makes a replica of `source` and tells where it listens. */
  createReplica(instance: InstanceName, source: InstanceName): Promise<{ readonly host: string; readonly port: number }>;
}

export interface RdsDelays {
  /** How long an accepted call does not show in the status: describe still says `available`. */
  readonly statusLagMs: number;
  /** From `modifying` to the engine's own promotion. On AWS, minutes. */
  readonly promoteDelayMs: number;
  readonly rebootMs: number;
  /** The backup after a promotion with backups on; 0 leaves it out. */
  readonly backupMs: number;
  /** Any other change of an instance. */
  readonly modifyMs: number;
  /** RDS starts a stopped instance again after seven days (scaled like everything). */
  readonly stoppedMsMax: number;
}

export const SEVEN_DAYS_MS = 7 * 24 * 3_600_000;
export const quickDelays: RdsDelays = { statusLagMs: 500, promoteDelayMs: 0, rebootMs: 0, backupMs: 0, modifyMs: 500, stoppedMsMax: SEVEN_DAYS_MS };

export interface LifecycleOptions {
  readonly instances: InstanceStore;
  readonly host: DatabaseHost;
  readonly clock: Clock;
  readonly delays: RdsDelays;
  /** Delivers an event to the region's bus. */
  readonly emit: (event: RdsEvent) => void;
  /** Real RDS restarts an instance that it promotes. False: only the status says `rebooting`, the engine stays up. */
  readonly restartWhenPromoted: boolean;
  /** Told when the engine failed under a call that had been accepted. */
  readonly onFailure: (name: InstanceName, error: unknown) => void;
}

export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #log: RdsEvent[] = [];
  readonly #busy = new Set<string>();

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  get log(): readonly RdsEvent[] {
    return this.#log;
  }

  /** Is an accepted call still being carried out, whatever the status says? */
  isBusy(name: InstanceName): boolean {
    return this.#busy.has(arnOf(name));
  }

  /** The replica stays `available` for a while, then `modifying`, `rebooting`, perhaps `backing-up`, and is a writer. */
  promote(name: InstanceName, backupRetentionDays: number): void {
    const { clock, delays, host, instances, restartWhenPromoted } = this.#options;
    this.#run(name, async () => {
      await clock.sleep(delays.statusLagMs);
      this.#to(name, 'modifying');
      await clock.sleep(delays.promoteDelayMs);
      await host.promote(name);
      this.#tell('RDS-EVENT-0057', name);
      await this.#reboot(name, restartWhenPromoted);
      instances.update(name, { source: undefined, backupRetentionDays });
      if (backupRetentionDays > 0 && delays.backupMs > 0) await this.#backUp(name);
      this.#to(name, 'available');
    });
  }

  reboot(name: InstanceName): void {
    this.#run(name, async () => {
      await this.#reboot(name, true);
      this.#to(name, 'available');
    });
  }

  modify(name: InstanceName): void {
    const { clock, delays } = this.#options;
    this.#run(name, async () => {
      await clock.sleep(delays.statusLagMs);
      this.#to(name, 'modifying');
      await clock.sleep(delays.modifyMs);
      this.#to(name, 'available');
    });
  }

  rename(name: InstanceName, identifier: string): void {
    const { clock, delays, host, instances } = this.#options;
    this.#run(name, async () => {
      await clock.sleep(delays.statusLagMs);
      this.#to(name, 'renaming');
      await host.rename(name, identifier);
      await clock.sleep(delays.modifyMs);
      instances.rename(name, identifier);
      this.#to({ ...name, identifier }, 'available');
    });
  }

  stop(name: InstanceName): void {
    const { clock, delays, host, instances } = this.#options;
    this.#to(name, 'stopping');
    this.#run(name, async () => {
      await host.stop(name);
      const automaticRestartAt = clock.now() + delays.stoppedMsMax;
      instances.update(name, { status: 'stopped', automaticRestartAt });
      this.#tell('RDS-EVENT-0087', name);
      void clock.sleep(delays.stoppedMsMax).then(() => {
        // Started, or stopped anew, in the meantime: that stop has its own end.
        if (instances.get(name)?.automaticRestartAt !== automaticRestartAt) return;
        this.#tell('RDS-EVENT-0154', name);
        this.start(name);
      });
    });
  }

  start(name: InstanceName): void {
    this.#options.instances.update(name, { status: 'starting', automaticRestartAt: undefined });
    this.#run(name, async () => {
      await this.#options.host.start(name);
      this.#to(name, 'available');
      this.#tell('RDS-EVENT-0088', name);
    });
  }

  /** `place` tells where the new engine listens, before the instance becomes available. */
  createReplica(name: InstanceName, source: InstanceName, place: (endpoint: { readonly host: string; readonly port: number }) => void): void {
    this.#run(name, async () => {
      place(await this.#options.host.createReplica(name, source));
      this.#to(name, 'available');
      this.#tell('RDS-EVENT-0005', name);
      this.#tell('RDS-EVENT-0046', name);
    });
  }

  async #reboot(name: InstanceName, restart: boolean): Promise<void> {
    this.#to(name, 'rebooting');
    this.#tell('RDS-EVENT-0004', name);
    if (restart) await this.#options.host.restart(name);
    await this.#options.clock.sleep(this.#options.delays.rebootMs);
    this.#tell('RDS-EVENT-0006', name);
  }

  async #backUp(name: InstanceName): Promise<void> {
    this.#to(name, 'backing-up');
    this.#tell('RDS-EVENT-0001', name);
    await this.#options.clock.sleep(this.#options.delays.backupMs);
    this.#tell('RDS-EVENT-0002', name);
  }

  #to(name: InstanceName, status: InstanceStatus): void {
    this.#options.instances.update(name, { status });
  }

  #tell(eventId: RdsEventId, name: InstanceName): void {
    const event = rdsEvent(eventId, name, this.#options.clock.now());
    this.#log.push(event);
    this.#options.emit(event);
  }

  #run(name: InstanceName, work: () => Promise<void>): void {
    this.#busy.add(arnOf(name));
    void work()
      .catch((error: unknown) => {
        this.#to(name, 'failed');
        this.#tell('RDS-EVENT-0035', name);
        this.#options.onFailure(name, error);
      })
      .finally(() => this.#busy.delete(arnOf(name)));
  }
}
