// When may a server say "I have stopped writing", so that a failover need not wait for its permit to run out? Only after a
// refusal, when no write is under way and none ended in doubt that could still commit. Said too early it would allow two writers.
import { WriteRefusedError } from './errors.ts';
import type { RenewalAnswer } from './permit.ts';

/** Tells the store that `instanceId` has stopped writing under the withdrawn permit of `epoch`. */
export type Surrender = (instanceId: string, epoch: number) => Promise<void>;

export interface Surrendering {
  /** The newest renewal was answered. */
  answered(answer: RenewalAnswer, nowMs: number): void;
  /** Runs a write; `doubtUntilMs` is when it cannot commit any more even if it failed without an answer. */
  during<T>(doubtUntilMs: number, work: () => Promise<T>): Promise<T>;
}

export interface SurrenderSteps { readonly beforeSaying: () => void; readonly failed: (error: unknown) => void }

export function surrendering(instanceId: string, surrender: Surrender | undefined, steps: SurrenderSteps): Surrendering {
  let writing = 0;
  let doubtUntilMs = -Infinity;
  let surrendered: number | undefined;

  const say = async (epoch: number): Promise<void> => {
    if (surrender === undefined || surrendered === epoch) return;
    surrendered = epoch;
    steps.beforeSaying();
    try {
      await surrender(instanceId, epoch);
    } catch (error) {
      // The next refused renewal says it again.
      surrendered = undefined;
      steps.failed(error);
    }
  };

  return {
    answered(answer, nowMs) {
      if (answer.granted || answer.epoch === undefined) return;
      if (writing === 0 && nowMs >= doubtUntilMs) void say(answer.epoch);
    },
    async during(untilMs, work) {
      writing += 1;
      try {
        return await work();
      } catch (error) {
        // A refusal says that nothing was sent or written; every other failure may hide a write that commits yet.
        if (!(error instanceof WriteRefusedError)) doubtUntilMs = Math.max(doubtUntilMs, untilMs);
        throw error;
      } finally {
        writing -= 1;
      }
    },
  };
}
