// Task tokens of waiting tasks: who answers, who is late, and heartbeats.
import { TaskError, TaskTokenError } from './errors.ts';

interface Waiting { readonly resolve: (output: unknown) => void; readonly reject: (error: Error) => void; readonly heartbeat: () => void }

export class Tokens {
  readonly #waiting = new Map<string, Waiting>();
  readonly #ended = new Set<string>();

  /** Resolves with the answer to a token. `end` must be called when nobody waits any more. */
  wait(token: string, heartbeat: () => void): { readonly answer: Promise<unknown>; readonly end: () => void } {
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(token, { resolve, reject, heartbeat }));
    answer.catch(() => undefined);
    return {
      answer,
      end: () => {
        this.#waiting.delete(token);
        this.#ended.add(token);
      },
    };
  }

  success(token: string, output: unknown): void {
    this.#take(token).resolve(output);
    this.#done(token);
  }

  failure(token: string, error: string, cause: string): void {
    this.#take(token).reject(new TaskError(error, cause));
    this.#done(token);
  }

  heartbeat(token: string): void {
    this.#take(token).heartbeat();
  }

  knows(token: string): boolean {
    return this.#waiting.has(token) || this.#ended.has(token);
  }

  #take(token: string): Waiting {
    const found = this.#waiting.get(token);
    if (found !== undefined) return found;
    if (this.#ended.has(token)) throw new TaskTokenError('TaskTimedOut', 'the task of this token has ended: it was answered, timed out, or its execution stopped');
    throw new TaskTokenError('InvalidToken', 'no task of this execution has this token');
  }

  #done(token: string): void {
    this.#waiting.delete(token);
    this.#ended.add(token);
  }
}
