// The switch that leads users away from a region without any control plane (strategy health-check-switch): a function URL in each region
// and, for each application, a health check of Route 53 that asks it about the OTHER region. The check is inverted, as in AWS's "standby
// takes over primary" pattern: only the clear answer "left" turns it, silence never does, so that a dead survivor moves nobody.
import { survivorOf, type Region } from '../domain/plan.ts';
import { logicalId, ref, type Json } from './cloudformation.ts';
import { openUrl } from './function-url.ts';
import type { Plans } from './plans.ts';

/** The function behind the URL: neither an agent nor a step, so that no schedule and no state machine knows it. */
export const SWITCH_FUNCTION = 'answer';

/** The applications whose switch for the other region lives here. */
const switchedHere = (region: Region, plans: Plans) => plans.applications.filter(({ regions, traffic }) =>
  regions.includes(region) && traffic.some(({ strategies }) => strategies.includes('health-check-switch')));

export const hasSwitch = (region: Region, plans: Plans): boolean => switchedHere(region, plans).length > 0;

/** The switch's health check, in the stack of the survivor of the region that it is about. */
export const checkId = (application: string): string => `${logicalId(application)}SwitchCheck`;

export function switchResources(region: Region, plans: Plans): Json {
  if (!hasSwitch(region, plans)) return {};
  return {
    // Route 53's health checkers cannot sign. The function reads one item and answers "left" or "serves"; its host name is random.
    ...openUrl(SWITCH_FUNCTION),
    ...Object.fromEntries(switchedHere(region, plans).map((plan) => [checkId(plan.application), {
      Type: 'AWS::Route53::HealthCheck',
      Properties: {
        HealthCheckConfig: {
          Type: 'HTTPS', FullyQualifiedDomainName: urlHost(), Port: 443, EnableSNI: true, ResourcePath: `/left/${plan.application}/${survivorOf(plan, region)}`,
          // The faster interval and one answer: more than 18 % of the checkers must have seen "left", a fifth of ten seconds or a little more.
          Inverted: true, RequestInterval: 10, FailureThreshold: 1,
        },
        HealthCheckTags: [{ Key: 'Name', Value: `hotshift ${plan.application}: leave ${survivorOf(plan, region)}` }],
      },
    }])),
  };
}

/** `https://<host>/`: the part between the slashes. */
const urlHost = (): Json => ({ 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['AnswerUrl', 'FunctionUrl'] }] }] });

export const switchOutputs = (region: Region, plans: Plans): Json => Object.fromEntries(switchedHere(region, plans).map((plan) => [`${checkId(plan.application)}Id`, {
  Description: `Health check that takes ${survivorOf(plan, region)} out of the answers: a child of the calculated check in traffic.*.endpoints.${survivorOf(plan, region)}.healthCheck`,
  Value: ref(checkId(plan.application)),
}]));
