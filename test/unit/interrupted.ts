// Crashes at a chosen port call: right before it took effect or right after. A crash ends everything at once, as a killed process does:
// nothing that the verb awaits ever answers again, so no `catch` of the verb can tidy up.
import type { Ports } from '../../domain/ports.ts';

export interface Crash { readonly call: number; readonly when: 'before' | 'after' }
export interface Counted { readonly ports: Ports; readonly calls: readonly string[]; readonly crashed: Promise<'crashed'> }

/** Ports that count their calls and crash at one of them. The clock is no call: reading it changes nothing. */
export function crashing(ports: Ports, crash?: Crash): Counted {
  const calls: string[] = [];
  const never = new Promise<never>(() => undefined);
  let [isDead, die] = [false, (): void => undefined];
  const crashed = new Promise<'crashed'>((resolve) => { die = () => { isDead = true; resolve('crashed'); }; });
  const watched = (name: string, method: (...given: unknown[]) => Promise<unknown>) => async (...given: unknown[]): Promise<unknown> => {
    if (isDead) return never;
    const number = calls.push(name);
    if (crash?.call === number && crash.when === 'before') { die(); return never; }
    const result = await method(...given);
    if (crash?.call === number) die();
    return isDead ? never : result;
  };
  const wrapped = Object.entries(ports).map(([port, methods]) => [port, port === 'clock' ? methods
    : Object.fromEntries(Object.entries(methods as Record<string, () => Promise<unknown>>).map(([name, method]) => [name, watched(`${port}.${name}`, method)]))]);
  return { ports: Object.fromEntries(wrapped) as Ports, calls, crashed };
}
