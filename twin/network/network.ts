// The network of the twin: which place reaches which, how late, and through which links. Cuts and delays are set per directed
// pair; a place that is dead or frozen takes all of its paths with it. It cannot hold back what does not go through it.
import { DEFAULT_REGIONS, addressOf, placesOf, type Place, type Regions } from './addresses.ts';
import { Link, type LinkPlan } from './link.ts';
import { Paths, type PathChange, type PathState } from './paths.ts';

/** A near pair of regions; us-east-1 to us-west-2 takes some 60 to 70 ms. */
const WAN_ROUND_TRIP_MS = 40;

export interface NetworkOptions {
  readonly regions?: Regions;
  /** Between regions. */
  readonly wanRoundTripMs?: number;
  /** Between users and anything. */
  readonly userRoundTripMs?: number;
}

/** The path is refused: somebody answers, with a no. */
export class PathRefusedError extends Error {
  override readonly name = 'PathRefusedError';
  readonly code = 'ECONNREFUSED';
}
/** The network was closed while somebody waited for a path. */
export class NetworkClosedError extends Error {
  override readonly name = 'NetworkClosedError';
}

export class Network {
  readonly regions: Regions;
  readonly #paths: Paths;
  readonly #links = new Set<Link>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor({ regions = DEFAULT_REGIONS, wanRoundTripMs = WAN_ROUND_TRIP_MS, userRoundTripMs = 0 }: NetworkOptions = {}) {
    this.regions = regions;
    const isRegion = (place: Place): boolean => regions.includes(place);
    this.#paths = new Paths(placesOf(regions), (from, to) => {
      if (from === to) return 0;
      if (isRegion(from) && isRegion(to)) return wanRoundTripMs / 2;
      // `global` stands for endpoints that answer near everybody (name servers, STS, Route 53).
      return isRegion(from) || isRegion(to) ? userRoundTripMs / 2 : 0;
    });
  }

  /** Changes one direction. Resolves when all links have followed; connections are reset or held before it returns. */
  setPath(from: Place, to: Place, change: PathChange): Promise<void> {
    this.#paths.change(from, to, change);
    return this.#follow();
  }

  state(from: Place, to: Place): PathState {
    return this.#paths.state(from, to);
  }

  delayMs(from: Place, to: Place): number {
    return this.#paths.state(from, to).delayMs;
  }

  reachable(from: Place, to: Place): boolean {
    return this.#paths.state(from, to).mode === 'open';
  }

  /** The place is gone: its connections are reset, what it had sent is lost, and it refuses from now on. */
  dead(place: Place): Promise<void> {
    this.#paths.setPlace(place, 'dead');
    return this.#follow();
  }

  /** Nothing gets in or out; connections stay. */
  frozen(place: Place): Promise<void> {
    this.#paths.setPlace(place, 'frozen');
    return this.#follow();
  }

  /** Undoes `dead` or `frozen`; paths that were cut on their own stay cut. */
  revive(place: Place): Promise<void> {
    this.#paths.setPlace(place, 'alive');
    return this.#follow();
  }

  /** One way from `from` to `to`: resolves a delay later, waits while it is a black hole, rejects when it is refused or the network closes. */
  async path(from: Place, to: Place): Promise<void> {
    const sentAt = performance.now();
    for (;;) {
      if (this.#closed) throw new NetworkClosedError(`the network closed while a call from ${from} to ${to} was under way`);
      const { mode, delayMs } = this.#paths.state(from, to);
      if (mode === 'refuse') throw new PathRefusedError(`${to} refuses what comes from ${from}`);
      const leftMs = sentAt + delayMs - performance.now();
      if (mode === 'open' && leftMs <= 0) return;
      await this.#change(mode === 'open' ? leftMs : undefined);
    }
  }

  /** Opens one link. Rejects when its port is taken. */
  async openLink(plan: LinkPlan): Promise<Link> {
    if (this.#closed) throw new NetworkClosedError('the network is closed');
    const sourceAddress = plan.sourceAddress ?? addressOf(plan.from, this.regions);
    const link = new Link({ ...plan, sourceAddress }, (from, to) => this.#paths.state(from, to));
    this.#links.add(link);
    try {
      await link.settle();
    } catch (error) {
      this.#links.delete(link);
      throw new Error(`the link ${plan.from} -> ${plan.to} cannot listen on ${plan.listen.host}:${plan.listen.port}`, { cause: error });
    }
    return link;
  }

  /** Opens all links or none. */
  async openLinks(plans: readonly LinkPlan[]): Promise<readonly Link[]> {
    const outcomes = await Promise.allSettled(plans.map((plan) => this.openLink(plan)));
    const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return opened;
    await Promise.all(opened.map((link) => this.closeLink(link)));
    throw failed.reason;
  }

  async closeLink(link: Link): Promise<void> {
    this.#links.delete(link);
    await link.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of [...this.#waiting]) wake();
    await Promise.all([...this.#links].map((link) => this.closeLink(link)));
  }

  async #follow(): Promise<void> {
    for (const wake of [...this.#waiting]) wake();
    await Promise.all([...this.#links].map((link) => link.settle()));
  }

  /** Waits for any change of the network, at most so long. */
  #change(atMostMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = atMostMs === undefined ? undefined : setTimeout(() => wake(), Math.ceil(atMostMs));
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
