// How long things may last, and how a moment is written.

/** States Language, "Wait state": Seconds is at most 99999999. */
export const SECONDS_MAX = 99_999_999;
const TIMESTAMP = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;

/** An ISO 8601 date and time with its offset, in milliseconds since the epoch. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' && TIMESTAMP.test(value) ? Date.parse(value.toUpperCase()) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
