// Rules about the ways to move users: each strategy must have what it needs before an outage, since nothing can be made during one.
import type { ApplicationPlan, TrafficPlan, TrafficStrategy } from '../domain/plan.ts';
import type { ConfigPath } from './config-issue.ts';
import { pairRules } from './config-rules-places.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';

/** A record that does not lead is only safe where permits do. */
export const leadingRules = (plan: ApplicationPlan): readonly RuleIssue[] => (plan.permit.enforced ? [] : plan.databases.flatMap(({ writerRecord }, index) => (writerRecord?.leads !== false ? [] : [error(
  ['databases', index, 'writerRecord', 'leads'], 'servers would go to the database that their permit names, and the application checks no permits', 'remove leads: false, or use guard/ and set permit.enforced to true', [['permit', 'enforced']])])));

/** Strategies that work through the health check of a region's records. */
const BY_HEALTH_CHECK: readonly TrafficStrategy[] = ['health-check-switch', 'routing-control'];

export const strategyRules = (plan: ApplicationPlan, traffic: TrafficPlan, path: ConfigPath): readonly RuleIssue[] => [
  ...orderRules(plan, traffic, path), ...healthCheckRules(traffic, path), ...rampRules(traffic, path),
  ...(traffic.strategies.includes('routing-control') && plan.routingControls === undefined
    ? [error([...path, 'strategies'], 'routing-control is a strategy, and the application has no routingControls', 'add routingControls with the five endpoints and a control for each region, or remove the strategy', [['routingControls']])] : []),
];

function orderRules(plan: ApplicationPlan, { strategies, strategyTimeoutSeconds }: TrafficPlan, path: ConfigPath): readonly RuleIssue[] {
  const twice = strategies.filter((strategy, index) => strategies.indexOf(strategy) !== index).slice(0, 1).map((strategy) => error(
    [...path, 'strategies', strategies.lastIndexOf(strategy)], `${strategy} is there twice: what failed would be tried again`, 'remove one of the two'));
  const spentSeconds = strategyTimeoutSeconds * (strategies.length - 1);
  const late = strategies.length > 1 && spentSeconds >= plan.budgets.rtoSeconds ? [error([...path, 'strategyTimeoutSeconds'],
    `the last strategy (${strategies.at(-1) ?? ''}) would have its turn after ${spentSeconds}s, and the RTO is ${plan.budgets.rtoSeconds}s`,
    `set strategyTimeout below ${Math.ceil(plan.budgets.rtoSeconds / (strategies.length - 1))}s, or raise rto`, [[...path, 'strategies'], ['budgets', 'rtoSeconds']])] : [];
  const behind = strategies[0] === 'weighted-records' && strategies.length > 1 ? [warning([...path, 'strategies'],
    `the API of Route 53 is asked first, and ${strategies.slice(1).join(' and ')} must wait ${strategyTimeoutSeconds}s for it when it is down`, 'put the strategy first that needs no control plane')] : [];
  return [...twice, ...late, ...behind];
}

function healthCheckRules({ strategies, endpoints }: TrafficPlan, path: ConfigPath): readonly RuleIssue[] {
  const needing = strategies.filter((strategy) => BY_HEALTH_CHECK.includes(strategy));
  const entries = Object.entries(endpoints);
  const missing = needing.length === 0 ? [] : entries.filter(([, { healthCheckId }]) => healthCheckId === undefined).map(([region]) => error(
    [...path, 'endpoints', region], `${needing.join(' and ')} cannot take ${region} out of the answers: its records have no health check`,
    'add healthCheck: a calculated one over the region\'s own check and the one of the switch or the routing control', [[...path, 'strategies'], [...path, 'endpoints', region, 'healthCheckId']]));
  const shared = entries.filter(([, { healthCheckId }], index) => healthCheckId !== undefined && entries.findIndex(([, other]) => other.healthCheckId === healthCheckId) < index).map(([region]) => error(
    [...path, 'endpoints', region, 'healthCheckId'], 'both regions have the same health check: they would leave the answers together', `give the health check of ${region}`));
  return [...missing, ...shared];
}

function rampRules({ ramp }: TrafficPlan, path: ConfigPath): readonly RuleIssue[] {
  const at = [...path, 'ramp'];
  const falls = ramp.findIndex((share, index) => index > 0 && share <= (ramp[index - 1] ?? 0));
  return [
    ...(falls === -1 ? [] : [error([...at, falls], 'the ramp does not rise: a step would lead users back', 'order the shares from the smallest to 100', [at])]),
    ...(ramp.at(-1) === 100 ? [] : [error(at, 'the ramp ends below 100: a planned move would never be complete', 'end it with 100')]),
  ];
}

export function routingControlRules(plan: ApplicationPlan): readonly RuleIssue[] {
  const { routingControls } = plan;
  if (routingControls === undefined) return [];
  const { endpoints, controls } = routingControls;
  const at = ['routingControls'];
  const regions = endpoints.map(({ region }) => region);
  const twice = regions.findIndex((region, index) => regions.indexOf(region) !== index);
  const arns = Object.entries(controls);
  return [
    ...pairRules(plan, [...at, 'controls'], controls, 'routing control'),
    ...(twice === -1 ? [] : [error([...at, 'endpoints', twice, 'region'], `there are two endpoints in ${regions[twice] ?? ''}: a cluster has one in each of five regions`, 'correct the region')]),
    ...arns.filter(([, arn], index) => arns.findIndex(([, other]) => other === arn) < index).map(([region]) => error(
      [...at, 'controls', region], 'both regions have the same routing control: it would open or close both', `give the control of ${region}`)),
    // Of five endpoints at least three answer at any time (Application Recovery Controller guide); with fewer written down it may be none.
    ...(endpoints.length >= 5 ? [] : [warning([...at, 'endpoints'], `${endpoints.length} of a cluster's 5 endpoints are written down: AWS promises that 3 of the 5 answer, not these`, 'write down all five')]),
    ...(plan.traffic.some(({ strategies }) => strategies.includes('routing-control')) ? [] : [warning(at, 'no traffic has the strategy routing-control: the controls are never used', 'add the strategy, or remove routingControls')]),
  ];
}
