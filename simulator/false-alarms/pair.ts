// The three places by their part: `home` has the writer, `standby` its replica, the witness only looks.
import type { ApplicationPlan, Region } from '../../domain/plan.ts';

export interface Pair { readonly home: Region; readonly standby: Region; readonly witness: Region }

export function pairOf(plan: ApplicationPlan): Pair {
  const [home, standby] = plan.regions;
  return { home, standby, witness: plan.witness };
}

export const placesOf = ({ home, standby, witness }: Pair): readonly Region[] => [home, standby, witness];
export const otherOf = ({ home, standby }: Pair, region: Region): Region => (region === home ? standby : home);
/** A place as a number, for chance. */
export const numberOf = ({ home, standby }: Pair, place: Region): number => (place === home ? 0 : place === standby ? 1 : 2);
