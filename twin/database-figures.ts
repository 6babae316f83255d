// What a run with several databases says of each of them, and of the users that are pinned to a region. Pure.
import { isUntouched, lostOutsideWindow, writersSeen, type DatabaseEvidence } from './invariants.ts';
import type { LoadResult } from './load/outcome.ts';

export interface DatabaseFigures {
  readonly database: string;
  /** What it holds: `global` for all users, or the shard of one region's. */
  readonly role: string;
  /** The region of its writer, before and after, as its permits say. */
  readonly writerBefore: string;
  readonly writer: string | null;
  readonly epoch: number | null;
  /** No order, no permit withdrawn or granted, no change announced, nothing lost. */
  readonly untouched: boolean;
  /** Databases that took writes at one time. */
  readonly writersSeen: number;
  readonly ackedWrites: number;
  readonly lostAckedWrites: number;
  readonly lostOutsideWindow: number;
  /** The longest time without an acknowledged write to it. */
  readonly writeDowntimeSeconds: number;
}

/** Users by the region that they are pinned to, and by the region that served them when they last heard of it. */
export interface PinFigures { readonly home: string; readonly users: number; readonly served: Readonly<Record<string, number>>; /** Told another region than the one before. */ readonly repinned: number }

export function databaseFigures(evidence: DatabaseEvidence, downtimes: LoadResult['writeDowntimes']): DatabaseFigures {
  const { database, shardOf, home, permit, stored, acknowledged, lost, lossWindow } = evidence;
  return {
    database, role: shardOf === undefined ? 'global' : `shard of ${shardOf}`, writerBefore: home, writer: permit?.writer ?? null, epoch: permit?.epoch ?? null, untouched: isUntouched(evidence),
    writersSeen: writersSeen(stored), ackedWrites: acknowledged.length, lostAckedWrites: lost.length, lostOutsideWindow: lostOutsideWindow(lost, lossWindow).length,
    writeDowntimeSeconds: Math.round((downtimes[database]?.ms ?? 0) / 10) / 100,
  };
}

export function pinFigures(pins: LoadResult['pins']): readonly PinFigures[] {
  return [...new Set(pins.map(({ home }) => home))].sort().map((home) => {
    const users = pins.filter((pin) => pin.home === home);
    const last = users.flatMap(({ served }) => served.at(-1) ?? []);
    return { home, users: users.length, served: Object.fromEntries([...new Set(last)].sort().map((region) => [region, last.filter((one) => one === region).length])), repinned: users.filter(({ served }) => served.length > 1).length };
  });
}

/** Users of a shard that moved are told so, and never the way back; all others are never told anything but their home. */
export function pinInvariants(databases: readonly DatabaseEvidence[], pins: LoadResult['pins']): Readonly<Record<string, boolean>> {
  if (pins.length === 0) return {};
  const writerOf = (home: string): string | undefined => databases.find(({ shardOf }) => shardOf === home)?.permit?.writer;
  const known = pins.every(({ home, served }) => [home, writerOf(home)].filter((region, at, all) => all.indexOf(region) === at).join(' ').includes(served.join(' ')));
  const moved = databases.filter(({ shardOf, permit }) => shardOf !== undefined && permit?.writer !== shardOf);
  return { 'pinned users are led to the writer of their shard': known && moved.every(({ shardOf, permit }) => pins.some(({ home, served }) => home === shardOf && served.at(-1) === permit?.writer)) };
}
