// Were acknowledged writes lost? Asks the databases themselves for every acknowledged id, in batches. A batch that cannot
// be read rejects the audit: unknown is not the same as kept.

/** Answers which of these ids a database holds, e.g. `select id from writes where id = any($1)`. */
export type FindWrites = (ids: readonly string[]) => Promise<Iterable<string>>;

export interface Audit<Write> {
  readonly acknowledged: number;
  readonly kept: number;
  /** Acknowledged and not on the final writer, in the order given. */
  readonly lost: readonly Write[];
  /** Of the lost: still on the old writer, so a person could bring them back. Absent when the old writer was not asked. */
  readonly recoverable?: readonly Write[];
}

export interface AuditOptions {
  readonly finalWriter: FindWrites;
  readonly oldWriter?: FindWrites;
  readonly batch?: number;
}

const BATCH = 1_000;

export async function audit<Write extends { readonly id: string }>(acknowledged: readonly Write[], { finalWriter, oldWriter, batch = BATCH }: AuditOptions): Promise<Audit<Write>> {
  const held = await found(acknowledged, finalWriter, batch);
  const lost = acknowledged.filter((write) => !held.has(write.id));
  const counted = { acknowledged: acknowledged.length, kept: acknowledged.length - lost.length, lost };
  if (!oldWriter) return counted;
  const onOld = await found(lost, oldWriter, batch);
  return { ...counted, recoverable: lost.filter((write) => onOld.has(write.id)) };
}

async function found(writes: readonly { readonly id: string }[], find: FindWrites, batch: number): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (let at = 0; at < writes.length; at += batch) {
    for (const id of await find(writes.slice(at, at + batch).map((write) => write.id))) held.add(id);
  }
  return held;
}
