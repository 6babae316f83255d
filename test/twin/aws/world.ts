// What the tests of the endpoint share: a network that can be cut, an endpoint with listeners, and the settings of real SDK clients.
import { AwsEndpoint } from '../../../twin/aws/server.ts';
import type { Service } from '../../../twin/aws/service.ts';
import { realClock, type ClosableClock } from '../../../twin/aws/services/clock.ts';

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';
export const WITNESS = 'us-east-2';

type Mode = 'open' | 'refuse' | 'black-hole';

/** Directed paths; a place's own mode overrides. */
export class CutNetwork {
  readonly #modes = new Map<string, Mode>();
  /** Waits of black-holed calls, released when a path opens. */
  #waiting: (() => void)[] = [];

  cut(from: string, to: string, mode: Mode): void {
    this.#modes.set(`${from} ${to}`, mode);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** All paths of a place, both ways. */
  cutPlace(place: string, others: readonly string[], mode: Mode): void {
    for (const other of others) {
      this.cut(place, other, mode);
      this.cut(other, place, mode);
    }
  }

  readonly reachable = (from: string, to: string): boolean => this.#mode(from, to) === 'open';

  readonly path = async (from: string, to: string): Promise<void> => {
    while (this.#mode(from, to) === 'black-hole') await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#mode(from, to) === 'refuse') throw new Error(`${to} refuses ${from}`);
  };

  #mode(from: string, to: string): Mode {
    return this.#modes.get(`${from} ${to}`) ?? 'open';
  }
}

export interface World {
  readonly endpoint: AwsEndpoint;
  readonly network: CutNetwork;
  readonly clock: ClosableClock;
  /** The listener's address for callers in a place. */
  readonly url: (place: string) => string;
  /** Settings of a client that is in `place` and calls `region`. */
  readonly client: (region: string, place?: string) => ReturnType<typeof clientSettings>;
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

function clientSettings(url: string, region: string) {
  return {
    region, endpoint: url, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' }, maxAttempts: 3,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 10_000, throwOnRequestTimeout: true as const },
  };
}

/** An endpoint with a listener per place. `services` may use the endpoint that is being made. */
export async function openWorld(services: (parts: { clock: ClosableClock; network: CutNetwork; call: AwsEndpoint['call'] }) => readonly Service[]): Promise<World> {
  const network = new CutNetwork();
  const clock = realClock();
  const failures: unknown[] = [];
  const made = services({ clock, network, call: (...call) => endpoint.call(...call) });
  const endpoint: AwsEndpoint = new AwsEndpoint({ services: made, network, onInternalFailure: (error) => failures.push(error) });
  const urls = new Map<string, string>();
  for (const place of [EAST, WEST, WITNESS]) urls.set(place, (await endpoint.listen(place, '127.0.0.1')).url);
  const url = (place: string): string => urls.get(place) ?? '';
  return {
    endpoint, network, clock, failures, url,
    client: (region, place = region) => clientSettings(url(place), region),
    close: async () => {
      clock.close();
      await endpoint.close();
    },
  };
}

/** What a rejected call was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }; readonly [field: string]: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as never;
  }
  throw new Error('the call was answered, but should have been rejected');
}

/** Waits until something is true; the test's own timeout is the bound. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A signature's header with a credential scope; nothing verifies it. */
export const authorization = (signingName: string, region = EAST): string =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/${region}/${signingName}/aws4_request, SignedHeaders=host, Signature=00`;
