// Who was told what. Chat first, then the topic of the caller's own region, as adapters/messenger.ts does it.
import { TryAgainError } from '../domain/errors.ts';
import type { Announcement } from '../domain/ports.ts';
import type { Caller, Calls } from './calls.ts';
import type { Facts } from './facts.ts';
import { INTERNET } from './places.ts';

type Limits = { readonly timeoutMs: number; readonly attempts: number; readonly workMs: readonly [number, number] };

export class Messages {
  readonly #calls: Calls;
  readonly #facts: Facts;
  readonly told: Announcement[] = [];
  chatDown = false;
  topicsDown = false;

  constructor(calls: Calls, facts: Facts) {
    [this.#calls, this.#facts] = [calls, facts];
  }

  async send(caller: Caller, announcement: Announcement, limits: Limits): Promise<void> {
    try {
      await this.#calls.call(caller, { port: 'messenger.send', target: INTERNET, ...limits, answers: () => !this.chatDown }, () => this.#keep(announcement));
    } catch (error) {
      if (!(error instanceof TryAgainError)) throw error;
      await this.#calls.call(caller, { port: 'messenger.topic', target: caller.place, ...limits, answers: () => !this.topicsDown }, () => this.#keep(announcement));
    }
  }

  #keep(announcement: Announcement): void {
    this.told.push(announcement);
    this.#facts.tell({ kind: 'told', announcement });
  }
}
