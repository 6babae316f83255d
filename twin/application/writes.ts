// A write to the single writer: under a permit, to the very server that the permit names, before the permit's end by the database's
// own clock, and acknowledged only if the permit still holds after the commit. A repeated id is acknowledged, not written twice.
import { WriteRefusedError, type Guard, type Permit } from '../../guard/index.ts';
import { NoConnectionError, type WriterPools } from './pools.ts';

export interface Written { readonly id: string; readonly epoch: number; readonly writer: string; readonly repeated: boolean }

/**
 * What the database itself checks, as part of the statement: its clock, that it is a writer, that it is the one of the permit
 * (a cached DNS answer may lead elsewhere; cluster_name is the region), and that no newer epoch has written here.
 */
const CHECKS = `clock_timestamp() < $1::timestamptz as in_time, not pg_is_in_recovery() as is_writer,
  current_setting('cluster_name') as reached, not exists (select 1 from hotshift_heartbeat where epoch > $2::bigint) as is_newest`;
const ALLOWED = 'in_time and is_writer and is_newest and reached = $3';

const WRITE = `with checks as materialized (select ${CHECKS}),
  written as (
    insert into client_write (id, region, epoch, payload) select $4::uuid, $5, $2::bigint, $6 from checks where ${ALLOWED}
    on conflict (id) do nothing returning 1)
  select checks.*, (select count(*) from written)::int as written from checks`;

const HEARTBEAT = `with checks as materialized (select ${CHECKS}),
  written as (
    insert into hotshift_heartbeat as stored (region, at, epoch) select $4, clock_timestamp(), $2::bigint from checks where ${ALLOWED}
    on conflict (region) do update set at = excluded.at, epoch = excluded.epoch where stored.epoch <= excluded.epoch returning 1)
  select checks.*, (select count(*) from written)::int as written from checks`;

interface Checked {
  readonly in_time: boolean;
  readonly is_writer: boolean;
  readonly reached: string;
  readonly is_newest: boolean;
  readonly written: number;
}

export interface WriteRequest { readonly id: string; readonly region: string; readonly payload: string }

/** Resolves when the write may be acknowledged. Throws WriteRefusedError, WriteOutcomeUnknownError or the driver's error. */
export const writeClient = (guard: Guard, pools: WriterPools) => ({ id, region, payload }: WriteRequest): Promise<Written> =>
  guard.write(async (permit) => {
    const { epoch, writer, checked } = await run(pools, permit, WRITE, [id, region, payload]);
    return { id, epoch, writer, repeated: checked.written === 0 };
  });

/** The proof of a write path: this region's heartbeat on the writer. */
export const writeHeartbeat = (guard: Guard, pools: WriterPools) => (region: string, timeoutMs: number): Promise<void> =>
  guard.write(async (permit) => {
    const { checked } = await run(pools, permit, HEARTBEAT, [region], timeoutMs);
    if (checked.written === 0) throw new WriteRefusedError('a larger epoch is stored for this region');
  });

async function run(pools: WriterPools, permit: Permit, text: string, values: readonly unknown[], timeoutMs?: number) {
  const { epoch, writer, expiresAt } = permit;
  const pool = pools.follow(permit);
  if (pool === undefined || epoch === undefined || writer === undefined) throw new WriteRefusedError('the permit names no writer');
  const statement = { text, values: [expiresAt, epoch, writer, ...values], ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const [checked] = await pool.query<Checked>(statement).catch((error: Error & { readonly code?: string }) => {
    if (error instanceof NoConnectionError) throw new WriteRefusedError(error.message, { cause: error });
    // read_only_sql_transaction: a standby, or a database that was fenced. Nothing was written.
    if (error.code !== '25006') throw error;
    pools.abandon(pool);
    throw new WriteRefusedError('the database takes no writes', { cause: error });
  });
  if (checked === undefined) throw new Error('the database answered without a row');
  if (!checked.is_writer || checked.reached !== writer) pools.abandon(pool);
  const refusal = refusalOf(checked, writer);
  if (refusal !== undefined) throw new WriteRefusedError(refusal);
  return { epoch, writer, checked };
}

function refusalOf(checked: Checked, writer: string): string | undefined {
  if (!checked.in_time) return 'the permit ran out before the database wrote';
  if (!checked.is_writer) return 'the database is a replica';
  if (checked.reached !== writer) return `reached the database of ${checked.reached}, the writer is ${writer}`;
  if (!checked.is_newest) return 'a newer epoch has written to this database';
  return undefined;
}
