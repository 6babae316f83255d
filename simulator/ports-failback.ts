// What only a failback asks: renaming and copying instances, and rows by their keys. Here a row's key is the number of the client's write.
import { keyText, type FailbackPorts } from '../domain/failback.ts';
import type { DatabasePlan, Region } from '../domain/plan.ts';
import type { Caller, Route } from './calls.ts';
import type { Pair } from './postgres.ts';
import type { World } from './world.ts';

type Limits = Pick<Route, 'timeoutMs' | 'attempts' | 'workMs'>;

export function failingBack(world: World, { caller, changing, sql }: { readonly caller: Caller; readonly changing: Limits; readonly sql: Limits }): FailbackPorts {
  const { calls, rds } = world;
  const pairOf = (name: string): Pair => world.pair(name);
  const inSql = (port: string, { name }: DatabasePlan, region: Region): Route => ({ port, target: region, ...sql, answers: () => pairOf(name).in(region).running });
  return {
    replicas: {
      setAside: (database, region, as) => calls.call(caller, { port: 'replicas.setAside', target: region, ...changing, detail: { database: database.name, region } }, () => rds.setAside(pairOf(database.name), region, as)),
      create: (database, region, source) => calls.call(caller, { port: 'replicas.create', target: region, ...changing, detail: { database: database.name, region } }, () => rds.createReplica(pairOf(database.name), region, source)),
    },
    rows: {
      written: (database, region, _table, since, limit, after) => calls.call(caller, inSql('rows.written', database, region), () =>
        pairOf(database.name).in(region).log.filter(({ id, stampAt }) => id !== 0 && stampAt >= since && (after === undefined || stampAt > after.at)).slice(0, limit).map(({ id, stampAt }) => ({ key: [String(id)], at: stampAt }))),
      held: (database, region, _table, keys) => calls.call(caller, inSql('rows.held', database, region), () => {
        const wanted = new Set(keys.map(keyText));
        return new Set(pairOf(database.name).in(region).log.map(({ id }) => keyText([String(id)])).filter((key) => wanted.has(key)));
      }),
    },
  };
}
