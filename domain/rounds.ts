// The rounds of an agent: a Lambda that is started every minute and does the same thing every few seconds until the next one begins.
import type { Clock } from './ports.ts';

export interface Rounds { readonly rounds: number; readonly failures: readonly unknown[] }

/**
 * Does `act` every `everySeconds` for `runSeconds`. One store or bus that fails for a moment must not end the rest of the minute: a
 * round that throws is kept among the failures. A round that was missed is left out, not made up for: two rounds at once would see
 * one moment twice, and "twice in a row" must mean that time went by.
 */
export async function inRounds(clock: Clock, everySeconds: number, runSeconds: number, act: () => Promise<void>): Promise<Rounds> {
  const [begunAt, everyMs] = [clock.now(), everySeconds * 1000];
  const endAt = begunAt + runSeconds * 1000;
  const failures: unknown[] = [];
  let rounds = 0;
  for (let roundAt = begunAt; roundAt < endAt && clock.now() < endAt;) {
    await clock.sleep(Math.max(0, roundAt - clock.now()));
    rounds += 1;
    await act().catch((error: unknown) => void failures.push(error));
    roundAt = Math.max(roundAt + everyMs, begunAt + Math.ceil((clock.now() - begunAt) / everyMs) * everyMs);
  }
  return { rounds, failures };
}
