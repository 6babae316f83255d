// What a failover of this plan asks of a control plane that is not in the survivor. Pure; said by `hotshift check`, since nobody
// should learn of it in an outage.
import type { ApplicationPlan } from '../../domain/plan.ts';

/** The API of Route 53 lives there, for all regions (AWS Fault Isolation Boundaries, appendix B). */
const ROUTE_53_REGION = 'us-east-1';

/** One sentence for each call on the way of a failover; none when all of it is data planes and the survivor. */
export function controlPlaneNotes(plan: ApplicationPlan): readonly string[] {
  const serves = plan.regions.includes(ROUTE_53_REGION) ? `, which is one of your own regions: when it is down the call may fail as well` : '';
  return [...plan.traffic.flatMap(({ name, strategies }) => {
    const at = strategies.indexOf('weighted-records');
    if (at === -1) return [];
    const when = at === 0 ? 'on the critical path' : `only after ${strategies.slice(0, at).join(' and ')}`;
    return [`users of ${name} are moved by the API of Route 53 in ${ROUTE_53_REGION}, ${when}${serves}`];
  }), ...plan.databases.flatMap(({ name, writerRecord }) => {
    if (writerRecord === undefined) return [];
    const effect = writerRecord.leads === false ? 'servers do not wait for it: they go where their permit leads' : 'no server writes before it is done';
    return [`the writer record of ${name} is changed by the API of Route 53 in ${ROUTE_53_REGION}; ${effect}${serves}`];
  })];
}
