// Task tokens of waiting tasks: who answers, who is late, and heartbeats.
import { TaskError, TaskTokenError } from './errors.ts';

interface Waiting { readonly resolve: (output: unknown) => void; readonly reject: (error: Error) => void; readonly heartbeat: () => void }
export interface Answer { readonly output: Promise<unknown>; readonly end: () => void }

export class Tokens {
  readonly #waiting = new Map<string, Waiting>();
  readonly #ended = new Set<string>();

  /** Waits for the answer to a token. `end` must be called when nobody waits any more. */
  wait(token: string, heartbeat: () => void): Answer {
    const output = new Promise<unknown>((resolve, reject) => this.#waiting.set(token, { resolve, reject, heartbeat }));
    output.catch(() => undefined);
    return { output, end: () => this.#end(token) };
  }

  success(token: string, output: unknown): void {
    this.#find(token).resolve(output);
    this.#end(token);
  }

  failure(token: string, error: string, cause: string): void {
    this.#find(token).reject(new TaskError(error, cause));
    this.#end(token);
  }

  heartbeat(token: string): void {
    this.#find(token).heartbeat();
  }

  knows(token: string): boolean {
    return this.#waiting.has(token) || this.#ended.has(token);
  }

  #end(token: string): void {
    this.#waiting.delete(token);
    this.#ended.add(token);
  }

  #find(token: string): Waiting {
    const found = this.#waiting.get(token);
    if (found !== undefined) return found;
    // The service says so for a task that was answered, that timed out or whose execution has ended.
    if (this.#ended.has(token)) throw new TaskTokenError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    throw new TaskTokenError('InvalidToken', "Invalid Token: 'no task of this execution has this token'");
  }
}
