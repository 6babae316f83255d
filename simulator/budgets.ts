// What is left of an account's request rate for Hotshift, as token buckets: the limits of AWS are per account, and others use them too.
// Without a budget a service is never short.

interface Bucket { readonly burst: number; readonly perSecond: number; tokens: number; filledAt: number }

export class Budgets {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  /** Service -> requests that were turned away. */
  readonly throttled = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `service`: the first part of a port's name, such as `traffic` or `database`; SQL and DNS go past the limits of RDS and Route 53. */
  limit(service: string, burst: number, perSecond: number): void {
    this.#buckets.set(service, { burst, perSecond, tokens: burst, filledAt: this.#now() });
  }

  lift(service: string): void {
    this.#buckets.delete(service);
  }

  /** Takes one request; false when it is throttled. */
  take(port: string): boolean {
    const service = serviceOf(port);
    const bucket = this.#buckets.get(service);
    if (bucket === undefined) return true;
    const now = this.#now();
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * bucket.perSecond);
    bucket.filledAt = now;
    if (bucket.tokens < 1) {
      this.throttled.set(service, (this.throttled.get(service) ?? 0) + 1);
      return false;
    }
    bucket.tokens -= 1;
    return true;
  }
}

/** What a connection to the engine or a question to a name server costs, no API counts. */
const DATA_PLANE: ReadonlySet<string> = new Set(['database.facts', 'database.position', 'database.writeProbe', 'traffic.resolve']);
/** Whose limit a port's call counts against. */
export const serviceOf = (port: string): string => (DATA_PLANE.has(port) ? 'data plane' : port.split('.')[0] ?? '');
