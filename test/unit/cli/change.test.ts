// Commands that change the lease: pause, resume, ack, abort. What they write, who wins a race, what a running execution will do.
import { describe, expect, test } from '@jest/globals';
import { authority } from '../../../domain/authority.ts';
import { calm, connection, hotshift, now, outage, region } from './memory.ts';

const pauseLine = ['pause', '--for', '2h', '--reason', 'schema change', ...region];

describe('pause', () => {
  test('writes until when, by whom and why; everything else stays', async () => {
    const before = calm().lease;
    const { code, out, stored } = await hotshift(pauseLine);
    expect(code).toBe(0);
    expect(stored.lease).toEqual({ ...before, pausedUntil: now + 7_200_000, pausedBy: 'ana (schema change)' });
    expect(out).toMatch(/done {2}shop paused until 2026-11-24T11:10:00.000Z by ana \(schema change\)/);
    expect(out).toMatch(/paused until +none -> 2026-11-24 11:10:00Z/);
    expect(out).toContain('Automatic failover is blocked:');
  });

  test('a running execution is told of, stops by the rule that the steps use, and finds it in its journal', async () => {
    const { out, stored } = await hotshift([...pauseLine, '--by', 'ben'], { stored: outage() });
    expect(out).toContain('shop-running (it was last seen in "Promote replica") stops before its next change');
    expect(authority(stored.lease, 'shop-running', 8, { ttlSeconds: 120, marginSeconds: 15 }, now).kind).toBe('stopped');
    expect(stored.journal.at(-1)).toMatchObject({ execution: 'shop-running', step: 'Operator', kind: 'decision', summary: expect.stringContaining('paused until'), epoch: 8 });
  });

  test('--until takes a time with its zone', async () => {
    const { stored } = await hotshift(['pause', 'shop', '--until', '2026-11-24T12:00+01:00', '--reason', 'r', ...region]);
    expect(stored.lease.pausedUntil).toBe(Date.UTC(2026, 10, 24, 11, 0));
  });

  test.each<[string, string[], number, RegExp]>([
    ['no end', ['--reason', 'r'], 2, /a pause needs an end/],
    ['no reason', ['--for', '1h'], 2, /required option '--reason/],
    ['both ends', ['--for', '1h', '--until', '2026-11-24T12:00Z', '--reason', 'r'], 2, /cannot be used with/],
    ['a time without a zone', ['--until', '2026-11-24T12:00', '--reason', 'r'], 2, /time with its zone/],
    ['a duration without a unit', ['--for', '30', '--reason', 'r'], 2, /such as 30m/],
    ['no duration at all', ['--for', '0m', '--reason', 'r'], 2, /such as 30m/],
    ['more than a week', ['--for', '8d', '--reason', 'r'], 2, /more than a week/],
    ['the past', ['--until', '2026-11-24T08:00Z', '--reason', 'r'], 3, /is over already/],
    ['a reason of several lines', ['--for', '1h', '--reason', 'a\nb'], 2, /one line/],
    ['a reason that steers the terminal', ['--for', '1h', '--reason', '\u001b[2J'], 2, /one line/],
  ])('refuses %s and writes nothing', async (_, given, code, message) => {
    const ran = await hotshift(['pause', ...given, ...region]);
    expect(ran.code).toBe(code);
    expect(ran.remarks).toMatch(message);
    expect(ran.stored.lease).toEqual(calm().lease);
  });
});

describe('resume', () => {
  test('ends a pause', async () => {
    const stored = { ...calm(), lease: { ...calm().lease, pausedUntil: now + 1000, pausedBy: 'ben (x)' } };
    const ran = await hotshift(['resume', ...region], { stored });
    expect(ran.out).toContain('resumed by ana; it was paused until 2026-11-24T09:10:01.000Z by ben (x)');
    expect(stored.lease).toEqual(calm().lease);
    expect(ran.out).toContain('Automatic failover is possible.');
  });

  test('nothing to end is no error', async () => {
    expect(await hotshift(['resume', ...region])).toMatchObject({ code: 0, out: expect.stringContaining('nothing to do, it is not paused') });
  });
});

describe('ack', () => {
  const due = () => ({ ...calm(), lease: { ...calm().lease, acknowledgementDue: true, cooldownUntil: now + 60_000 } });

  test('acknowledges; the cooldown stays', async () => {
    const stored = due();
    const { out } = await hotshift(['ack', '--by', 'ben', ...region], { stored });
    expect(stored.lease).toMatchObject({ acknowledgementDue: false, cooldownUntil: now + 60_000 });
    expect(out).toMatch(/acknowledged by ben[\s\S]*acknowledgement due +yes -> no[\s\S]*cooling down until/);
  });

  test('twice is once', async () => {
    const stored = due();
    await hotshift(['ack', ...region], { stored });
    expect(await hotshift(['ack', ...region], { stored })).toMatchObject({ code: 0, out: expect.stringContaining('no acknowledgement is due') });
  });

  test('a failover that is still running cannot be acknowledged: 3', async () => {
    expect(await hotshift(['ack', ...region], { stored: outage() })).toMatchObject({ code: 3, remarks: expect.stringContaining('shop-running is still running') });
  });
});

describe('abort', () => {
  test('asks the holder to stop, which the rule of the steps obeys', async () => {
    const { code, stored, out } = await hotshift(['abort', 'shop-running', ...region], { stored: outage() });
    expect(code).toBe(0);
    expect(authority(stored.lease, 'shop-running', 8, { ttlSeconds: 120, marginSeconds: 15 }, now)).toMatchObject({ kind: 'stopped', reason: expect.stringContaining('shop-running') });
    expect(out).toContain('is not undone');
    expect(stored.journal.at(-1)).toMatchObject({ step: 'Operator', summary: 'ana asked shop-running to stop' });
  });

  test('a second one takes back nothing, and both names are shown; more than eight are refused with a pause as the way out', async () => {
    const stored = outage();
    const { holder: _holder, ...free } = stored.lease;
    stored.lease = free;
    stored.journal.push({ ...stored.journal[0]!, execution: 'shop-other' });
    for (const name of ['shop-running', 'shop-other']) expect(await hotshift(['abort', name, ...region], { stored })).toMatchObject({ code: 0 });
    expect(stored.lease.abortExecution).toBe('shop-running shop-other');
    expect(await hotshift(['abort', 'shop-running', ...region], { stored })).toMatchObject({ code: 0, out: expect.stringContaining('asked to stop already') });
    expect((await hotshift(['status', ...region], { stored })).out).toContain('shop-running, shop-other asked to stop');
    stored.lease = { ...stored.lease, abortExecution: 'a b c d e f g h' };
    expect(await hotshift(['abort', 'shop-other', ...region], { stored })).toMatchObject({ code: 3, remarks: expect.stringContaining('hotshift pause') });
  });

  test('a holder that has journaled nothing yet is found by its lease', async () => {
    const stored = outage();
    stored.journal = [];
    expect((await hotshift(['abort', 'shop-running', ...region], { stored })).code).toBe(0);
    expect(stored.lease.abortExecution).toBe('shop-running');
  });

  test('without a configuration, its journal names the application', async () => {
    const ran = await hotshift(['abort', 'shop-running', '--table', 't', ...region], { stored: outage(), files: {} });
    expect(ran.code).toBe(0);
    expect(ran.targets).toEqual([{ region: 'eu-west-2', table: 't' }]);
  });

  test.each<[string, string, number, RegExp]>([
    ['one that has ended', 'shop-stood-down', 3, /has ended/], ['one that nobody knows', 'nobody', 2, /there is no execution nobody/],
  ])('refuses %s', async (_, name, code, message) => {
    const ran = await hotshift(['abort', name, ...region], { stored: outage() });
    expect(ran.code).toBe(code);
    expect(ran.remarks).toMatch(message);
    expect(ran.stored.lease).toEqual(outage().lease);
  });

  test('refuses one that waits while another holds the lease', async () => {
    const stored = outage();
    stored.lease = { ...stored.lease, holder: 'other' };
    expect(await hotshift(['abort', 'shop-running', ...region], { stored })).toMatchObject({ code: 3, remarks: expect.stringContaining('held by other') });
  });
});

describe('races', () => {
  test('an extension in between is kept, and so is the word of the person', async () => {
    const stored = outage();
    let races = 3;
    stored.beforeReplace = () => {
      if (races-- > 0) stored.lease = { ...stored.lease, expiresAt: stored.lease.expiresAt + 1000 };
    };
    expect((await hotshift(pauseLine, { stored })).code).toBe(0);
    expect(stored.lease).toMatchObject({ expiresAt: outage().lease.expiresAt + 3000, pausedUntil: now + 7_200_000, holder: 'shop-running' });
  });

  test('the decision is taken anew: an end in between turns an abort into a refusal', async () => {
    const stored = outage();
    stored.beforeReplace = () => { stored.lease = { ...stored.lease, holder: 'next', epoch: 9 }; };
    expect((await hotshift(['abort', 'shop-running', ...region], { stored })).code).toBe(3);
    expect(stored.lease.abortExecution).toBeUndefined();
  });

  test('races without an end are given up: 1, and nothing was changed', async () => {
    const stored = outage();
    stored.beforeReplace = () => { stored.lease = { ...stored.lease, expiresAt: stored.lease.expiresAt + 1 }; };
    expect(await hotshift(pauseLine, { stored })).toMatchObject({ code: 1, remarks: expect.stringContaining('nothing was changed') });
    expect(stored.lease.pausedUntil).toBeUndefined();
  });

  test('a journal that cannot be written does not undo the change, and is told', async () => {
    const stored = outage();
    const connect = async () => ({ ...connection(stored), journal: { list: async () => [], record: async () => { throw new Error('no'); } } });
    const ran = await hotshift(pauseLine, { connect });
    expect(ran.code).toBe(0);
    expect(stored.lease.pausedUntil).toBe(now + 7_200_000);
    expect(ran.remarks).toContain('could not be written into the journal of shop-running');
  });
});

test('--json shows the lease before and after', async () => {
  const { out } = await hotshift([...pauseLine, '--json'], { stored: outage() });
  expect(JSON.parse(out)).toMatchObject({ application: 'shop', changed: true, before: { epoch: 8 }, after: { pausedBy: 'ana (schema change)' }, running: 'shop-running', blocks: expect.any(Array) });
});

test('without a configuration the application must be named, and then needs no file', async () => {
  expect((await hotshift([...pauseLine, '--table', 't'], { files: {} })).code).toBe(2);
  expect((await hotshift(['pause', 'shop', ...pauseLine.slice(1), '--table', 't'], { files: {} })).code).toBe(0);
});
