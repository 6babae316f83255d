// What must be agreed on, on a real DynamoDB wire: who wins a race, what a repeat changes, what an older writer may not do.
import { beforeAll, expect } from '@jest/globals';
import { agreed, type Agreed } from '../../adapters/agreed.ts';
import { approvalAnswers } from '../../adapters/approval-answers.ts';
import { tableIn } from '../../adapters/table.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { FenceIntent, Lease } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import type { Case } from './port-contract.ts';
import { HERE, TABLE } from './world.ts';

export function storeCases(test: Case): void {
  let stores: Agreed;
  beforeAll(() => { stores = agreed({ region: HERE, table: TABLE }); });
  leaseCases(test, () => stores);
  permitCases(test, () => stores);
  intentCases(test, () => stores);
  approvalCases(test, () => stores);
  recordCases(test, () => stores);

  test('table: one that is not there is a clear no', async () => {
    await expect(agreed({ region: HERE, table: 'no-such-table' }).leases.read('shop')).rejects.toThrow(expect.objectContaining({ name: 'RefusedByAwsError', message: expect.stringContaining('ResourceNotFoundException') as unknown as string }));
  });
}

function leaseCases(test: Case, stores: () => Agreed): void {
  const held = (application: string): Lease => ({ application, epoch: 1, holder: 'run-1', expiresAt: 5000, incident: 'i-1', evacuated: 'us-west-2', acknowledgementDue: true });

  test('lease: an application without one has epoch 0; what is written is read', async () => {
    const unclaimed = await stores().leases.read('lease-read');
    expect(unclaimed).toEqual({ application: 'lease-read', epoch: 0, expiresAt: 0, acknowledgementDue: false });
    expect(await stores().leases.replace(unclaimed, held('lease-read'))).toBe(true);
    expect(await stores().leases.read('lease-read')).toEqual(held('lease-read'));
  });
  test('lease: of many that claim from one reading, one wins', async () => {
    const seen = await stores().leases.read('lease-race');
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, index) => stores().leases.replace(seen, { ...held('lease-race'), holder: `run-${index}` })));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect((await stores().leases.read('lease-race')).holder).toBe(`run-${outcomes.indexOf(true)}`);
  });
  test('lease: an extension never overwrites a pause that somebody wrote in between', async () => {
    const seen = await stores().leases.read('lease-pause');
    await stores().leases.replace(seen, held('lease-pause'));
    await stores().leases.replace(held('lease-pause'), { ...held('lease-pause'), pausedUntil: 99_000, pausedBy: 'alice' });
    expect(await stores().leases.replace(held('lease-pause'), { ...held('lease-pause'), expiresAt: 9000 })).toBe(false);
    expect(await stores().leases.read('lease-pause')).toMatchObject({ pausedBy: 'alice', expiresAt: 5000 });
  });
}

function permitCases(test: Case, stores: () => Agreed): void {
  const grant = (database: string, epoch: number, writer: string) => stores().permits.grant({ application: 'permits', database, epoch, writer });

  test('write permit: nothing granted: nothing to read, and withdrawing it is done', async () => {
    expect(await stores().permits.read('permits', 'none')).toBeUndefined();
    expect(await stores().permits.withdraw('permits', 'none', 1, 1000)).toBe(true);
    expect(await stores().permits.read('permits', 'none')).toBeUndefined();
  });
  test('write permit: withdrawn under a newer epoch, it keeps the time of the first withdrawal and is granted anew', async () => {
    expect(await grant('orders', 1, 'us-east-1')).toBe(true);
    expect(await stores().permits.withdraw('permits', 'orders', 2, 1000)).toBe(true);
    expect(await stores().permits.withdraw('permits', 'orders', 2, 7000)).toBe(true);
    expect(await stores().permits.read('permits', 'orders')).toMatchObject({ epoch: 1, withdrawn: true, withdrawnAt: 1000 });
    expect(await grant('orders', 2, 'us-west-2')).toBe(true);
    expect(await stores().permits.read('permits', 'orders')).toMatchObject({ epoch: 2, writer: 'us-west-2', withdrawn: false });
  });
  test('write permit: an older epoch neither ends nor revives it; the same grant again changes nothing', async () => {
    expect(await grant('stale', 5, 'us-west-2')).toBe(true);
    expect(await grant('stale', 5, 'us-west-2')).toBe(true);
    expect(await grant('stale', 4, 'us-east-1')).toBe(false);
    expect(await stores().permits.withdraw('permits', 'stale', 4, 1000)).toBe(false);
    expect(await stores().permits.read('permits', 'stale')).toMatchObject({ epoch: 5, writer: 'us-west-2', withdrawn: false });
  });
}

function intentCases(test: Case, stores: () => Agreed): void {
  const intent = (epoch: number): FenceIntent => ({ application: 'intents', database: 'orders', region: 'us-west-2', epoch, recordedAt: epoch * 1000, execution: `run-${epoch}` });
  const proof = { at: 9000, networkClosed: true, sessionsEnded: 3, detail: 'closed' };

  test('fence intent: the newest order stands; its proof answers it and no other', async () => {
    expect(await stores().intents.record(intent(2))).toBe(true);
    expect(await stores().intents.record({ ...intent(2), recordedAt: 1 })).toBe(true);
    expect(await stores().intents.record(intent(1))).toBe(false);
    await stores().intents.recordProof(intent(2), proof);
    await expect(stores().intents.recordProof(intent(1), proof)).rejects.toThrow(TryAgainError);
    expect(await stores().intents.read('intents', 'orders', 'us-west-2')).toEqual({ ...intent(2), enforced: proof });
  });
  test('fence intent: lifted once, for the epoch that stands, and then not open any more', async () => {
    const order = { ...intent(3), application: 'intents-lifted' };
    expect(await stores().intents.lift(order, 5)).toBe(false);
    await stores().intents.record(order);
    expect(await stores().intents.lift({ ...order, epoch: 2 }, 5)).toBe(false);
    expect(await stores().intents.lift(order, 6)).toBe(true);
    expect(await stores().intents.lift(order, 7)).toBe(true);
    expect(await stores().intents.read('intents-lifted', 'orders', 'us-west-2')).toEqual({ ...order, liftedAt: 6 });
    expect(await stores().intents.listOpen('intents-lifted', 'us-west-2')).toEqual([]);
  });
  test('fence intent: open orders are listed by region', async () => {
    await stores().intents.record({ ...intent(1), application: 'intents-open', database: 'a' });
    await stores().intents.record({ ...intent(1), application: 'intents-open', database: 'b', liftedAt: 5 });
    await stores().intents.record({ ...intent(1), application: 'intents-open', database: 'c', region: 'us-east-1' });
    expect((await stores().intents.listOpen('intents-open', 'us-west-2')).map(({ database }) => database)).toEqual(['a']);
  });
}

function approvalCases(test: Case, stores: () => Agreed): void {
  const answers = () => approvalAnswers(tableIn(HERE, TABLE));
  test('approval: the first decision stands, its own repeat gets the token again, another gets none', async () => {
    expect(await answers().take('approvals', 'run-1', 'approve', 'ana', 1)).toEqual({ kind: 'unknown' });
    await stores().approvals.ask('run-1', 'approvals', 'token-1', 'why');
    expect(await answers().read('approvals', 'run-1')).toMatchObject({ summary: 'why' });
    expect(await answers().take('approvals', 'run-1', 'deny', 'ana', 2)).toEqual({ kind: 'taken', taskToken: 'token-1', summary: 'why' });
    expect(await answers().take('approvals', 'run-1', 'deny', 'ana', 3)).toMatchObject({ kind: 'taken' });
    expect(await answers().take('approvals', 'run-1', 'approve', 'ana', 4)).toEqual({ kind: 'answered', decision: 'deny', by: 'ana', at: 2 });
    expect(await answers().take('approvals', 'run-1', 'deny', 'ben', 5)).toMatchObject({ kind: 'answered', by: 'ana' });
  });
  test('approval: asked anew, it waits for an answer anew, with its new token', async () => {
    await stores().approvals.ask('run-2', 'approvals', 'token-2', 'why');
    await answers().take('approvals', 'run-2', 'deny', 'ana', 1);
    await stores().approvals.ask('run-2', 'approvals', 'token-3', 'why');
    expect(await answers().take('approvals', 'run-2', 'approve', 'ben', 2)).toMatchObject({ kind: 'taken', taskToken: 'token-3' });
  });
}

function recordCases(test: Case, stores: () => Agreed): void {
  test('records of the past: an older observation never replaces a newer one', async () => {
    const seen = (at: number, result: Observation['result']): Observation => ({ application: 'seen', vantagePoint: 'us-west-2', target: 'us-east-1', at, result, reason: 'r', latencyMs: 12.5, consecutiveFailures: 0, write: 'ok' });
    await stores().observations.put(seen(2000, 'down'));
    await stores().observations.put(seen(1000, 'up'));
    expect(await stores().observations.list('seen')).toEqual([seen(2000, 'down')]);
  });
  test('records of the past: everybody gets the same incident until it is closed', async () => {
    const first = await stores().incidents.open('incidents', 'us-east-1', 1000);
    expect(await stores().incidents.open('incidents', 'us-east-1', 2000)).toBe(first);
    await stores().incidents.close('incidents', 'us-east-1', first);
    expect(await stores().incidents.open('incidents', 'us-east-1', 3000)).not.toBe(first);
  });
  test('records of the past: the journal keeps all entries in order of time, each once', async () => {
    const entry = (at: number, summary: string): JournalEntry => ({ execution: 'run-j', application: 'journal', at, step: 'Fence writer', kind: 'result', summary, evidence: { lag: 'Infinity', nested: [1, { a: null }] } });
    const entries = [entry(1000, 'a'), entry(1000, 'b'), entry(999, 'earlier'), entry(20_000, 'last')];
    for (const one of [...entries, entry(1000, 'a')]) await stores().journal.record(one);
    expect((await stores().journal.list('run-j')).map(({ summary }) => summary)).toEqual(['earlier', 'a', 'b', 'last']);
    expect((await stores().journal.list('run-j'))[0]?.evidence).toEqual({ lag: 'Infinity', nested: [1, { a: null }] });
  });
  test('records of the past: a journal of more than one page is read whole', async () => {
    // DynamoDB answers at most 1 MB a page: 12 entries of 150 kB are two.
    const evidence = 'x'.repeat(150_000);
    for (let at = 1; at <= 12; at += 1) await stores().journal.record({ execution: 'run-long', application: 'journal', at, step: 'Verify outage', kind: 'gate', summary: `${at}`, evidence });
    expect((await stores().journal.list('run-long')).map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
  test('records of the past: an approval is asked for, and an announcement is marked once', async () => {
    await stores().approvals.ask('run-a', 'approvals', 'token', 'promote orders?');
    expect(await stores().announcements.wasSent('announcements', 'key')).toBe(false);
    await Promise.all([stores().announcements.markSent('announcements', 'key', 1), stores().announcements.markSent('announcements', 'key', 2)]);
    expect(await stores().announcements.wasSent('announcements', 'key')).toBe(true);
  });
}
