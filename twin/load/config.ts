// What a load generator is told, and the messages between its process and the one that started it. All of it is plain
// data, so that it crosses IPC as it is.
import type { Marks } from './aftermath.ts';
import type { LoadResult } from './outcome.ts';
import type { SecondStatistics } from './statistics.ts';

export interface LoadConfig {
  /** The name that users open, resolved anew as TTLs run out. */
  readonly name: string;
  readonly port: number;
  readonly dnsServer: { readonly host: string; readonly port: number };
  /** Requests per second, whatever the answers do (open loop). */
  readonly rate: number;
  /** Share of writes: 0.5 is half. */
  readonly writeShare: number;
  /** Independent resolver caches, each with its own phase: one cache would make all users move at once. */
  readonly caches: number;
  readonly requestLimitMs: number;
  readonly dnsLimitMs: number;
  /** The users' view: published address -> the address that reaches it from here. Others stay. */
  readonly addressMap: Readonly<Record<string, string>>;
  /** Published address -> region, for requests that got no answer to tell it. */
  readonly addressRegions: Readonly<Record<string, string>>;
  /** Ids of writes are `<idPrefix><number of 12 digits>`: unique over runs when the prefix is, and UUIDs with the first 24 characters of one. */
  readonly idPrefix: string;
  /** Absent: there is one database, and no user is pinned. */
  readonly shards?: ShardedLoad;
  /** Each user opens a session in this name and reads with it. Absent: nobody logs in. */
  readonly sessionUser?: string;
  readonly readPath: string;
  readonly writePath: string;
}

/** Each user is pinned to a region, in turn, and writes to the shard of that region; one write in some goes to what all have in common. */
export interface ShardedLoad {
  /** The region that a user is pinned to -> the database in which that user's writes must be found. */
  readonly databases: Readonly<Record<string, string>>;
  readonly common: string;
  /** Each so many-th write is sent without a pin. */
  readonly commonEvery: number;
}

/** Half reads and half writes, 200 a second, given up after a second: the load of the trials that the design rests on. */
export const loadDefaults = {
  rate: 200,
  writeShare: 0.5,
  caches: 20,
  requestLimitMs: 1_000,
  dnsLimitMs: 500,
  addressMap: {},
  addressRegions: {},
  readPath: '/reads',
  writePath: '/writes',
} as const satisfies Partial<LoadConfig>;

export type ToLoad = { readonly kind: 'start'; readonly config: LoadConfig } | { readonly kind: 'stop'; readonly marks?: Marks };
export type FromLoad =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'started' }
  | { readonly kind: 'second'; readonly statistics: SecondStatistics }
  | { readonly kind: 'result'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };
