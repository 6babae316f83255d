// A bill: how much of what, at which price. Pure; the sum is the sum of the lines and nothing else.
import type { PriceName, Prices } from './prices.ts';

export interface Line { readonly item: string; readonly quantity: number; readonly price: PriceName; readonly dollars: number }
export interface Bill { readonly dollars: number; readonly lines: readonly Line[] }

export type Use = readonly [item: string, quantity: number, price: PriceName];

/** Uses of nothing are left out. */
export function billOf(uses: readonly Use[], { prices }: Prices): Bill {
  const lines = uses.filter(([, quantity]) => quantity > 0).map(([item, quantity, price]): Line => ({ item, quantity, price, dollars: quantity * prices[price].dollars }));
  return { dollars: lines.reduce((sum, { dollars }) => sum + dollars, 0), lines };
}
