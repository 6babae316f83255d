// The twin with three databases: what belongs to the region that died moves, what the survivor writes already does not, and each is judged by
// a ledger of its own. One run, as a person starts it; behaviour only. What the judges of such a run must notice is tried on made-up runs.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { homeIn, servedBy, servedIn, storeOf, type Store, type Stores } from '../../twin/application/stores.ts';
import { pinFigures, pinInvariants } from '../../twin/database-figures.ts';
import { invariants, isUntouched, type DatabaseEvidence, type Evidence } from '../../twin/invariants.ts';
import { settingsSchema } from '../../twin/settings.ts';
import { broken, runDirectory, twinRun, UNHURRIED } from './command-line.ts';

const [A, B] = ['us-east-1', 'us-west-2'];
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('region-crash: the configuration and the shard of the dead region move, the other shard is left alone, and users are re-pinned', async () => {
  // Observers of a busy machine may be blind for a minute, which counts as written; how much may be lost is not tried here.
  const { code, result, progress, report } = await twinRun(directory, 'region-crash', '--databases', '3', ...UNHURRIED, '--rpo', '300');
  expect({ code, outcome: result.outcome, broken: broken(result) }).toEqual({ code: 0, outcome: 'Failed over', broken: [] });
  const safe = { writersSeen: 1, lostOutsideWindow: 0 };
  expect(result.databases).toMatchObject([
    { database: 'config', role: 'global', writerBefore: A, writer: B, epoch: 1, untouched: false, ...safe },
    { database: 'users-east', role: `shard of ${A}`, writerBefore: A, writer: B, epoch: 1, untouched: false, ...safe },
    { database: 'users-west', role: `shard of ${B}`, writerBefore: B, writer: B, epoch: 0, untouched: true, lostAckedWrites: 0, ...safe },
  ]);
  // Each has a ledger of its own, and the whole is their sum.
  const ledgers = (result.databases ?? []).map(({ ackedWrites }) => ackedWrites);
  expect(Math.min(...ledgers)).toBeGreaterThan(0);
  expect(ledgers.reduce((sum, count) => sum + count, 0)).toBe(result.ackedWrites);
  for (const { database, writeDowntimeSeconds } of result.databases ?? []) expect([database, writeDowntimeSeconds > 0]).toEqual([database, true]);
  expect(result.pins).toMatchObject([{ home: A, users: 10 }, { home: B, users: 10, repinned: 0 }]);
  expect(result.pins?.[0]?.repinned).toBeGreaterThan(0);
  // Tokens that the dead region signed are taken by the other one.
  expect(result.aftermath?.sessions.kept).toBeGreaterThan(0);
  // In the order of the plan, and nothing at all of the shard that stays.
  const at = (words: RegExp): number => progress.search(words);
  expect(at(/Promote replica +config: a write was committed/)).toBeGreaterThan(0);
  expect(at(/Promote replica +users-east: promote /)).toBeGreaterThan(at(/Promote replica +config: a write was committed/));
  expect(progress).toMatch(/users-west stays: its writer is in us-west-2/);
  expect(progress).not.toMatch(/(Fence writer|Promote replica|Shift writes) +.*users-west/);
  expect(report).toContain('The databases');
}, 480_000);

const line = (summary: string, step = 'Fence writer') => ({ execution: 'e', application: 'shop', at: 5, step, kind: 'intent', summary }) as const;
const write = (id: string, epoch = 0, at = 1) => ({ id, epoch, sentAt: at, acknowledgedAt: at + 1 });
const evidence = (changes: Partial<DatabaseEvidence> = {}): DatabaseEvidence => ({
  database: 'users-west', shardOf: B, home: B, acknowledged: [write('w')], stored: { first: [{ id: 'w', epoch: 0, writtenAt: 1 }], second: [] }, lost: [], lossWindow: undefined, journal: [], orders: [], permit: { epoch: 0, writer: B, withdrawn: false },
  oldWriter: { deposedAt: undefined, returned: undefined, mustEnforce: false, orders: [], attempts: [], rows: [], locks: { networkOpen: true, sql: undefined } }, ...changes,
});

describe('a shard is untouched', () => {
  test('as it was left', () => expect(isUntouched(evidence())).toBe(true));
  test.each<[string, Partial<DatabaseEvidence>]>([
    ['when it was ordered to be fenced', { orders: [{ application: 'shop', database: 'users-west', region: A, epoch: 1, recordedAt: 1, execution: 'e' }] }],
    ['when its permits were withdrawn', { permit: { epoch: 0, writer: B, withdrawn: true } }],
    ['when they were granted anew', { permit: { epoch: 1, writer: B, withdrawn: false } }],
    ['when its writer moved', { permit: { epoch: 0, writer: A, withdrawn: false } }],
    ['when nobody knows its permits', { permit: undefined }],
    ['when a step announced a change of it', { journal: [line('withdraw all write permits of users-west and fence it in us-east-1')] }],
    ['when it lost a write', { lost: [write('w')] }],
  ])('not %s', (_, changes) => expect(isUntouched(evidence(changes))).toBe(false));
});

describe('each database is judged by itself', () => {
  const judged = (...databases: [DatabaseEvidence, ...DatabaseEvidence[]]): readonly string[] => {
    const whole: Evidence = { evacuated: A, faultAt: 0, databases, journal: [], executions: [], calls: [], epochs: [], emptyAnswers: 0, texts: [], secrets: [] };
    return Object.entries(invariants(whole)).filter(([, held]) => !held).map(([name]) => name);
  };
  const config = evidence({ database: 'config', home: A, permit: { epoch: 1, writer: B, withdrawn: false }, acknowledged: [write('a', 0), write('b', 1, 10)], stored: { first: [{ id: 'a', epoch: 0, writtenAt: 1 }], second: [{ id: 'a', epoch: 0, writtenAt: 1 }, { id: 'b', epoch: 1, writtenAt: 10 }] } });
  test('a shard under its old epoch is no deposed writer of another one', () => expect(judged(config, evidence({ acknowledged: [write('w', 0, 20)] }))).toEqual([]));
  test.each<[string, Partial<DatabaseEvidence>, string]>([
    ['two writers', { stored: { first: [{ id: 'w', epoch: 0, writtenAt: 9 }], second: [{ id: 'x', epoch: 1, writtenAt: 5 }] } }, 'users-west: I1 one reachable writer'],
    ['a late acknowledgement', { acknowledged: [write('w', 1, 1), write('x', 0, 10)] }, 'users-west: I2 no write acknowledged by a deposed writer'],
    ['a loss that nobody reported', { lost: [write('w')] }, 'users-west: I3 no silent loss'],
    ['a promotion without a fence', { journal: [line('users-west: promote it', 'Promote replica')] }, 'users-west: I9 fence before promote before shift'],
    ['an empty ledger', { acknowledged: [] }, 'users-west: its ledger has writes'],
  ])('%s', (_, changes, name) => expect(judged(config, evidence(changes))).toContain(name));
});

describe('pinned users', () => {
  const moved = evidence({ database: 'users-east', shardOf: A, home: A, permit: { epoch: 1, writer: B, withdrawn: false } });
  const pins = (...east: string[]) => [{ home: A!, served: east }, { home: B!, served: [B!] }];
  const held = (found: ReturnType<typeof pins>): boolean => Object.values(pinInvariants([moved, evidence()], found)).every(Boolean);
  test('are led to the writer of their shard', () => expect(held(pins(A!, B!))).toBe(true));
  test('whoever came later was only told the new one', () => expect(held(pins(B!))).toBe(true));
  test('not if nobody was told', () => expect(held(pins(A!))).toBe(false));
  test('not if they are led back and forth', () => expect(held(pins(A!, B!, A!))).toBe(false));
  test('nor if others are led away', () => expect(held([...pins(A!, B!), { home: B!, served: [B!, A!] }])).toBe(false));
  test('are counted by where they are at home', () => expect(pinFigures(pins(A!, B!))).toEqual([{ home: A, users: 1, served: { [B!]: 1 }, repinned: 1 }, { home: B, users: 1, served: { [B!]: 1 }, repinned: 0 }]));
});

describe('a server', () => {
  const store = (database: string, shardOf?: string, writer?: string): Store => ({ database, ...(shardOf === undefined ? {} : { shardOf }), guard: { permit: () => ({ writer }) } }) as unknown as Store;
  const stores: Stores = [store('config', undefined, A), store('users-east', A, A), store('users-west', B)];
  test('reads the pin among the cookies', () => expect([homeIn('a=b; home=us-west-2'), homeIn('home2=x'), homeIn(undefined)]).toEqual([B, undefined, undefined]));
  test('finds the data of a user by the pin, and of all without one', () => expect([A, B, undefined, 'elsewhere'].map((home) => storeOf(stores, home).database)).toEqual(['users-east', 'users-west', 'config', 'config']));
  test('knows who serves a shard by its permit, and before the first one by its name', () => expect(stores.map(servedBy)).toEqual([undefined, A, B]));
  test('is well by what its own region serves', () => {
    expect(servedIn(stores, B!).map(({ database }) => database)).toEqual(['config', 'users-west']);
    expect(servedIn([stores[0], store('users-east', A, B), stores[2]!], B!).map(({ database }) => database)).toEqual(['config', 'users-east', 'users-west']);
  });
});

test('three databases without failback and drill, and no other number', () => {
  expect(settingsSchema.parse({ databases: 3 }).databases).toBe(3);
  for (const wrong of [{ databases: 2 }, { databases: 3, failback: true }, { databases: 3, drill: 'traffic' }]) expect(settingsSchema.safeParse(wrong).success).toBe(false);
});
