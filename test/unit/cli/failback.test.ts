// `hotshift failback`: what it says that it would do, what it refuses, what it starts and where, and the list of lost writes.
import { expect, test } from '@jest/globals';
import { calm, hotshift, now, region, seen, type Stored } from './memory.ts';

/** After a failover that was acknowledged: the writer is in eu-central-1, and home answers again. */
const after = (changes: Partial<Stored> = {}): Stored => ({
  ...calm(), permits: [{ application: 'shop', database: 'orders', epoch: 7, writer: 'eu-central-1', withdrawn: false, renewals: { a: now - 900 }, surrenders: {} }],
  replica: { identifier: 'orders-frankfurt', status: 'available', isReplica: false, backupRetentionDays: 7 }, ...changes,
});
const back = ['failback', ...region];

test('--plan says the steps in order, and starts nothing', async () => {
  const { code, out, stored } = await hotshift([...back, '--plan'], { stored: after() });
  expect(code).toBe(0);
  const order = ['Compare databases', 'Rebuild replica', 'Shift users', 'Fence writer, Promote replica, Shift writes', 'Scale back'].map((step) => out.indexOf(step));
  expect(order.every((at, index) => at > (order[index - 1] ?? -1))).toBe(true);
  expect(out).toContain('Nothing speaks against it now');
  expect(stored.started).toEqual([]);
});

test('--plan --json: the same for machines; with --keep-writer the writer stays', async () => {
  const found = JSON.parse((await hotshift([...back, '--plan', '--json'], { stored: after() })).out) as { writer: string; home: string; steps: readonly string[]; problems: readonly string[] };
  expect(found).toMatchObject({ writer: 'eu-central-1', home: 'eu-west-1', problems: [] });
  const kept = JSON.parse((await hotshift([...back, '--plan', '--json', '--keep-writer'], { stored: after() })).out) as typeof found;
  expect(kept.steps.join()).not.toContain('Fence writer');
});

test('it starts one execution in the witness, with who wants it, and writes that into its journal', async () => {
  const { code, stored, out } = await hotshift([...back, '--yes', '--reason', 'well since Monday'], { stored: after() });
  expect(code).toBe(0);
  expect(stored.started).toMatchObject([{ region: 'eu-west-2', input: { application: 'shop', home: 'eu-west-1', keepWriter: false, acceptLost: false, requestedBy: 'ana' } }]);
  expect(stored.started[0]!.arn).toContain('hotshift-failback');
  expect(stored.journal.at(-1)).toMatchObject({ execution: stored.started[0]!.name, step: 'Operator', summary: expect.stringContaining('well since Monday') });
  expect(out).toContain(`hotshift failback --lost ${stored.started[0]!.name}`);
});

test.each<[string, Stored, readonly string[], number, RegExp]>([
  ['a failover that nobody acknowledged', after({ lease: { ...calm().lease, acknowledgementDue: true } }), ['--yes'], 3, /acknowledge/],
  ['a pause', after({ lease: { ...calm().lease, pausedUntil: now + 60_000, pausedBy: 'ben' } }), ['--yes'], 3, /paused/],
  ['a home that does not answer', after({ observations: (['eu-west-1', 'eu-central-1', 'eu-west-2'] as const).flatMap((point) => [seen(point, 'eu-west-1', 'down'), seen(point, 'eu-central-1', 'up')]) }), ['--yes'], 3, /0 vantage points see eu-west-1 answer/],
  ['a writer without backups', after({ replica: { identifier: 'orders-frankfurt', status: 'available', isReplica: false, backupRetentionDays: 0 } }), ['--yes'], 3, /no automated backups/],
  ['a region that is not of the pair', after(), ['--to', 'us-east-1', '--yes'], 2, /is not one of shop's/],
  ['a place that nothing runs in', after(), ['--run-in', 'us-east-1', '--yes'], 2, /is not one of shop's/],
])('refuses %s, and starts nothing', async (_, stored, options, code, message) => {
  const ran = await hotshift([...back, ...options], { stored });
  expect(ran).toMatchObject({ code, remarks: expect.stringMatching(message) });
  expect(stored.started).toEqual([]);
});

test('--plan tells what would be refused, and its code says so', async () => {
  const { code, out } = await hotshift([...back, '--plan'], { stored: after({ lease: { ...calm().lease, acknowledgementDue: true } }) });
  expect(code).toBe(3);
  expect(out).toContain('It would be refused now');
});

test('--lost prints what the failback has found as CSV; values that would be columns or formulas stay one', async () => {
  const evidence = { database: 'orders', total: 3, lost: [{ table: 'orders', key: ['a"b,c'], at: Date.UTC(2026, 10, 24) }] };
  const stored = after();
  stored.journal.push({ execution: 'shop-failback-1', application: 'shop', at: now, step: 'Compare databases', kind: 'gate', summary: 'lost', evidence });
  const { code, out, remarks } = await hotshift([...back, '--lost', 'shop-failback-1'], { stored });
  expect([code, out.trim()]).toEqual([0, 'database,table,key,writtenAt\n"orders","orders","a""b,c",2026-11-24T00:00:00.000Z']);
  expect(remarks).toContain('3 rows were found, 1 are listed');
  expect(JSON.parse((await hotshift([...back, '--lost', 'shop-failback-1', '--json'], { stored })).out)).toEqual([evidence]);
  expect(await hotshift([...back, '--lost', 'nobody'], { stored })).toMatchObject({ code: 3, remarks: expect.stringContaining('has compared nothing') });
});
