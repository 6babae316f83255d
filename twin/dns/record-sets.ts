// What a hosted zone holds: sets of records under a name and a type, and how several sets under the same name and type
// share its answers (weighted, failover). Alias, latency and geographic sets are refused where they would come in.

export const recordTypes = ['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'SOA'] as const;
export type RecordType = (typeof recordTypes)[number];

export interface RecordSet {
  /** Canonical, see names.ts. */
  readonly name: string;
  readonly type: RecordType;
  readonly ttlSeconds: number;
  /** Values as in a zone file: addresses, names, quoted strings. */
  readonly values: readonly string[];
  /** Tells sets of one name and type apart; undefined for a simple set. */
  readonly setIdentifier?: string;
  readonly weight?: number;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  readonly healthCheckId?: string;
}

/** What makes a set unique inside its zone. */
export const recordSetKey = (set: Pick<RecordSet, 'name' | 'type' | 'setIdentifier'>): string =>
  JSON.stringify([set.name, set.type, set.setIdentifier ?? null]);

export const isRecordType = (type: string): type is RecordType => (recordTypes as readonly string[]).includes(type);
