// What people do beside the automatic: approve, start one, give writes back. Who wins, what is refused, and that a repeat is harmless.
import { describe, expect, test } from '@jest/globals';
import type { JournalEntry } from '../../../domain/journal.ts';
import { drillMeaning, machineArn } from '../../../domain/starting.ts';
import { drillInput } from '../../../events/contracts-drill.ts';
import { failbackInput } from '../../../events/contracts-failback.ts';
import { reinstatement, statusLagMs, type DatabaseView } from '../../../cli/reinstatement.ts';
import { plan } from '../ports.ts';
import { calm, hotshift, now, outage, region, type Stored } from './memory.ts';

const asking = (changes: Partial<Stored> = {}): Stored => ({
  ...outage(), approvals: new Map([['shop-running', { taskToken: 'secret-token', summary: '2 of 3 see eu-west-1 down', askedAt: now - 9000 }]]), ...changes,
});
const approve = ['approve', 'shop-running', ...region];

describe('drill', () => {
  test.each<[string, readonly string[], object]>([
    ['of traffic, in the region that takes the users', ['--evacuate', 'eu-west-1', '--hold', '90s'], { region: 'eu-central-1', arn: expect.stringMatching(/:eu-central-1:.*:hotshift-drill$/), input: { application: 'shop', mode: 'traffic', evacuate: 'eu-west-1', holdSeconds: 90, requestedBy: 'ana' } }],
    ['a return', ['--return'], { region: 'eu-west-1', arn: expect.stringMatching(/hotshift-drill$/), input: { application: 'shop', mode: 'return', requestedBy: 'ana' } }],
    ['of the switchover, in the witness, as a failback', ['--mode', 'switchover', '--evacuate', 'eu-west-1'], { region: 'eu-west-2', arn: expect.stringMatching(/:eu-west-2:.*:hotshift-failback$/), input: { application: 'shop', drill: true, home: 'eu-central-1', requestedBy: 'ana' } }],
    ['of the switchover, to where the writer is not', ['--mode', 'switchover'], { region: 'eu-west-2', input: { application: 'shop', drill: true, requestedBy: 'ana' } }],
  ])('%s', async (_, given, expected) => {
    const { code, stored, remarks } = await hotshift(['drill', ...given, ...region, '--yes', '--by', 'ana'], { stored: calm() });
    expect({ code, remarks }).toMatchObject({ code: 0 });
    expect(stored.started).toEqual([expect.objectContaining(expected)]);
    for (const { input, arn } of stored.started) expect((arn.endsWith('failback') ? failbackInput : drillInput).parse(input)).toEqual(input);
  });
  test('what is agreed to says what it costs', async () => {
    const { code, stored } = await hotshift(['drill', '--mode', 'switchover', ...region], { stored: calm() });
    expect(code).toBe(2);
    expect(stored.started).toEqual([]);
    expect(drillMeaning(plan, { mode: 'switchover', evacuate: 'eu-west-1' })).toMatch(/writer of shop from eu-west-1 to eu-central-1 and leaves it there\. Writes pause .* nothing can take over/);
  });
  test.each<[string, readonly string[], number]>([
    ['of traffic without a region', [], 2], ['a region that is none', ['--mode', 'switchover', '--evacuate', 'eu-north-1'], 2], ['a mode that is none', ['--mode', 'chaos'], 2],
  ])('refuses %s', async (_, given, code) => {
    const ran = await hotshift(['drill', ...given, ...region, '--yes'], { stored: calm() });
    expect([ran.code, ran.stored.started]).toEqual([code, []]);
  });
  test('a due acknowledgement refuses a switchover', async () => {
    const ran = await hotshift(['drill', '--mode', 'switchover', ...region, '--yes'], { stored: { ...calm(), lease: { ...calm().lease, acknowledgementDue: true } } });
    expect([ran.code, ran.stored.started]).toEqual([3, []]);
  });
});

describe('approve', () => {
  test('a yes goes to the execution with who said it, and into its journal first; the token is shown to nobody', async () => {
    const { code, out, remarks, stored } = await hotshift(approve, { stored: asking() });
    expect(code).toBe(0);
    expect(stored.answered).toEqual([{ region: 'eu-central-1', taskToken: 'secret-token', output: { decision: 'approve', by: 'ana' } }]);
    expect(stored.journal.at(-1)).toMatchObject({ execution: 'shop-running', step: 'Operator', summary: 'approve by ana' });
    expect(out).toMatch(/approved {2}shop shop-running\n {2}It had asked: 2 of 3 see eu-west-1 down/);
    expect(`${out}${remarks}${JSON.stringify(stored.journal)}`).not.toContain('secret-token');
  });

  test('a no', async () => {
    const { code, out, stored } = await hotshift([...approve, '--deny', '--by', 'ben'], { stored: asking() });
    expect(code).toBe(0);
    expect(stored.answered[0]!.output).toEqual({ decision: 'deny', by: 'ben' });
    expect(out).toContain('nothing was moved');
  });

  test('an execution that runs in the witness region gets its answer there', async () => {
    const { code, stored } = await hotshift(approve, { stored: asking({ runsIn: 'eu-west-2' }) });
    expect(code).toBe(0);
    expect(stored.answered).toMatchObject([{ region: 'eu-west-2' }]);
  });

  test('the first decision stands; only its own repeat goes through again', async () => {
    const stored = asking();
    await hotshift(approve, { stored });
    expect(await hotshift([...approve, '--deny'], { stored })).toMatchObject({ code: 3, remarks: expect.stringContaining('answered already: approve by ana') });
    expect(await hotshift([...approve, '--by', 'ben'], { stored })).toMatchObject({ code: 3 });
    expect(await hotshift(approve, { stored })).toMatchObject({ code: 0 });
    expect(stored.answered.map(({ output }) => output)).toEqual(Array(2).fill({ decision: 'approve', by: 'ana' }));
  });

  test('too late: the execution waits no more', async () => {
    expect(await hotshift(approve, { stored: asking({ runsIn: 'nowhere' }) })).toMatchObject({ code: 3, remarks: expect.stringContaining('does not wait for this answer any more') });
  });

  test.each<[string, string, Stored, number, RegExp]>([
    ['one that never asked', 'shop-running', asking({ approvals: new Map() }), 2, /never asked/],
    ['one that does not exist', 'nobody', asking(), 2, /never asked/],
    ['one that has ended', 'shop-eu-west-1-20261124T085950Z', asking(), 3, /has ended: Failed over/],
    ['one that lost the lease', 'shop-running', asking({ lease: { ...outage().lease, holder: 'shop-other' } }), 3, /does not hold the lease/],
  ])('refuses %s and answers nothing', async (_, execution, stored, code, message) => {
    const ran = await hotshift(['approve', execution, ...region], { stored });
    expect(ran).toMatchObject({ code, remarks: expect.stringMatching(message) });
    expect(stored.answered).toEqual([]);
  });

  test('an answer that cannot be journaled is not given', async () => {
    const stored = asking();
    stored.journal.push = () => { throw new Error('throttled'); };
    expect(await hotshift(approve, { stored })).toMatchObject({ code: 4, remarks: expect.stringContaining('not given') });
    expect(stored.answered).toEqual([]);
  });

  test('where two must agree one is not enough; in an emergency, with a reason, and everybody is told', async () => {
    const stored = asking({ approvals: new Map([['shop-running', { taskToken: 'secret-token', summary: 'why', askedAt: now, needsAnother: true }]]) });
    expect(await hotshift(approve, { stored })).toMatchObject({ code: 0, out: expect.stringMatching(/one yes of two[\s\S]*waits for another person/) });
    expect(await hotshift([...approve, '--break-glass'], { stored })).toMatchObject({ code: 2, remarks: expect.stringContaining('--reason') });
    expect(stored.answered).toEqual([]);
    expect(await hotshift([...approve, '--break-glass', '--reason', 'ben is asleep'], { stored })).toMatchObject({ code: 0 });
    expect(stored.answered).toHaveLength(1);
    expect(stored.journal.at(-1)?.summary).toMatch(/approve by .*\(ben is asleep\)/);
    expect(stored.told.at(-1)).toMatchObject({ severity: 'page', title: 'BREAK-GLASS: approve by ana', lines: ['shop-running', 'ben is asleep'], incident: outage().lease.incident });
    expect(JSON.stringify(stored.told)).not.toContain('secret-token');
  });

  test('hold answers nothing', async () => {
    const stored = asking();
    expect(await hotshift([...approve, '--hold'], { stored })).toMatchObject({ code: 0, out: expect.stringContaining('Silence does not count as a yes') });
    expect(stored.answered).toEqual([]);
    expect(await hotshift([...approve, '--hold', '--deny'], { stored })).toMatchObject({ code: 2 });
  });
});

describe('failover', () => {
  const line = ['failover', '--evacuate', 'eu-west-1', '--reason', 'again', ...region];

  test('starts in the survivor, by hand, once somebody typed the name', async () => {
    const { code, out, stored } = await hotshift(line, { answers: ['shop'] });
    expect(code).toBe(0);
    expect(stored.started).toEqual([{
      region: 'eu-central-1', arn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:hotshift-failover', name: 'shop-by-hand-eu-west-1-20261124T091000Z',
      input: { application: 'shop', region: 'eu-west-1', incident: 'by-hand-20261124T091000Z', mode: 'manual' },
    }]);
    expect(out).toContain('hotshift why shop-by-hand-eu-west-1-20261124T091000Z');
    expect(stored.journal.at(-1)).toMatchObject({ step: 'Operator', summary: 'started by ana: again' });
  });

  test('cooldown and a missing acknowledgement do not stop a person', async () => {
    const stored = { ...calm(), lease: { ...calm().lease, cooldownUntil: now + 60_000, acknowledgementDue: true } };
    expect(await hotshift([...line, '--yes', '--run-in', 'eu-west-2'], { stored })).toMatchObject({ code: 0 });
    expect(stored.started).toMatchObject([{ region: 'eu-west-2' }]);
  });

  test.each<[string, readonly string[], Partial<Stored>, string[], number, RegExp]>([
    ['a region where it does not run', ['--evacuate', 'us-east-1', '--yes'], {}, [], 2, /does not run in "us-east-1"/],
    ['a place that cannot run it', ['--run-in', 'eu-west-1', '--yes'], {}, [], 2, /not where it can run/],
    ['the wrong name', [], {}, ['shopp'], 2, /nothing was started/],
    ['nobody to ask', [], {}, [], 2, /nobody can be asked/],
    ['a pause', ['--yes'], { lease: { ...calm().lease, pausedUntil: now + 1000, pausedBy: 'ben (x)' } }, [], 3, /hotshift resume shop/],
    ['another at work', ['--yes'], { lease: outage().lease }, [], 3, /shop-running is at work/],
  ])('refuses %s and starts nothing', async (_, more, changes, answers, code, message) => {
    const stored = { ...calm(), ...changes };
    expect(await hotshift([...line, ...more], { stored, answers })).toMatchObject({ code, remarks: expect.stringMatching(message) });
    expect(stored.started).toEqual([]);
  });

  test('the account and the partition are those of the databases', () => {
    const database = plan.databases[0]!;
    const instances = Object.fromEntries(Object.entries(database.instances).map(([place, instance]) => [place, { ...instance, arn: instance.arn.replace('arn:aws:', 'arn:aws-cn:') }]));
    expect(machineArn({ ...plan, databases: [{ ...database, instances }] }, 'eu-west-2')).toBe('arn:aws-cn:states:eu-west-2:111122223333:stateMachine:hotshift-failover');
  });
});

/** Handed over at `Fence writer`: permits withdrawn, an order to fence, nobody at work. */
const withdrawn = (changes: Partial<Stored> = {}): Stored => {
  const before = outage();
  const { holder: _holder, ...lease } = before.lease;
  const journal: JournalEntry[] = [{ execution: 'shop-running', application: 'shop', at: now - 64_000, step: 'Fence writer', kind: 'intent', summary: 'withdraw', epoch: 8 }];
  return { ...before, lease: { ...lease, expiresAt: now - 30_000 }, journal, ...changes };
};

const asked: JournalEntry = { execution: 'shop-first', application: 'shop', at: now - 200_000, step: 'Promote replica', kind: 'intent', summary: 'orders: promote orders-frankfurt (fit)', epoch: 7 };
/** The order of an execution that ended on the way, renewed by the one that took over and was stopped. */
const twice = (...first: JournalEntry[]): Partial<Stored> => {
  const before = withdrawn();
  return { intents: [{ ...before.intents[0]!, earlier: ['shop-first'] }], journal: [...first, ...before.journal] };
};

describe('reinstate', () => {
  const line = ['reinstate', '--reason', 'it is back', ...region];

  test('lifts the order, grants under a new epoch, frees the lease and says what is next', async () => {
    const { code, out, stored } = await hotshift(line, { stored: withdrawn() });
    expect(code).toBe(0);
    expect(stored.intents[0]).toMatchObject({ liftedAt: now });
    expect(stored.permits[0]).toMatchObject({ epoch: 9, writer: 'eu-west-1', withdrawn: false, renewals: {}, surrenders: {} });
    expect(stored.lease).toMatchObject({ epoch: 9, acknowledgementDue: true, expiresAt: now });
    expect(stored.lease.holder).toBeUndefined();
    expect(stored.journal.at(-1)).toMatchObject({ step: 'Operator', summary: 'ana gives the writes back: orders to eu-west-1: it is back', epoch: 9 });
    expect(out).toContain('shop/orders writes go to eu-west-1 again');
    expect(out).not.toContain('security group');
    expect(out).toContain('hotshift ack shop');
  });

  test('says what the agent had closed, which it cannot open', async () => {
    const stored = withdrawn();
    stored.intents = [{ ...stored.intents[0]!, enforced: { at: now - 60_000, networkClosed: true, sessionsEnded: 3, detail: '' } }];
    expect((await hotshift(line, { stored })).out).toContain('let the application into sg-0123456789abcdef0 again');
  });

  test('again: nothing is left to do', async () => {
    const stored = withdrawn();
    await hotshift(line, { stored });
    expect(await hotshift(line, { stored })).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do, writes go to eu-west-1 under epoch 9') });
    expect(stored.lease.epoch).toBe(9);
  });

  test('a failover that begins meanwhile wins', async () => {
    const stored = withdrawn();
    stored.beforeReplace = () => { stored.lease = { ...stored.lease, epoch: 9, holder: 'shop-new', expiresAt: now + 60_000 }; stored.beforeReplace = undefined; };
    expect(await hotshift(line, { stored })).toMatchObject({ code: 3, remarks: expect.stringContaining('a failover has begun') });
    expect(stored.permits[0]!.withdrawn).toBe(true);
    expect(stored.intents[0]!.liftedAt).toBeUndefined();
  });

  test('nothing is given back that cannot be journaled', async () => {
    const stored = withdrawn();
    stored.journal.push = () => { throw new Error('throttled'); };
    expect(await hotshift(line, { stored })).toMatchObject({ code: 4, remarks: expect.stringContaining('nothing was given back') });
    expect(stored.permits[0]!.withdrawn).toBe(true);
  });

  test.each<[string, Partial<Stored>, RegExp]>([
    ['while an execution is at work', { lease: outage().lease }, /shop-running is at work/],
    ['when a promotion was asked for', { journal: outage().journal }, /asked RDS for a promotion.*\n.*hotshift failover/],
    ['when the other instance is no replica', { replica: { identifier: 'orders-frankfurt', status: 'available', isReplica: false, backupRetentionDays: 7 } }, /is no replica/],
    ['when an execution before the last one asked for a promotion', twice(asked), /shop-first asked RDS for a promotion.*\n.*hotshift failover/],
    ['when the journal of an execution before the last one is empty and RDS may be late', { ...twice(), lease: { ...withdrawn().lease, expiresAt: now - 1000 } }, /journal of an execution.* is empty/],
    ['while the replica restarts', { replica: { identifier: 'orders-frankfurt', status: 'rebooting', isReplica: true, backupRetentionDays: 7 } }, /is rebooting, not available: a promotion may be under way/],
    ['while a move of it is pending', { replica: { identifier: 'orders-frankfurt', status: 'available', isReplica: true, backupRetentionDays: 7, pending: { towardsThis: true, target: 'arn', losesData: true, status: 'pending' } } }, /is about to be moved/],
    ['when RDS does not know the other instance', { replica: undefined }, /cannot be seen/],
    ['when nothing was ever granted', { permits: [] }, /no permit was ever granted/],
  ])('refuses %s', async (_, changes, message) => {
    const stored = withdrawn(changes);
    const before = JSON.stringify([stored.lease, stored.permits, stored.intents]);
    expect(await hotshift(line, { stored })).toMatchObject({ code: 3, remarks: expect.stringMatching(message) });
    expect(JSON.stringify([stored.lease, stored.permits, stored.intents])).toBe(before);
  });

  test('an unknown database is named', async () => {
    expect(await hotshift([...line, '--database', 'stock'], { stored: withdrawn() })).toMatchObject({ code: 2, remarks: expect.stringMatching(/no database "stock"/) });
  });

  test('an empty journal proves nothing until RDS must have shown a promotion', () => {
    const stored = withdrawn();
    const view: DatabaseView = { database: 'orders', permit: stored.permits[0], intent: undefined, journal: [], replica: stored.replica };
    const at = (afterMs: number) => reinstatement(view, stored.lease, 'eu-central-1', stored.lease.expiresAt + afterMs).kind;
    expect([at(statusLagMs - 1), at(statusLagMs)]).toEqual(['refused', 'give back']);
  });
});
