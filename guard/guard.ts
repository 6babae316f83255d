// The guard of an application server: renews its write permit, and lets a write through only while the permit surely holds,
// before the write and again before it is acknowledged. A renewal that is late, fails or is refused never makes it longer.
import { WriteOutcomeUnknownError, WriteRefusedError } from './errors.ts';
import { answered, failed, givenUp, NO_PERMIT, permitAt, stillHolds, type Moment, type Permit, type PermitState, type RenewalAnswer } from './permit.ts';
import { surrendering, type Surrender } from './surrender.ts';

export interface GuardOptions {
  /** Asks the permit store. May be called again before an earlier call has answered; should give up within the permit's life. */
  readonly renew: (instanceId: string) => Promise<RenewalAnswer>;
  /** As in `permit.ttl` of hotshift.yml. */
  readonly permitTtlSeconds: number;
  readonly renewEverySeconds: number;
  /** Taken off the permit's life, for machines whose clocks may run slow. 0 when absent: Hotshift adds its own when it waits. */
  readonly clockErrorSeconds?: number;
  /**
   * By how much the database's clock may be behind this server's (`permit.clockError` of hotshift.yml; 0.5 when absent): a write that ended in
   * doubt and is judged by that clock may commit so much longer, and only then may the server say that it has stopped.
   */
  readonly databaseClockErrorSeconds?: number;
  /** Names this server in the store; random when absent. Never the same for two processes. */
  readonly instanceId?: string;
  /** Tells the store that this server has stopped writing, which lets a failover go on at once. Only when ALL writes go through `write`. */
  readonly surrender?: Surrender;
  readonly onChange?: (permit: Permit) => void;
  /**
   * Told once of each epoch, before any write under it: the writer may be another one. What was cached before it is of another time, and so
   * are connections. `previous` is undefined for the first one of this process. It must not throw.
   */
  readonly onEpoch?: (change: { readonly epoch: number; readonly writer: string; readonly previous: number | undefined }) => void;
  readonly onRenewalFailed?: (error: unknown) => void;
  readonly monotonicNow?: () => number;
  readonly wallClock?: () => number;
  readonly timers?: Timers;
}

export interface Timers {
  readonly after: (delayMs: number, work: () => void) => { cancel(): void };
}

export interface Guard {
  readonly instanceId: string;
  /** What holds at this very moment. */
  permit(): Permit;
  /** The permit, or WriteRefusedError. */
  assertWritable(): Permit;
  /**
   * Runs `work` if the permit holds, and hands its result on if the same permit still holds. Throws WriteRefusedError (nothing
   * was written), WriteOutcomeUnknownError (do not acknowledge), or what `work` threw.
   */
  write<T>(work: (permit: Permit) => Promise<T>): Promise<T>;
  /** Renews now instead of at the next turn. Resolves when it is answered or has failed. */
  renewNow(): Promise<void>;
  start(): void;
  /** Renews no more; the permit that is held runs out by itself. */
  stop(): void;
}

/** Makes a guard; it permits nothing until it was started and the store has granted. */
export function createGuard(options: GuardOptions): Guard {
  const { renew, instanceId = crypto.randomUUID(), onChange, onEpoch, onRenewalFailed, monotonicNow = () => performance.now(), wallClock = Date.now } = options;
  const { after } = options.timers ?? REAL_TIMERS;
  const lifeMs = lifeOf(options);
  const doubtMs = (options.databaseClockErrorSeconds ?? 0.5) * 1000;
  const now = (): Moment => ({ monotonicMs: monotonicNow(), wallMs: wallClock() });
  let state: PermitState = NO_PERMIT;
  let sequence = 0;
  let epochTold: number | undefined;
  const leaving = surrendering(instanceId, options.surrender, {
    // A grant of before the withdrawal may still be on its way back: it must not count after this word was given.
    beforeSaying: () => { state = givenUp(state, sequence); },
    failed: (error) => onRenewalFailed?.(error),
  });
  let told = '';
  let turn: { cancel(): void } | undefined;
  let lapse: { cancel(): void } | undefined;

  const permit = (): Permit => permitAt(state, now(), lifeMs);

  /** Tells of a change once, also of the one that only time makes. */
  const tell = (): void => {
    lapse?.cancel();
    const current = permit();
    if (current.writable) lapse = after(Math.ceil(current.remainingMs), tell);
    const text = JSON.stringify([current.writable, current.epoch, current.writer]);
    if (text === told) return;
    told = text;
    onChange?.(current);
  };

  const renewNow = async (): Promise<void> => {
    const renewal = { sequence: sequence++, sentAt: now() };
    let answer: RenewalAnswer;
    try {
      answer = await renew(instanceId);
    } catch (error) {
      state = failed(state, error);
      onRenewalFailed?.(error);
      return;
    }
    state = answered(state, renewal, answer);
    if (state.held !== undefined && state.held.epoch !== epochTold) {
      onEpoch?.({ epoch: state.held.epoch, writer: state.held.writer, previous: epochTold });
      epochTold = state.held.epoch;
    }
    tell();
    if (state.newestAnswered === renewal.sequence) leaving.answered(answer, monotonicNow());
  };

  const takeTurns = (): void => {
    turn = after(options.renewEverySeconds * 1000, takeTurns);
    void renewNow();
  };

  const assertWritable = (): Permit => {
    const current = permit();
    if (!current.writable) throw new WriteRefusedError(`not writable: ${current.reason}`);
    return current;
  };

  return {
    instanceId, permit, assertWritable, renewNow,
    async write(work) {
      const before = assertWritable();
      const result = await leaving.during(monotonicNow() + before.remainingMs + doubtMs, () => work(before));
      const current = permit();
      if (stillHolds(before, current)) return result;
      throw new WriteOutcomeUnknownError(`the write began under epoch ${before.epoch} and must not be acknowledged: ${current.writable ? `epoch ${current.epoch} holds now` : current.reason}`);
    },
    start() {
      if (turn === undefined) takeTurns();
    },
    stop() {
      turn?.cancel();
      lapse?.cancel();
      turn = undefined;
    },
  };
}

function lifeOf({ permitTtlSeconds, renewEverySeconds, clockErrorSeconds = 0 }: GuardOptions): number {
  const lifeSeconds = permitTtlSeconds - clockErrorSeconds;
  if (!(clockErrorSeconds >= 0 && renewEverySeconds > 0 && lifeSeconds > renewEverySeconds)) {
    throw new RangeError(`a permit of ${permitTtlSeconds} s less ${clockErrorSeconds} s clock error cannot be kept by a renewal every ${renewEverySeconds} s`);
  }
  return lifeSeconds * 1000;
}

/** A guard alone does not keep a process alive. */
const REAL_TIMERS: Timers = {
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
