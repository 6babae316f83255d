// Route 53's health checkers made real: each health check is asked by several checkers, each on its own clock with its own
// random phase, and their views together make the status. `timeScale` shortens every interval and limit alike.
import { requestEndpoint, type EndpointResult } from './endpoint-request.ts';
import { calculatedHealthy, effectiveHealthy, endpointHealthy, firstView, nextView, type CheckerView } from './health-status.ts';
import type { HealthCheck, HealthStatus } from './health-check.ts';
import type { Random } from './choice.ts';

/** Route 53 uses 8 regions by default, with two or three checkers in each; the twin has one each. */
const checkerRegions = ['us-east-1', 'us-west-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'sa-east-1'] as const;

export interface HealthCheckersOptions {
  /** Real milliseconds per AWS millisecond: 1 is AWS's own pace, 0.1 ten times faster. */
  readonly timeScale?: number;
  readonly checkers?: number;
  readonly random?: Random;
  /** How the checkers reach an address; identity when absent. */
  readonly view?: (address: string) => string;
}

/** What one checker saw last. */
export interface CheckerObservation {
  readonly region: string;
  readonly healthy: boolean;
  readonly checkedAt: number | undefined;
  readonly reason: string;
}

interface Checker {
  readonly region: string;
  view: CheckerView;
  checkedAt: number | undefined;
  result: EndpointResult;
  timer: NodeJS.Timeout | undefined;
}

interface Watched {
  check: HealthCheck;
  readonly checkers: readonly Checker[];
  readonly stop: AbortController;
}

export class HealthCheckers {
  readonly #options: Required<HealthCheckersOptions>;
  readonly #watched = new Map<string, Watched>();
  readonly #running = new Set<Promise<void>>();
  readonly #listeners = new Set<(id: string, status: HealthStatus) => void>();
  readonly #last = new Map<string, HealthStatus>();

  constructor(options: HealthCheckersOptions = {}) {
    this.#options = { timeScale: 1, checkers: checkerRegions.length, random: Math.random, view: (address) => address, ...options };
  }

  /** Starts a health check, or gives a known one its new settings; what was learnt of an unchanged endpoint stays. */
  put(check: HealthCheck): void {
    if (this.#reaches(check, check.id)) throw new RangeError(`health check ${check.id} would be calculated from itself`);
    const known = this.#watched.get(check.id);
    if (known && sameEndpoint(known.check, check)) {
      known.check = check;
      // Disabled checkers rest; enabled again, they go on.
      for (const checker of known.checkers) if (!checker.timer) this.#schedule(known, checker, this.#options.random());
    } else {
      if (known) this.#halt(known);
      this.#start(check);
    }
    this.#announce();
  }

  remove(id: string): void {
    const known = this.#watched.get(id);
    if (known) this.#halt(known);
    this.#watched.delete(id);
    this.#last.delete(id);
    this.#announce();
  }

  /** The status that DNS uses now; undefined for a health check that does not exist. */
  statusOf(id: string): HealthStatus | undefined {
    const watched = this.#watched.get(id);
    return watched && (this.#healthy(watched) ? 'healthy' : 'unhealthy');
  }

  /** For the name server: an unknown health check counts as healthy, as one that was deleted does in Route 53. */
  isHealthy = (id: string): boolean => this.statusOf(id) !== 'unhealthy';

  observationsOf(id: string): readonly CheckerObservation[] {
    return (this.#watched.get(id)?.checkers ?? []).map(({ region, view, checkedAt, result }) => ({ region, healthy: view.healthy, checkedAt, reason: result.reason }));
  }

  /** Tells of every change of a status, calculated ones too. Returns the way to stop listening. */
  onChange(listener: (id: string, status: HealthStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops all timers and requests, and waits for them. */
  async close(): Promise<void> {
    for (const watched of this.#watched.values()) this.#halt(watched);
    this.#watched.clear();
    this.#listeners.clear();
    await Promise.all(this.#running);
  }

  #start(check: HealthCheck): void {
    const count = check.kind === 'CALCULATED' ? 0 : this.#options.checkers;
    const checkers = Array.from({ length: count }, (_, at): Checker => ({
      region: checkerRegions[at % checkerRegions.length] ?? '',
      view: firstView,
      checkedAt: undefined,
      result: { passed: true, reason: 'No data yet.' },
      timer: undefined,
    }));
    const watched: Watched = { check, checkers, stop: new AbortController() };
    this.#watched.set(check.id, watched);
    for (const checker of checkers) this.#schedule(watched, checker, this.#options.random());
  }

  #halt(watched: Watched): void {
    watched.stop.abort();
    for (const checker of watched.checkers) clearTimeout(checker.timer);
  }

  /** The next request after a share of the interval: the first at a random phase, then each after a whole one. */
  #schedule(watched: Watched, checker: Checker, share: number): void {
    checker.timer = undefined;
    const { check } = watched;
    if (check.kind === 'CALCULATED' || check.disabled || watched.stop.signal.aborted) return;
    checker.timer = setTimeout(() => {
      // The interval runs from start to start, however long the answer takes.
      this.#schedule(watched, checker, 1);
      const run = this.#ask(watched, checker);
      this.#running.add(run);
      void run.finally(() => this.#running.delete(run));
    }, share * check.requestIntervalSeconds * 1000 * this.#options.timeScale);
  }

  async #ask(watched: Watched, checker: Checker): Promise<void> {
    if (watched.check.kind === 'CALCULATED' || watched.check.disabled) return;
    const result = await requestEndpoint(watched.check, { ...this.#options, signal: watched.stop.signal });
    if (watched.stop.signal.aborted || watched.check.disabled) return;
    checker.checkedAt = Date.now();
    checker.result = result;
    checker.view = nextView(checker.view, result.passed, watched.check.failureThreshold);
    this.#announce();
  }

  #healthy(watched: Watched): boolean {
    const { check, checkers } = watched;
    const measured =
      check.kind === 'CALCULATED'
        ? calculatedHealthy(check.children.map((id) => this.#childHealthy(id)), check.healthThreshold)
        : endpointHealthy(checkers.map((checker) => checker.view));
    return effectiveHealthy(measured, check);
  }

  #reaches(check: HealthCheck, id: string): boolean {
    if (check.kind !== 'CALCULATED') return false;
    return check.children.some((child) => {
      const known = this.#watched.get(child);
      return child === id || (known !== undefined && this.#reaches(known.check, id));
    });
  }

  #childHealthy(id: string): boolean {
    const child = this.#watched.get(id);
    return child === undefined || this.#healthy(child);
  }

  #announce(): void {
    for (const [id, watched] of this.#watched) {
      const status: HealthStatus = this.#healthy(watched) ? 'healthy' : 'unhealthy';
      const before = this.#last.get(id);
      this.#last.set(id, status);
      if (before === undefined || before === status) continue;
      for (const listener of this.#listeners) listener(id, status);
    }
  }
}

/** Is it the same endpoint, asked the same way? Then a change concerns only the switches and thresholds. */
function sameEndpoint(one: HealthCheck, other: HealthCheck): boolean {
  const asked = (check: HealthCheck): unknown[] => (check.kind === 'CALCULATED' ? [check.kind] : [check.kind, check.address, check.port, check.path, check.hostName, check.requestIntervalSeconds]);
  return JSON.stringify(asked(one)) === JSON.stringify(asked(other));
}
