// What drills have found: who adds an entry, who closes it, that two people do not undo each other's change, and where it is shown.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { followUpStore } from '../../../adapters/follow-up-store.ts';
import { table } from '../../../adapters/table.ts';
import { followUpOf, isOverdue, type FollowUp } from '../../../domain/follow-ups.ts';
import { drillStore } from '../../../adapters/drill-store.ts';
import { settle } from '../../../functions/settle/settle.ts';
import { DynamoDbStub } from '../adapters/dynamodb-stub.ts';
import { leadingTo } from '../adapters/wire.ts';
import { failover, home, Memory, plan, start } from '../ports.ts';
import { calm, hotshift, now, region, type Stored } from './memory.ts';

const day = 86_400_000;
const one: FollowUp = { application: 'shop', id: 'drill-1', execution: 'drill-1', what: 'Drill stopped at "Hold step": alarm shop-errors', foundAt: now - day, dueAt: now + 27 * day, version: 1 };
const with_ = (...followUps: FollowUp[]): Stored => ({ ...calm(), followUps });

describe('what is a finding', () => {
  const of = (outcome: Parameters<typeof followUpOf>[0]['outcome'], reason: string) => followUpOf({ application: 'shop', execution: 'd', outcome, step: 'Hold step', reason }, start);
  test('a drill that was stopped, refused by the state of things, or handed over', () => {
    expect(of('Drill stopped', 'alarm a: rings')).toEqual({ application: 'shop', id: 'd', execution: 'd', what: 'Drill stopped at "Hold step": alarm a: rings', foundAt: start, dueAt: start + 28 * day, version: 1 });
    expect(of('Drill refused', 'rehearsal: eu-west-1: table-not-strong')?.what).toContain('table-not-strong');
    expect(of('Handed to a human', 'no answer')?.dueAt).toBe(start + 7 * day);
  });
  test.each<[Parameters<typeof followUpOf>[0]['outcome'], string]>([
    ['Drill passed', 'held'], ['Drill yielded', 'LeaseLostError: a failover took over'], ['Drill refused', 'freeze: 2026-12-20 to 2027-01-06'], ['Drill refused', 'lease: paused by ana'],
    ['Drill stopped', 'StoppedByOperatorError: ben asked drill-1 to stop'], ['Handed to a human', 'paused by ana until 10:00'],
  ])('%s (%s) is none', (outcome, reason) => expect(of(outcome, reason)).toBeUndefined());
});

describe('in the table', () => {
  const stub = new DynamoDbStub();
  let client: DynamoDBClient;
  beforeAll(async () => { await stub.start(); client = new DynamoDBClient({ ...leadingTo(stub.wire, home, 'state'), maxAttempts: 1 }); });
  afterAll(async () => { client.destroy(); await stub.wire.stop(); });
  test('the end of a drill adds it once; a repeated end does not open again what was closed; of two changes the second is refused', async () => {
    const items = table(client, 'hotshift');
    const [memory, followUps] = [new Memory(), followUpStore(items)];
    const end = () => settle({ ...memory.ports(), drills: drillStore(items), followUps }, plan)({ failover: { ...failover, execution: 'drill-1', mode: 'drill' }, mode: 'traffic', outcome: 'Drill stopped', step: 'Hold step', reason: 'alarm a', heldSeconds: 0, scaled: [], begun: true });
    await end();
    const [found] = await followUps.list('shop');
    expect(found).toMatchObject({ id: 'drill-1', what: 'Drill stopped at "Hold step": alarm a', version: 1 });
    const { version: _version, ...rest } = found!;
    expect(await followUps.replace(found!, { ...rest, closed: { at: start, by: 'ana', how: 'mended' } })).toBe(true);
    expect(await followUps.replace(found!, { ...rest, owner: 'ben' })).toBe(false);
    await end();
    expect(await followUps.list('shop')).toEqual([{ ...found, closed: { at: start, by: 'ana', how: 'mended' }, version: 2 }]);
    expect(await followUps.list('other')).toEqual([]);
  });
});

describe('hotshift follow-ups', () => {
  const run = (stored: Stored, ...given: readonly string[]) => hotshift(['follow-ups', 'shop', ...given, ...region, '--by', 'ana'], { stored });
  test('lists the open ones, the most urgent first, and the overdue as such', async () => {
    const { code, out } = await run(with_(one, { ...one, id: 'drill-0', dueAt: now - 1 }, { ...one, id: 'drill-9', closed: { at: now, by: 'ben', how: 'x' } }));
    expect(code).toBe(0);
    expect(out).toMatch(/drill-0 .*OVERDUE[\s\S]*drill-1 .*open/);
    expect(out).not.toContain('drill-9');
    expect((await run(with_(), '--json')).out).toBe(JSON.stringify({ followUps: [] }, null, 2));
  });
  test('gives owner and day, adds by hand, closes with how', async () => {
    const stored = with_(one);
    expect((await run(stored, '--assign', 'drill-1', '--owner', 'ben', '--due', '2026-12-24')).code).toBe(0);
    expect(stored.followUps[0]).toMatchObject({ owner: 'ben', dueAt: Date.parse('2026-12-24T23:59:59Z'), version: 2 });
    expect((await run(stored, '--add', 'write the runbook', '--owner', 'cho')).code).toBe(0);
    expect(stored.followUps[1]).toMatchObject({ what: 'write the runbook', owner: 'cho', execution: 'by hand' });
    expect((await run(stored, '--close', 'drill-1', '--how', 'threshold was wrong')).out).not.toContain('drill-1');
    expect(stored.followUps[0]).toMatchObject({ closed: { at: now, by: 'ana', how: 'threshold was wrong' }, owner: 'ben' });
    expect((await run(stored, '--all')).out).toMatch(/drill-1 .*closed .*\[ana: threshold was wrong\]/);
  });
  test.each<[string, readonly string[], number]>([
    ['a close without how', ['--close', 'drill-1'], 2], ['two things at once', ['--close', 'drill-1', '--add', 'x'], 2], ['an assignment of nothing', ['--assign', 'drill-1'], 2], ['no such day', ['--assign', 'drill-1', '--due', '2026-02-30'], 2],
    ['no such entry', ['--close', 'drill-7', '--how', 'x'], 3], ['one that is closed', ['--close', 'drill-9', '--how', 'x'], 3],
  ])('refuses %s', async (_, given, code) => {
    const stored = with_(one, { ...one, id: 'drill-9', closed: { at: now, by: 'ben', how: 'x' } });
    const before = JSON.stringify(stored.followUps);
    expect((await run(stored, ...given)).code).toBe(code);
    expect(JSON.stringify(stored.followUps)).toBe(before);
  });
  test('somebody was faster: nothing is changed', async () => {
    const stored = with_(one);
    stored.beforeReplace = () => { stored.followUps[0] = { ...one, owner: 'ben', version: 2 }; };
    expect((await run(stored, '--close', 'drill-1', '--how', 'x')).code).toBe(3);
    expect(stored.followUps).toEqual([{ ...one, owner: 'ben', version: 2 }]);
  });
});

test('status counts them, and the report shows those of its execution with what became of them', async () => {
  const late = { ...one, execution: 'shop-eu-west-1-20261124T085950Z', owner: 'ana', dueAt: now - 2 * day };
  expect(isOverdue(late, now)).toBe(true);
  expect((await hotshift(['status', ...region], { stored: with_(late, { ...one, id: 'x' }) })).out.replaceAll(/\s+/g, ' ')).toContain('2 of what drills have found are open, 1 overdue; the next, of ana, is due');
  const { out } = await hotshift(['report', late.execution, ...region], { stored: with_(late, { ...one, id: 'x', what: 'another' }) });
  expect(out.replaceAll(/\s+/g, ' ')).toMatch(/follow up: Drill stopped at "Hold step": alarm shop-errors \(ana, due .*, OVERDUE\)/);
  expect(out).not.toContain('another');
});
