// The databases of a process: the one that all users have in common, and the shards of the users of each region. Each has its own write
// permit and pools, so that one which is fenced or lost stops nobody but who needs it. A user's home is in a cookie; which region serves
// the users of a home now is told by the permit of their shard, and by nothing else.
import type { Guard } from '../../guard/index.ts';
import type { ApplicationConfig } from './config.ts';
import { cookieIn } from './sessions.ts';
import { permitsOf } from './permits.ts';
import { localPool, WriterPools, type CuttablePool } from './pools.ts';

export interface Store {
  readonly database: string;
  /** Absent: all users' */
  readonly shardOf?: string;
  readonly guard: Guard;
  readonly local: CuttablePool;
  readonly writers: WriterPools;
}
export type Stores = readonly [Store, ...Store[]];

export function openStores(config: ApplicationConfig & { readonly awsEndpointUrl: string }, onRenewalFailed: () => void): Stores {
  const open = (own: typeof config): Omit<Store, 'shardOf'> => {
    const writers = new WriterPools(own);
    const guard = permitsOf(own, { onChange: (permit) => void writers.follow(permit), onRenewalFailed });
    return { database: own.database, guard, local: localPool(own), writers };
  };
  return [open(config), ...config.shards.map(({ shardOf, ...shard }) => ({ ...open({ ...config, ...shard }), shardOf }))];
}

const HOME = 'home';

/** The region that a user is pinned to, from the request's cookies. */
export const homeIn = (cookies: string | undefined): string | undefined => cookieIn(cookies, HOME);

/** Where a user's own data is. Without a pin, or a shard for it: where the data of all is. */
export const storeOf = (stores: Stores, home: string | undefined): Store => stores.find(({ shardOf }) => shardOf !== undefined && shardOf === home) ?? stores[0];

/** The region that serves the users of a shard now. */
export const servedBy = ({ shardOf, guard }: Store): string | undefined => (shardOf === undefined ? undefined : guard.permit().writer ?? shardOf);

/** What a region must be able to write to be well: what all have in common, and the shards that it serves. Another region's shard is that one's. */
export const servedIn = (stores: Stores, region: string): readonly Store[] => stores.filter((store, index) => index === 0 || servedBy(store) === region);
