// RDS for PostgreSQL with cross-region read replicas: the control plane's state and delays around real engines. Wiring
// only. It has no Multi-AZ and no restore, of Aurora the control plane's state alone; deleting an instance is refused by not being there.
import * as client from '@aws-sdk/client-rds';
import type { Clock } from '../../../domain/ports.ts';
import type { Service } from '../service.ts';
import { changeHandlers } from './rds/change.ts';
import { describeHandlers } from './rds/describe.ts';
import type { RdsEvent } from './rds/events.ts';
import { globalHandlers, type GlobalSeed } from './rds/global.ts';
import { InstanceStore, type InstanceName, type InstanceSeed } from './rds/instances.ts';
import { Lifecycle, quickDelays, type DatabaseHost, type RdsDelays } from './rds/lifecycle.ts';
import { snapshotHandlers } from './rds/snapshots.ts';

export type { DatabaseHost, InstanceName, InstanceSeed, RdsDelays, RdsEvent };

export interface RdsOptions {
  readonly instances: readonly InstanceSeed[];
  /** Aurora global databases, as state without engines. */
  readonly globals?: readonly GlobalSeed[];
  readonly moveMs?: number;
  readonly host: DatabaseHost;
  readonly clock: Clock;
  readonly delays?: Partial<RdsDelays>;
  readonly emit?: (event: RdsEvent) => void;
  readonly restartWhenPromoted?: boolean;
  readonly onFailure: (name: InstanceName, error: unknown) => void;
}

export function rdsService(options: RdsOptions): Service {
  const { clock, host, onFailure } = options;
  const delays = { ...quickDelays, ...options.delays };
  const instances = new InstanceStore();
  for (const seed of options.instances) instances.add(seed, 'available', clock.now());
  const lifecycle = new Lifecycle({ instances, host, clock, delays, onFailure, emit: options.emit ?? (() => undefined), restartWhenPromoted: options.restartWhenPromoted ?? true });
  return {
    name: 'rds',
    signingName: 'rds',
    client,
    scope: 'regional',
    handlers: { ...describeHandlers({ instances, lifecycle, clock }), ...changeHandlers({ instances, lifecycle, clock }), ...snapshotHandlers(instances, clock, delays.modifyMs), ...globalHandlers({ globals: options.globals ?? [], clock, moveMs: options.moveMs ?? delays.promoteDelayMs }) },
  };
}
