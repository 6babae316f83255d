// The tasks of ECS services: a desired count, and a running count that follows it as far as the fleet has capacity.
// What a task really is (a process of the twin) is the business of the `scale` hook.
import { randomUUID } from 'node:crypto';
import type * as ecs from '@aws-sdk/client-ecs';
import type { Clock } from '../../../../domain/ports.ts';
import { ACCOUNT_ID } from '../../service.ts';

export interface EcsServiceName {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
}

export interface EcsServiceSeed extends EcsServiceName {
  readonly desiredCount: number;
}

/** Makes so many tasks run and answers how many really do: fewer when there is no capacity for more. */
export type Scale = (service: EcsServiceName, desiredCount: number) => number | Promise<number>;

export interface FleetOptions {
  readonly scale: Scale;
  readonly clock: Clock;
  /** How long a task takes to start. */
  readonly taskStartMs: number;
  /** How often ECS tries again when a task could not be placed. */
  readonly placementRetryMs: number;
  /** Told when the hook itself failed. */
  readonly onFailure: (service: EcsServiceName, error: unknown) => void;
}

interface Kept extends EcsServiceName {
  desiredCount: number;
  runningCount: number;
  readonly createdAt: Date;
  updatedAt: Date;
  deployment: string;
  readonly events: ecs.ServiceEvent[];
}

const EVENTS_MAX = 100;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #services = new Map<string, Kept>();

  constructor(seeds: readonly EcsServiceSeed[], options: FleetOptions) {
    this.#options = options;
    const now = new Date(options.clock.now());
    for (const seed of seeds) {
      this.#services.set(key(seed), { ...seed, runningCount: seed.desiredCount, createdAt: now, updatedAt: now, deployment: `ecs-svc/${randomUUID()}`, events: [] });
    }
  }

  has(name: EcsServiceName): boolean {
    return this.#services.has(key(name));
  }

  hasCluster(region: string, cluster: string): boolean {
    return [...this.#services.values()].some((kept) => kept.region === region && kept.cluster === cluster);
  }

  /** Sets the desired count; the running count follows on its own. */
  setDesired(name: EcsServiceName, desiredCount: number): void {
    const kept = this.#must(name);
    if (desiredCount === kept.desiredCount) return;
    kept.desiredCount = desiredCount;
    kept.updatedAt = new Date(this.#options.clock.now());
    this.#follow(kept, desiredCount).catch((error: unknown) => {
      this.#tell(kept, `(service ${kept.service}) was unable to place a task. Reason: ${error instanceof Error ? error.message : String(error)}`);
      this.#options.onFailure(name, error);
    });
  }

  shape(name: EcsServiceName): ecs.Service {
    const kept = this.#must(name);
    const counts = { desiredCount: kept.desiredCount, runningCount: kept.runningCount, pendingCount: Math.max(0, kept.desiredCount - kept.runningCount) };
    const taskDefinition = `arn:aws:ecs:${kept.region}:${ACCOUNT_ID}:task-definition/${kept.service}:1`;
    return {
      serviceArn: serviceArn(kept),
      serviceName: kept.service,
      clusterArn: clusterArn(kept.region, kept.cluster),
      status: 'ACTIVE',
      launchType: 'FARGATE',
      schedulingStrategy: 'REPLICA',
      taskDefinition,
      ...counts,
      createdAt: kept.createdAt,
      events: [...kept.events],
      deployments: [
        { id: kept.deployment, status: 'PRIMARY', taskDefinition, ...counts, createdAt: kept.createdAt, updatedAt: kept.updatedAt, rolloutState: counts.pendingCount > 0 ? 'IN_PROGRESS' : 'COMPLETED' },
      ],
    };
  }

  async #follow(kept: Kept, desiredCount: number): Promise<void> {
    const { clock, placementRetryMs, scale, taskStartMs } = this.#options;
    if (desiredCount > kept.runningCount) await clock.sleep(taskStartMs);
    // A newer wish has its own follower.
    while (kept.desiredCount === desiredCount) {
      kept.runningCount = await scale({ region: kept.region, cluster: kept.cluster, service: kept.service }, desiredCount);
      if (kept.runningCount >= desiredCount) {
        this.#tell(kept, `(service ${kept.service}) has reached a steady state.`);
        return;
      }
      this.#tell(kept, `(service ${kept.service}) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.`);
      await clock.sleep(placementRetryMs);
    }
  }

  #must(name: EcsServiceName): Kept {
    const kept = this.#services.get(key(name));
    if (!kept) throw new RangeError(`no ECS service ${key(name)}`);
    return kept;
  }

  #tell(kept: Kept, message: string): void {
    kept.events.unshift({ id: randomUUID(), createdAt: new Date(this.#options.clock.now()), message });
    kept.events.splice(EVENTS_MAX);
  }
}

const key = ({ region, cluster, service }: EcsServiceName): string => `${region} ${cluster} ${service}`;
export const clusterArn = (region: string, cluster: string): string => `arn:aws:ecs:${region}:${ACCOUNT_ID}:cluster/${cluster}`;
export const serviceArn = ({ region, cluster, service }: EcsServiceName): string => `arn:aws:ecs:${region}:${ACCOUNT_ID}:service/${cluster}/${service}`;
