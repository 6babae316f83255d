// Times, durations and text from outside in the words of pages and terminals. Pure. Nothing in them can steer a terminal.
import type { Instant } from '../../domain/plan.ts';
import { printable } from '../../domain/printable.ts';

/** Text from a store or a message, safe to print on one line. */
export const safe = (text: string): string => printable(text.replaceAll(/\s*\n\s*/g, ' '));

/** `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '';
  if (size < 1) return `${sign}${Math.round(size * 1000)} ms`;
  if (size < 60) return `${sign}${Number(size.toFixed(size < 10 ? 1 : 0))} s`;
  const whole = Math.round(size);
  const pairs = [[86_400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']] as const;
  const [large, largeUnit, small, smallUnit] = pairs.find(([unit]) => whole >= unit) ?? pairs[2];
  const rest = Math.floor((whole % large) / small);
  return `${sign}${Math.floor(whole / large)} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

/** Seconds since a start, as digits that line up: `+0:06.2`, `+2:38.4`, `+1:02:38.4`. */
export function offsetText(seconds: number): string {
  const tenths = Math.round(Math.abs(seconds) * 10);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(tenths / 36_000);
  const minutes = Math.floor(tenths / 600) % 60;
  const rest = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  return `${seconds < 0 ? '-' : '+'}${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${rest}`;
}

/** UTC with seconds: people in several places read the same line. */
export const timeText = (at: Instant): string => (Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z` : 'unknown time');
