// One user population's resolver: it keeps an answer for its TTL, asks anew when it is over, and starts at a random phase,
// so that many of them move after a DNS change as real users do: spread over one TTL. It never serves what has expired.
import { Resolver } from 'node:dns/promises';

export interface ResolverCacheOptions {
  readonly name: string;
  readonly dnsServer: { readonly host: string; readonly port: number };
  readonly dnsLimitMs: number;
  readonly random: () => number;
  readonly now: () => number;
}

/** The name could not be resolved; the code is that of the resolver (ENOTFOUND, ETIMEOUT, ESERVFAIL ...). */
export class ResolutionError extends Error {
  override readonly name = 'ResolutionError';
  readonly code: string;
  constructor(code: string) {
    super(`could not resolve: ${code}`);
    this.code = code;
  }
}

export class ResolverCache {
  readonly #options: ResolverCacheOptions;
  readonly #resolver: Resolver;
  #kept: { readonly address: string; readonly expiresAt: number } | undefined;
  #asking: Promise<string> | undefined;
  /** The first answer is kept for a random share of its TTL, as if it had been asked for some time ago. */
  #share: number;

  constructor(options: ResolverCacheOptions) {
    this.#options = options;
    this.#share = options.random();
    // Two tries inside the limit, as stub resolvers do.
    this.#resolver = new Resolver({ timeout: Math.max(1, Math.floor(options.dnsLimitMs / 2)), tries: 2 });
    this.#resolver.setServers([`${options.dnsServer.host}:${options.dnsServer.port}`]);
  }

  /** The address to use now. Rejects with a ResolutionError. */
  address(): Promise<string> {
    if (this.#kept && this.#kept.expiresAt > this.#options.now()) return Promise.resolve(this.#kept.address);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Gives up what is being asked. */
  close(): void {
    this.#resolver.cancel();
  }

  async #ask(): Promise<string> {
    try {
      const [record] = await this.#resolver.resolve4(this.#options.name, { ttl: true });
      if (!record) throw new ResolutionError('ENODATA');
      this.#kept = { address: record.address, expiresAt: this.#options.now() + record.ttl * 1000 * this.#share };
      this.#share = 1;
      return record.address;
    } catch (error) {
      throw error instanceof ResolutionError ? error : new ResolutionError((error as NodeJS.ErrnoException).code ?? 'EUNKNOWN');
    }
  }
}
