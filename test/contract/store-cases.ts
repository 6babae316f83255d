// What must be agreed on, on a real DynamoDB wire: who wins a race, what a repeat changes, what an older writer may not do.
import { beforeAll, expect } from '@jest/globals';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { agreed, type Agreed } from '../../adapters/agreed.ts';
import { approvalAnswers } from '../../adapters/approval-answers.ts';
import { approvalStore } from '../../adapters/approval-store.ts';
import { heardStore } from '../../adapters/heard-store.ts';
import { outboxStore } from '../../adapters/outbox-store.ts';
import { tableIn } from '../../adapters/table.ts';
import { TryAgainError } from '../../domain/errors.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { FenceIntent, Lease } from '../../domain/lease.ts';
import type { Observation } from '../../domain/observation.ts';
import type { GivenAnswer, Undelivered, Word } from '../../domain/ports.ts';
import { dynamodbRenewal, dynamodbSurrender, type DynamodbPermitOptions } from '../../guard/dynamodb.ts';
import type { Case } from './port-contract.ts';
import { HERE, TABLE } from './world.ts';

export function storeCases(test: Case): void {
  let stores: Agreed;
  beforeAll(() => { stores = agreed({ region: HERE, table: TABLE }); });
  leaseCases(test, () => stores);
  permitCases(test, () => stores);
  renewalCases(test, () => stores);
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

/** The guard of a server and Hotshift's own store meet in the table only. */
function renewalCases(test: Case, stores: () => Agreed): void {
  const served = (database: string) => {
    const client = new DynamoDBClient({ region: HERE });
    const options: DynamodbPermitOptions = { send: (command: GetItemCommand) => client.send(command), GetItemCommand, UpdateItemCommand, tableName: TABLE, application: 'renewals', database };
    return { renew: dynamodbRenewal(options), surrender: dynamodbSurrender(options) };
  };
  const grant = (database: string, epoch: number) => stores().permits.grant({ application: 'renewals', database, epoch, writer: HERE });
  const read = (database: string) => stores().permits.read('renewals', database);

  test('renewals: each server has its own, of this database, and a grant takes none away', async () => {
    await Promise.all([grant('orders', 1), grant('stock', 1)]);
    const [orders, stock] = [served('orders'), served('stock')];
    const startedAt = Date.now();
    expect(await Promise.all([orders.renew('us-east-1/1'), orders.renew('us-east-1/10'), stock.renew('us-east-1/2')])).toEqual(Array.from({ length: 3 }, () => ({ granted: true, epoch: 1, writer: HERE })));
    const { renewals = {} } = await read('orders') ?? {};
    expect(Object.keys(renewals)).toEqual(['us-east-1/1', 'us-east-1/10']);
    for (const renewedAt of Object.values(renewals)) expect(renewedAt).toBeGreaterThanOrEqual(startedAt);
    await stores().permits.withdraw('renewals', 'orders', 2, 1000);
    expect(await grant('orders', 2)).toBe(true);
    expect(await read('orders')).toMatchObject({ epoch: 2, withdrawn: false, renewals });
  });
  test('renewals: a withdrawn permit is refused to all; a surrender counts under its epoch, and only if there was something to give back', async () => {
    await grant('withdrawn', 1);
    const { renew, surrender } = served('withdrawn');
    await renew('a');
    await surrender('a', 1);
    expect(await read('withdrawn')).toMatchObject({ surrenders: {} });
    await stores().permits.withdraw('renewals', 'withdrawn', 2, 1000);
    expect(await renew('a')).toEqual({ granted: false, epoch: 1, reason: 'the permit of epoch 1 for withdrawn was withdrawn' });
    await Promise.all([surrender('a', 1), surrender('stranger', 1)]);
    expect(await read('withdrawn')).toMatchObject({ surrenders: { a: 1 } });
    expect(Object.keys((await read('withdrawn'))!.renewals)).toEqual(['a']);
  });
  test('renewals: of more servers than one page holds all are read', async () => {
    await grant('many', 1);
    const table = tableIn(HERE, TABLE);
    // DynamoDB answers at most 1 MB a page: five items of 300 kB are two.
    for (let index = 0; index < 5; index += 1) await table.put({ pk: 'renewals#renewals#many', sk: `server-${index}`, renewedAt: index, note: 'x'.repeat(300_000) });
    expect(Object.values((await read('many'))!.renewals)).toEqual([0, 1, 2, 3, 4]);
  });
  test('renewals: a server is forgotten only as it was seen', async () => {
    await grant('gone', 1);
    await tableIn(HERE, TABLE).put({ pk: 'renewals#renewals#gone', sk: 'a', renewedAt: 7 });
    await stores().permits.forget('renewals', 'gone', 'a', 6);
    expect((await read('gone'))!.renewals).toEqual({ a: 7 });
    await stores().permits.forget('renewals', 'gone', 'a', 7);
    await stores().permits.forget('renewals', 'gone', 'a', 7);
    expect((await read('gone'))!.renewals).toEqual({});
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
  const answer = (word: Word) => (execution: string, by: string, at = 1): GivenAnswer => ({ application: 'approvals', execution, word, by, at });
  const [yes, no] = [answer('approve'), answer('deny')];
  test('approval: the first decision stands, its own repeat gets the token again, another gets none', async () => {
    expect(await answers().take(yes('run-1', 'ana'))).toEqual({ kind: 'unknown' });
    await stores().approvals.ask('run-1', 'approvals', 'token-1', 'why', { epoch: 1, needed: 1 });
    expect(await answers().read('approvals', 'run-1')).toMatchObject({ summary: 'why' });
    expect(await answers().take(no('run-1', 'ana', 2))).toEqual({ kind: 'taken', taskToken: 'token-1', summary: 'why', by: 'ana' });
    expect(await answers().take(no('run-1', 'ana', 3))).toMatchObject({ kind: 'taken' });
    expect(await answers().take(yes('run-1', 'ana'))).toEqual({ kind: 'answered', decision: 'deny', by: 'ana', at: 2 });
    expect(await answers().take(no('run-1', 'ben'))).toMatchObject({ kind: 'answered', by: 'ana' });
  });
  test('approval: asked anew, it waits for an answer anew, with its new token', async () => {
    await stores().approvals.ask('run-2', 'approvals', 'token-2', 'why', { epoch: 1, needed: 1 });
    await answers().take(no('run-2', 'ana'));
    await stores().approvals.ask('run-2', 'approvals', 'token-3', 'why', { epoch: 1, needed: 1 });
    expect(await answers().take(yes('run-2', 'ben'))).toMatchObject({ kind: 'taken', taskToken: 'token-3' });
  });
  test('approval: a late request of an older question replaces no newer one, and its own repeat undoes no answer', async () => {
    const at = (now: number) => approvalStore(tableIn(HERE, TABLE), { now: () => now });
    await at(2000).ask('run-8', 'approvals', 'token-new', 'why', { epoch: 1, needed: 1 });
    await expect(at(1000).ask('run-8', 'approvals', 'token-old', 'why', { epoch: 1, needed: 1 })).rejects.toThrow('was asked anew');
    expect(await answers().take(yes('run-8', 'ben'))).toMatchObject({ kind: 'taken', taskToken: 'token-new' });
    await at(3000).ask('run-8', 'approvals', 'token-new', 'why', { epoch: 1, needed: 1 });
    expect(await answers().take(no('run-8', 'ana'))).toMatchObject({ kind: 'answered', decision: 'approve' });
  });
  test('approval: where two must agree, one person is not two, and neither is the one who started it', async () => {
    await stores().approvals.ask('run-3', 'approvals', 'token-3', 'why', { epoch: 4, needed: 2, requestedBy: 'cho' });
    expect(await answers().take(yes('run-3', 'cho'))).toMatchObject({ kind: 'refused', reason: expect.stringContaining('cho started it') });
    expect(await answers().take(yes('run-3', 'ana'))).toEqual({ kind: 'more', by: 'ana', needed: 2 });
    expect(await answers().take(yes('run-3', 'ana'))).toMatchObject({ kind: 'more' });
    expect(await answers().take(yes('run-3', 'ben'))).toMatchObject({ kind: 'taken', taskToken: 'token-3', by: 'ana and ben' });
  });
  test('approval: two who say yes at one moment decide it once', async () => {
    await stores().approvals.ask('run-4', 'approvals', 'token-4', 'why', { epoch: 4, needed: 2 });
    const both = await Promise.all([answers().take(yes('run-4', 'ana')), answers().take(yes('run-4', 'ben'))]);
    expect(both.filter(({ kind }) => kind === 'taken').length).toBeGreaterThanOrEqual(1);
    expect(await answers().take(no('run-4', 'dan'))).toMatchObject({ kind: 'answered', decision: 'approve' });
  });
  test('approval: an answer to another epoch is none; in an emergency one person is enough, by name', async () => {
    await stores().approvals.ask('run-5', 'approvals', 'token-5', 'why', { epoch: 4, needed: 2 });
    expect(await answers().take({ ...yes('run-5', 'ana'), epoch: 3 })).toMatchObject({ kind: 'refused', reason: expect.stringContaining('epoch 4') });
    expect(await answers().take({ ...yes('run-5', 'ana'), epoch: 4, breakGlass: true })).toMatchObject({ kind: 'taken', by: 'ana (break-glass)' });
  });
  test('approval: held until somebody decides', async () => {
    await stores().approvals.ask('run-6', 'approvals', 'token-6', 'why', { epoch: 4, needed: 1 });
    expect(await stores().approvals.held('run-6', 'approvals')).toBeUndefined();
    expect(await answers().take({ ...yes('run-6', 'ana'), word: 'hold' })).toEqual({ kind: 'held', summary: 'why' });
    expect(await stores().approvals.held('run-6', 'approvals')).toBe('ana');
    expect(await answers().take(yes('run-6', 'ben'))).toMatchObject({ kind: 'taken' });
    expect(await stores().approvals.held('run-6', 'approvals')).toBeUndefined();
    expect(await answers().take({ ...yes('run-6', 'ana'), word: 'hold' })).toMatchObject({ kind: 'answered', decision: 'approve', by: 'ben' });
  });
  test('requests are heard once, by any number of ears', async () => {
    const ears = await Promise.all([1, 2, 3].map(() => heardStore(tableIn(HERE, TABLE)).first('heard', 'a-request', 3_600_000)));
    expect(ears.filter(Boolean)).toHaveLength(1);
  });
  test('outbox: one message is taken by one agent, comes again when it is due, and never after it was closed', async () => {
    const outbox = outboxStore(tableIn(HERE, TABLE));
    const waiting: Undelivered = { way: 'slack', announcement: { key: 'k', application: 'outbox', incident: 'i', severity: 'page', title: 't', lines: ['l'] }, dueAt: 2000, tries: 0, since: 1000 };
    await outbox.put(waiting);
    await outbox.put({ ...waiting, dueAt: 9 });
    expect(await outbox.due('outbox', 1999)).toEqual([]);
    expect(await outbox.due('outbox', 2000)).toEqual([waiting]);
    expect((await Promise.all([outbox.take(waiting, 5000), outbox.take(waiting, 5000)])).filter(Boolean)).toHaveLength(1);
    expect(await outbox.due('outbox', 4999)).toEqual([]);
    const [again] = await outbox.due('outbox', 5000);
    expect(again).toMatchObject({ tries: 1 });
    await outbox.close(again!, 5001, 'sent');
    expect(await outbox.due('outbox', 9000)).toEqual([]);
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
    await stores().approvals.ask('run-a', 'approvals', 'token', 'promote orders?', { epoch: 1, needed: 1 });
    expect(await stores().announcements.wasSent('announcements', 'key')).toBe(false);
    await Promise.all([stores().announcements.markSent('announcements', 'key', 1), stores().announcements.markSent('announcements', 'key', 2)]);
    expect(await stores().announcements.wasSent('announcements', 'key')).toBe(true);
  });
}
