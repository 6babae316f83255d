// Where do the authoritative servers lead users now? A weighted name answers by chance, so that one look proves little: each server is
// asked several times, and every answer must be the survivor's.
import type { Region, TrafficPlan } from '../../domain/plan.ts';
import type { Traffic } from '../../domain/ports.ts';
import { answersOnly } from './weights.ts';

/** With half of the weight still elsewhere, four looks at Route 53's four servers miss it once in 65,000 times; at one server, once in 16. */
const LOOKS = 4;

/** Undefined when all lead to the region alone; else what they answer, in words. */
export async function sighted(port: Pick<Traffic, 'resolve'>, traffic: TrafficPlan, region: Region): Promise<string | undefined> {
  const looks = await Promise.all(Array.from({ length: LOOKS }, () => port.resolve(traffic.recordName)));
  if (looks.every((answers) => answersOnly(answers, traffic, region))) return undefined;
  return [...new Set(looks.flat())].sort().join(', ') || 'nothing';
}
