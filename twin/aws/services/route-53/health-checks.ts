// Health checks: the operations that create and switch them. What runs them is twin/dns/health-checkers.ts; kinds that the
// twin cannot make real are refused by name.
import type * as route53 from '@aws-sdk/client-route-53';
import type { Random } from '../../../dns/choice.ts';
import type { HealthCheck } from '../../../dns/health-check.ts';
import type { HealthCheckers } from '../../../dns/health-checkers.ts';
import { AwsError, type Handler } from '../../service.ts';
import { bareId } from './hosted-zones.ts';

type Config = route53.HealthCheckConfig;
const PAGE_MAX = 100;
const invalid = (message: string): AwsError => new AwsError('InvalidInput', message, { status: 400 });

/** What HealthCheckers takes, from what the API takes; throws InvalidInput for what the twin does not run. */
function healthCheckOf(id: string, config: Config): HealthCheck {
  const switches = { id, inverted: config.Inverted ?? false, disabled: config.Disabled ?? false };
  if (config.Type === 'CALCULATED') {
    if (config.HealthThreshold === undefined || !config.ChildHealthChecks) throw invalid('A CALCULATED health check needs HealthThreshold and ChildHealthChecks.');
    return { ...switches, kind: 'CALCULATED', children: config.ChildHealthChecks, healthThreshold: config.HealthThreshold };
  }
  if (config.Type !== 'HTTP' && config.Type !== 'HTTPS' && config.Type !== 'TCP') throw invalid(`The twin does not run health checks of type ${config.Type}.`);
  if (!config.IPAddress) throw invalid('The twin checks addresses only: IPAddress is missing.');
  if (config.RequestInterval !== 10 && config.RequestInterval !== 30) throw invalid(`RequestInterval must be 10 or 30, not ${config.RequestInterval}.`);
  if (!config.FailureThreshold || config.FailureThreshold < 1 || config.FailureThreshold > 10) throw invalid(`FailureThreshold must be between 1 and 10, not ${config.FailureThreshold}.`);
  return {
    ...switches,
    kind: config.Type,
    address: config.IPAddress,
    port: config.Port ?? (config.Type === 'HTTPS' ? 443 : 80),
    path: config.ResourcePath ?? '/',
    ...(config.FullyQualifiedDomainName ? { hostName: config.FullyQualifiedDomainName } : {}),
    requestIntervalSeconds: config.RequestInterval,
    failureThreshold: config.FailureThreshold,
  };
}

interface Kept {
  readonly shape: route53.HealthCheck & { readonly Id: string; readonly HealthCheckConfig: Config; readonly HealthCheckVersion: number };
}

export class HealthCheckStore {
  readonly #kept = new Map<string, Kept>();
  readonly #checkers: HealthCheckers;
  readonly #random: Random;

  constructor(checkers: HealthCheckers, random: Random) {
    this.#checkers = checkers;
    this.#random = random;
  }

  exists = (id: string): boolean => this.#kept.has(id);

  handlers(): Record<string, Handler> {
    return {
      CreateHealthCheck: (input: route53.CreateHealthCheckRequest) => this.#create(input),
      UpdateHealthCheck: (input: route53.UpdateHealthCheckRequest) => ({ HealthCheck: this.#update(input) }),
      GetHealthCheck: (input: route53.GetHealthCheckRequest) => ({ HealthCheck: this.#must(input.HealthCheckId).shape }),
      GetHealthCheckStatus: (input: route53.GetHealthCheckStatusRequest) => this.#observations(this.#must(input.HealthCheckId)),
      ListHealthChecks: (input: route53.ListHealthChecksRequest) => this.#list(input),
      DeleteHealthCheck: (input: route53.DeleteHealthCheckRequest) => {
        // Allowed while record sets still name it: the API reference warns of that and does not forbid it.
        const { Id } = this.#must(input.HealthCheckId).shape;
        this.#kept.delete(Id);
        this.#checkers.remove(Id);
        return {};
      },
    };
  }

  #must(id: string | undefined): Kept {
    const kept = this.#kept.get(bareId(id));
    if (!kept) throw new AwsError('NoSuchHealthCheck', `No health check exists with the specified ID: ${bareId(id)}`, { status: 404 });
    return kept;
  }

  #create(input: route53.CreateHealthCheckRequest): Partial<route53.CreateHealthCheckResponse> {
    const defaults: Partial<Config> = input.HealthCheckConfig?.Type === 'CALCULATED' ? {} : { RequestInterval: 30, FailureThreshold: 3 };
    const config: Config = { ...defaults, Inverted: false, Disabled: false, ...(input.HealthCheckConfig as Config) };
    const twin = [...this.#kept.values()].find(({ shape }) => shape.CallerReference === input.CallerReference);
    if (twin && JSON.stringify(twin.shape.HealthCheckConfig) !== JSON.stringify(config)) {
      throw new AwsError('HealthCheckAlreadyExists', `A health check with caller reference ${input.CallerReference} exists with other settings.`, { status: 409 });
    }
    const shape = twin?.shape ?? { Id: this.#identifier(), CallerReference: input.CallerReference, HealthCheckConfig: config, HealthCheckVersion: 1 };
    if (!twin) this.#keep({ shape });
    return { HealthCheck: shape, Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${shape.Id}` };
  }

  #update(input: route53.UpdateHealthCheckRequest): route53.HealthCheck {
    const { shape } = this.#must(input.HealthCheckId);
    if (input.HealthCheckVersion !== undefined && input.HealthCheckVersion !== shape.HealthCheckVersion) {
      throw new AwsError('HealthCheckVersionMismatch', "The value of HealthCheckVersion in the request doesn't match the value of HealthCheckVersion in the health check.", { status: 409 });
    }
    const { HealthCheckId: _id, HealthCheckVersion: _version, ResetElements: reset, ...changes } = input;
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const HealthCheckConfig: Config = { ...shape.HealthCheckConfig, ...given };
    for (const element of reset ?? []) delete HealthCheckConfig[element];
    return this.#keep({ shape: { ...shape, HealthCheckConfig, HealthCheckVersion: shape.HealthCheckVersion + 1 } }).shape;
  }

  /** Runs it first: what the checkers refuse is not kept. */
  #keep(kept: Kept): Kept {
    const { Id, HealthCheckConfig } = kept.shape;
    for (const child of HealthCheckConfig.ChildHealthChecks ?? []) this.#must(child);
    try {
      this.#checkers.put(healthCheckOf(Id, HealthCheckConfig));
    } catch (error) {
      if (error instanceof RangeError) throw invalid(error.message);
      throw error;
    }
    this.#kept.set(Id, kept);
    return kept;
  }

  #observations({ shape }: Kept): route53.GetHealthCheckStatusResponse {
    if (shape.HealthCheckConfig.Type === 'CALCULATED') throw invalid('A calculated health check has no checkers of its own.');
    return {
      HealthCheckObservations: this.#checkers.observationsOf(shape.Id).map((seen, at) => ({
        Region: seen.region as route53.HealthCheckRegion,
        IPAddress: `198.51.100.${at + 1}`,
        StatusReport: { Status: seen.reason, ...(seen.checkedAt === undefined ? {} : { CheckedTime: new Date(seen.checkedAt) }) },
      })),
    };
  }

  #list(input: route53.ListHealthChecksRequest): Partial<route53.ListHealthChecksResponse> {
    const size = Math.min(Number(input.MaxItems ?? PAGE_MAX), PAGE_MAX);
    const rest = [...this.#kept.keys()].sort().filter((id) => id >= (input.Marker ?? ''));
    const next = rest[size];
    return {
      HealthChecks: rest.slice(0, size).flatMap((id) => this.#kept.get(id)?.shape ?? []),
      Marker: input.Marker ?? '',
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextMarker: next }),
      MaxItems: size,
    };
  }

  #identifier(): string {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join('');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
