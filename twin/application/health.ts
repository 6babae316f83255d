// The deep health check: what this region can really do at this moment. It reads its own database and writes through the guard to
// the writer, each with a limit of its own, keeps nothing, and repeats the caller's nonce so that no cache can answer for it.
import { WriteRefusedError, type Guard } from '../../guard/index.ts';
import type { ApplicationConfig } from './config.ts';
import { NoConnectionError, type CuttablePool, type WriterPools } from './pools.ts';
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

export interface HealthParts { readonly guard: Guard; readonly local: CuttablePool; readonly writers: WriterPools; readonly config: ApplicationConfig }

export const deepHealth = ({ guard, local, writers, config }: HealthParts) => async (nonce: string): Promise<DeepHealth> => {
  const startedAt = performance.now();
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
  const { epoch, writer } = guard.permit();
  return {
    nonce, application: config.application, region: config.region, role, read: read.result, write: write.result,
    ...(epoch === undefined ? {} : { epoch }), ...(writer === undefined ? {} : { writer }),
    latencyMs: round(performance.now() - startedAt), checks: { read, write },
  };
};

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
