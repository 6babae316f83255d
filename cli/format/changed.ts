// Which fields of a lease differ, before and after. Pure.
import type { Lease } from '../../domain/lease.ts';
import { safe, timeText, type Style } from './style.ts';

const instants: ReadonlySet<string> = new Set(['expiresAt', 'cooldownUntil', 'pausedUntil']);
const labels: Readonly<Partial<Record<keyof Lease, string>>> = {
  acknowledgementDue: 'acknowledgement due', pausedUntil: 'paused until', pausedBy: 'paused by', abortExecution: 'asked to stop', cooldownUntil: 'cooldown until',
};

export function changedLines(before: Lease, after: Lease, style: Style): readonly string[] {
  const keys = Object.keys({ ...before, ...after }) as (keyof Lease)[];
  return keys.filter((key) => before[key] !== after[key])
    .map((key) => `  ${style.dim((labels[key] ?? key).padEnd(20))} ${shown(key, before[key])} -> ${style.bold(shown(key, after[key]))}`);
}

function shown(key: keyof Lease, value: Lease[keyof Lease]): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number' && instants.has(key)) return timeText(value);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : safe(String(value));
}
