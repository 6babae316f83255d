// The deep health check: what this region can really do at this moment. It reads its own database and writes through the guard to
// the writer, each with a limit of its own, keeps nothing, and repeats the caller's nonce so that no cache can answer for it.
import { WriteRefusedError } from '../../guard/index.ts';
import type { ApplicationConfig } from './config.ts';
import { NoConnectionError } from './pools.ts';
import { servedIn, type Store, type Stores } from './stores.ts';
import { writeHeartbeat } from './writes.ts';

export interface Check<Result extends string> { readonly result: Result; readonly tookMs: number; readonly detail?: string }

export interface DeepHealth {
  readonly nonce: string;
  readonly application: string;
  readonly region: string;
  /** What the region's own database is. */
  readonly role: 'primary' | 'replica' | 'unknown';
  readonly read: 'ok' | 'failed';
  readonly write: 'ok' | 'failed' | 'refused';
  /** By this process's newest permit; absent when it has none. */
  readonly epoch?: number;
  readonly writer?: string;
  readonly latencyMs: number;
  readonly checks: { readonly read: Check<'ok' | 'failed'>; readonly write: Check<'ok' | 'failed' | 'refused'> };
}

export interface HealthParts { readonly stores: Stores; readonly config: ApplicationConfig }
type StoreHealth = Pick<DeepHealth, 'role' | 'checks'>;

/** As well as the worst of the databases that this region serves; epoch, writer and role are those of the one that all have in common. */
export const deepHealth = ({ stores, config }: HealthParts) => async (nonce: string): Promise<DeepHealth> => {
  const startedAt = performance.now();
  const all = await Promise.all(servedIn(stores, config.region).map((store) => storeHealth(store, config)));
  const [read, write] = [worst(all.map(({ checks }) => checks.read)), worst(all.map(({ checks }) => checks.write))];
  const { epoch, writer } = stores[0].guard.permit();
  return {
    nonce, application: config.application, region: config.region, role: all[0]?.role ?? 'unknown', read: read.result, write: write.result,
    ...(epoch === undefined ? {} : { epoch }), ...(writer === undefined ? {} : { writer }),
    latencyMs: round(performance.now() - startedAt), checks: { read, write },
  };
};

const BADNESS: readonly ('ok' | 'failed' | 'refused')[] = ['ok', 'refused', 'failed'];
const worst = <Result extends 'ok' | 'failed' | 'refused'>(checks: readonly Check<Result>[]): Check<Result> =>
  checks.reduce((found, check) => (BADNESS.indexOf(check.result) > BADNESS.indexOf(found.result) ? check : found));

async function storeHealth({ guard, local, writers }: Store, config: ApplicationConfig): Promise<StoreHealth> {
  let role: DeepHealth['role'] = 'unknown';
  const timeoutMs = config.healthWriteTimeoutMs;
  const [read, write] = await Promise.all([
    check<'ok' | 'failed'>(async () => {
      const [row] = await within(timeoutMs, local.query<{ recovering: boolean }>({ text: 'select pg_is_in_recovery() as recovering from (select count(*) from app_user) users', values: [], timeoutMs }));
      role = row?.recovering === true ? 'replica' : 'primary';
    }, () => 'failed'),
    check<'ok' | 'failed' | 'refused'>(
      () => within(timeoutMs, writeHeartbeat(guard, writers)(config.region, timeoutMs)),
      // A writer that cannot be reached is a failure; a permit that is refused is the fence at work.
      (error) => (error instanceof WriteRefusedError && !(error.cause instanceof NoConnectionError) ? 'refused' : 'failed'),
    ),
  ]);
  return { role, checks: { read, write } };
}

async function check<Result extends string>(work: () => Promise<unknown>, judge: (error: unknown) => Result): Promise<Check<Result | 'ok'>> {
  const startedAt = performance.now();
  const tookMs = (): number => round(performance.now() - startedAt);
  try {
    await work();
    return { result: 'ok', tookMs: tookMs() };
  } catch (error) {
    return { result: judge(error), tookMs: tookMs(), detail: error instanceof Error ? error.message || error.name : String(error) };
  }
}

/** A wait for a free connection counts, too: the pool's own limit is longer. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
