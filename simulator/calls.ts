// How a port call crosses the modelled network: out over a link, an effect at the target, and back. On each way it can be lost;
// the caller then only knows that nothing came back in time. A fault may be put on any single call.
import { Budgets } from './budgets.ts';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import type { VirtualClock } from './clock.ts';
import type { Facts } from './facts.ts';
import type { Place, Places } from './places.ts';
import type { Random } from './random.ts';

/** Something of ours that runs in a place and calls ports: one invocation of a Lambda, or a person. */
export interface Caller {
  readonly place: Place;
  /** `step` of a workflow, `agent` of a place, or `person`. */
  readonly kind: 'step' | 'agent' | 'person';
  readonly label: string;
  /** Of the workflow that a step belongs to. */
  readonly execution?: string;
  readonly evacuated?: Region;
  readonly epoch?: number;
  readonly life: number;
  /** True once it crashed or ran out of time: it does nothing any more. */
  dead: boolean;
  /** How it ends when it crashes. */
  crash: (reason: string) => void;
  /** What the lease was when this caller last read or wrote it. */
  lease?: { readonly at: number; readonly holder: string | undefined; readonly epoch: number; readonly pausedUntil: number | undefined };
}

export interface Route {
  /** As the port and method are called: `database.promote`. */
  readonly port: string;
  readonly target: Place;
  /** For one attempt; adapters/clients.ts has the real ones. */
  readonly timeoutMs: number;
  readonly attempts: number;
  /** How long the target itself takes. */
  readonly workMs: readonly [number, number];
  /** False when the target cannot answer at the moment of arrival (no quorum, engine down): then nothing happens and nothing comes back. */
  readonly answers?: () => boolean;
  /** Told to the oracle when the call takes effect. */
  readonly detail?: unknown;
}

export const CALL_FAULTS = [
  'slow', 'fails', 'throttled', 'denied', 'garbage', 'times-out', 'answer-lost', 'acts-late', 'hangs', 'crash-before', 'crash-after',
] as const;
export type CallFaultKind = (typeof CALL_FAULTS)[number];

/** Decides whether a call gets a fault; asked once per call, in order. */
export type CallFaults = (caller: Caller, port: string) => CallFaultKind | undefined;

/** A request that is late acts up to this much after its caller gave up. */
const LATE_MS: readonly [number, number] = [500, 8000];
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

interface World { readonly clock: VirtualClock; readonly places: Places; readonly random: Random; readonly facts: Facts }

export class Calls {
  readonly #world: World;
  faults: CallFaults = () => undefined;

  readonly budgets: Budgets;

  /** `budgets`: those of an account that several applications share. */
  constructor(world: World, budgets?: Budgets) {
    this.#world = world;
    this.budgets = budgets ?? new Budgets(() => world.clock.now());
  }

  /** Is the caller still there? Its place may have died, or it crashed or ran out of time. */
  gone(caller: Caller): boolean {
    return caller.dead || this.#world.places.life(caller.place) !== caller.life;
  }

  async call<T>(caller: Caller, route: Route, act: () => T): Promise<T> {
    const { facts, clock } = this.#world;
    if (this.gone(caller)) return never();
    const issuedAt = clock.now();
    facts.tell({ kind: 'called', caller, port: route.port, target: route.target });
    const kind = this.budgets.take(route.port) ? this.faults(caller, route.port) : 'throttled';
    if (kind === 'crash-before') return this.#crash(caller, `before ${route.port}`);
    const effect = (): T => {
      if (route.detail !== undefined) facts.tell({ kind: 'acted', caller, port: route.port, issuedAt, detail: route.detail });
      return act();
    };
    try {
      const answer = kind === undefined || kind === 'crash-after' ? await this.#attempts(caller, route, effect) : await this.#faulty(caller, route, kind, effect);
      if (kind === 'crash-after') return await this.#crash(caller, `after ${route.port}`);
      return this.gone(caller) ? await never() : answer;
    } catch (error) {
      if (this.gone(caller)) return never();
      throw error;
    }
  }

  #crash<T>(caller: Caller, when: string): Promise<T> {
    caller.dead = true;
    caller.crash(when);
    return never();
  }

  async #attempts<T>(caller: Caller, route: Route, act: () => T): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(caller, route, act);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (attempt >= route.attempts || this.gone(caller)) throw new TryAgainError(`${route.port}: no answer from ${route.target} within ${route.timeoutMs} ms (${attempt} attempts)`);
      }
    }
  }

  #attempt<T>(caller: Caller, route: Route, act: () => T): Promise<T> {
    const { clock, places, random } = this.#world;
    const { place: from } = caller;
    const { target: to } = route;
    return new Promise<T>((resolve, reject) => {
      const giveUp = places.after(from, route.timeoutMs, () => settle(() => reject(new NoAnswer())));
      const settle = (how: () => void): void => {
        giveUp.cancel();
        how();
        clock.touched();
      };
      if (!places.open(from, to)) return;
      const outMs = places.latencyMs(from, to) + random.between(...route.workMs);
      clock.after(outMs, () => places.enter(to, () => {
        if (route.answers?.() === false) return;
        let answer: () => void;
        try {
          const value = act();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error as Error);
        }
        if (!places.open(to, from)) return;
        clock.after(places.latencyMs(to, from), () => places.enter(from, () => settle(answer)));
      }));
    });
  }

  async #faulty<T>(caller: Caller, route: Route, kind: CallFaultKind, act: () => T): Promise<T> {
    const { clock, places, random } = this.#world;
    const spentMs = route.timeoutMs * route.attempts;
    switch (kind) {
      case 'slow':
        await places.sleep(caller.place, spentMs * random.between(0.3, 0.95));
        return this.#attempts(caller, route, act);
      case 'fails':
        await places.sleep(caller.place, random.between(...route.workMs));
        throw new TryAgainError(`${route.port}: 500 InternalServerError`);
      case 'throttled':
        await places.sleep(caller.place, random.between(5, 50));
        throw new TryAgainError(`${route.port}: ThrottlingException: Rate exceeded`);
      case 'denied':
        await places.sleep(caller.place, random.between(5, 50));
        throw new RefusedByAwsError(`${route.port}: AccessDeniedException: explicit deny in a service control policy`);
      case 'garbage':
        await this.#attempts(caller, route, act);
        throw new UnexpectedAnswerError(`${route.port}: SyntaxError: Unexpected end of JSON input`);
      case 'times-out':
        await places.sleep(caller.place, spentMs);
        throw new TryAgainError(`${route.port}: TimeoutError after ${spentMs} ms`);
      case 'answer-lost':
        await this.#attempts(caller, route, act);
        await places.sleep(caller.place, spentMs);
        throw new TryAgainError(`${route.port}: TimeoutError after ${spentMs} ms`);
      case 'acts-late':
        clock.after(spentMs + random.between(...LATE_MS), () => places.enter(route.target, () => {
          if (route.answers?.() !== false) ignoringRefusal(act);
        }));
        await places.sleep(caller.place, spentMs);
        throw new TryAgainError(`${route.port}: TimeoutError after ${spentMs} ms`);
      default:
        return never();
    }
  }
}

/** A late request whose caller has gone: what the service answers, nobody reads. */
function ignoringRefusal(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) throw error;
  }
}

class NoAnswer extends Error {}
