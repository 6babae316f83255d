// Health checks of Route 53 that the records carry, where the plan wants Hotshift to make them: one that asks the region itself, and a
// calculated one over it and over the switch. Made with the stack, long before a failover: a health check cannot be made during one, as
// its API is in us-east-1. Checks about a region live in the stack of the OTHER one, which must be able to change them when it is gone.
import { survivorOf, type ApplicationPlan, type Region } from '../domain/plan.ts';
import { logicalId, ref, type Json } from './cloudformation.ts';
import type { Plans } from './plans.ts';
import { checkId as switchCheckId } from './switch.ts';

/** The applications whose checks about the other region are made here. */
const madeHere = (region: Region, plans: Plans): readonly ApplicationPlan[] =>
  plans.applications.filter(({ regions, traffic }) => regions.includes(region) && traffic.some(({ makeHealthChecks }) => makeHealthChecks === true));

const ownId = (application: string): string => `${logicalId(application)}EndpointCheck`;
const recordsId = (application: string): string => `${logicalId(application)}RecordsCheck`;

export function healthCheckResources(region: Region, plans: Plans): Json {
  return Object.assign({}, ...madeHere(region, plans).map((plan) => {
    const target = survivorOf(plan, region);
    const children = [ref(ownId(plan.application)), ...(switched(plan) ? [ref(switchCheckId(plan.application))] : [])];
    return {
      [ownId(plan.application)]: healthCheck(endpointConfig(plan, target), `hotshift ${plan.application}: ${target} answers`),
      // Always there, also over a single child: its id stays the same when the switch comes to it.
      [recordsId(plan.application)]: healthCheck({ Type: 'CALCULATED', ChildHealthChecks: children, HealthThreshold: children.length }, `hotshift ${plan.application}: ${target} is in the answers`),
    };
  })) as Json;
}

const switched = ({ traffic }: ApplicationPlan): boolean => traffic.some(({ strategies }) => strategies.includes('health-check-switch'));

/** The base of the probe's URL: it always reaches its own region, and says more than a TCP connection. */
function endpointConfig(plan: ApplicationPlan, target: Region): Json {
  const url = new URL(plan.probeUrls[target] ?? '');
  const isTls = url.protocol === 'https:';
  return {
    Type: isTls ? 'HTTPS' : 'HTTP', FullyQualifiedDomainName: url.hostname, Port: Number(url.port) || (isTls ? 443 : 80), ResourcePath: url.pathname,
    // The faster interval, and Route 53's own default of three failures: half a minute of failures, and no flapping.
    RequestInterval: 10, FailureThreshold: 3, ...(isTls ? { EnableSNI: true } : {}),
  };
}

const healthCheck = (config: Json, name: string): Json => ({ Type: 'AWS::Route53::HealthCheck', Properties: { HealthCheckConfig: config, HealthCheckTags: [{ Key: 'Name', Value: name }] } });

export const healthCheckOutputs = (region: Region, plans: Plans): Json => Object.fromEntries(madeHere(region, plans).map((plan) => [`${recordsId(plan.application)}Id`, {
  Description: `Health check of the records of ${survivorOf(plan, region)}: put it into traffic.*.endpoints.${survivorOf(plan, region)}.healthCheck`, Value: ref(recordsId(plan.application)),
}]));
