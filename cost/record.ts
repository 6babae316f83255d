// The few prices and assumptions that the record of an execution is priced by, out of the dated price file: packaged beside `archive`.
import type { CostRates } from '../domain/records.ts';
import { givenAssumptions } from './given.ts';
import { standardPrices, type PriceName, type Prices } from './prices.ts';

/** As resources/functions.ts sets it for each function. */
const MEMORY_GB = 0.5;

export function recordRates({ read, region, prices }: Prices = standardPrices()): CostRates {
  const { stepSeconds, callReads, callWrites } = givenAssumptions({ settings: [] }).assumptions.hotshift;
  const each = (name: PriceName, per: number): number => prices[name].dollars / per;
  return {
    read, region, transition: each('stepFunctionsThousandTransitions', 1000), gbSecond: each('lambdaGbSecond', 1), call: each('lambdaMillionRequests', 1e6),
    write: each('dynamodbMillionWrites', 1e6), readUnit: each('dynamodbMillionReads', 1e6), memoryGb: MEMORY_GB, stepSeconds, callReads, callWrites,
  };
}
