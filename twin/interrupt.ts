// Ctrl-C and a polite kill: everything is stopped first, also what is just being started. A second one ends at once.
import type { Twin } from './twin.ts';

export class Interrupt {
  #twin: Twin | undefined;
  #asked = false;
  readonly #listener = (): void => this.#ask();

  constructor() {
    // The program's own listener ends at once, which is right for all other commands.
    process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
    process.on('SIGINT', this.#listener).on('SIGTERM', this.#listener);
  }

  started(twin: Twin): void {
    this.#twin = twin;
    if (this.#asked) this.#stop(twin);
  }

  off(): void {
    process.off('SIGINT', this.#listener).off('SIGTERM', this.#listener);
  }

  #ask(): void {
    if (this.#asked) process.exit(130);
    this.#asked = true;
    process.stderr.write('\nstopping everything that was started; once more to end at once\n');
    if (this.#twin !== undefined) this.#stop(this.#twin);
  }

  #stop(twin: Twin): void {
    twin.stop().then(() => process.exit(130), (error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
}
