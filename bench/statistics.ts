// Order statistics of measured figures. No figure of nothing is made up: an empty list has none.

/** The value below which the given share of the values lies (nearest rank); undefined of no values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export const median = (values: readonly number[]): number | undefined => quantile(values, 0.5);

/** `4.2`, or `-` for what there is none of. */
export const shown = (value: number | undefined, digits = 1): string => (value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits));

/** `3.1x`: how many times `other` is of `own`. */
export const ratio = (other: number | undefined, own: number | undefined): string =>
  (other === undefined || own === undefined || own <= 0 ? '-' : `${(other / own).toFixed(other / own >= 10 ? 0 : 2)}x`);
