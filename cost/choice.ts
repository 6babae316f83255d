// Which strategy is the cheapest with its downtime counted in, and at which revenue one overtakes the next. Pure.
import type { StrategyName } from './strategies.ts';

export interface Candidate { readonly name: StrategyName; readonly dollarsPerYear: number; readonly downtimeHoursPerYear: number }

export const totalPerYear = ({ dollarsPerYear, downtimeHoursPerYear }: Candidate, revenuePerHour: number): number => dollarsPerYear + downtimeHoursPerYear * revenuePerHour;

/** The cheapest in a year; of two that cost the same, the one with less downtime. */
export function cheapest(candidates: readonly Candidate[], revenuePerHour: number): StrategyName {
  const [first, ...rest] = candidates;
  if (first === undefined) throw new Error('there is nothing to choose from');
  return rest.reduce((best, candidate) => {
    const difference = totalPerYear(candidate, revenuePerHour) - totalPerYear(best, revenuePerHour);
    return difference < 0 || (difference === 0 && candidate.downtimeHoursPerYear < best.downtimeHoursPerYear) ? candidate : best;
  }, first).name;
}

export type BreakEven =
  | { readonly kind: 'at'; readonly revenuePerHour: number }
  | { readonly kind: 'always'; readonly reason: string }
  | { readonly kind: 'never'; readonly reason: string };

/** The revenue per hour from which `quick` is cheaper than `slow`. */
export function breakEven(quick: Candidate, slow: Candidate): BreakEven {
  const saved = slow.downtimeHoursPerYear - quick.downtimeHoursPerYear;
  const premium = quick.dollarsPerYear - slow.dollarsPerYear;
  if (saved <= 0) return { kind: 'never', reason: `${quick.name} saves no downtime against ${slow.name}` };
  if (premium <= 0) return { kind: 'always', reason: `${quick.name} costs no more than ${slow.name}` };
  return { kind: 'at', revenuePerHour: premium / saved };
}
