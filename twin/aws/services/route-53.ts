// Route 53: the control plane whose changes the twin's name server answers. Wiring only: hosted zones, health checks and
// the account's rate limit, over stores that it shares with twin/dns.
import * as client from '@aws-sdk/client-route-53';
import type { Clock } from '../../../domain/ports.ts';
import type { Random } from '../../dns/choice.ts';
import type { HealthCheckers } from '../../dns/health-checkers.ts';
import type { ZoneStore } from '../../dns/zones.ts';
import { AwsError, type Handler, type Service } from '../service.ts';
import { HealthCheckStore } from './route-53/health-checks.ts';
import { hostedZoneHandlers } from './route-53/hosted-zones.ts';
import { Propagation } from './route-53/propagation.ts';
import { tokenBucket, type TokenBucketOptions } from './token-bucket.ts';

export interface Route53Options {
  readonly zones: ZoneStore;
  readonly checkers: HealthCheckers;
  readonly clock: Clock;
  readonly random?: Random;
  /** How long a change stays PENDING. AWS: generally within 60 s, the default. */
  readonly insyncMs?: number;
  /** How long one change of a zone keeps out the next (PriorRequestNotComplete). 0: never. */
  readonly processingMs?: number;
  /** One bucket for all calls of the account. The figures are those seen for Route 53's per-account bucket. */
  readonly rate?: TokenBucketOptions;
}

export function route53Service(options: Route53Options): Service {
  const { zones, checkers, clock } = options;
  const random = options.random ?? Math.random;
  const healthChecks = new HealthCheckStore(checkers, random);
  const propagation = new Propagation({ zones, clock, random, insyncMs: options.insyncMs ?? 60_000 });
  const takeToken = tokenBucket(options.rate ?? { burst: 50, refillPerSecond: 10 }, clock);
  const limited = (handler: Handler): Handler => (input, context) => {
    if (!takeToken()) throw new AwsError('Throttling', 'Rate exceeded', { status: 400 });
    return handler(input, context);
  };
  const handlers = {
    ...hostedZoneHandlers({ zones, propagation, clock, random, healthCheckExists: healthChecks.exists, processingMs: options.processingMs ?? 0 }),
    ...healthChecks.handlers(),
  };
  return {
    name: 'route-53',
    signingName: 'route53',
    client,
    scope: 'global',
    handlers: Object.fromEntries(Object.entries(handlers).map(([operation, handler]) => [operation, limited(handler)])),
  };
}
