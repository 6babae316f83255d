// Commands that only read: status, why, report. What they say, how they say it in a pipe and on a terminal, and how they end.
import { describe, expect, test } from '@jest/globals';
import type { DrillRecord } from '../../../domain/drill.ts';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../../domain/errors.ts';
import { calm, connection, hotshift, now, outage, region, seen } from './memory.ts';
import { execution } from './journals.ts';

const escape = /\u001b/;

describe('status', () => {
  test('on a good day: possible, and all that was asked for', async () => {
    const { code, out, targets } = await hotshift(['status', ...region]);
    expect(code).toBe(0);
    expect(targets).toEqual([{ region: 'eu-west-2', table: 'hotshift' }]);
    for (const text of ['automatic failover possible', 'lease           free', 'epoch           7', 'pause           no', 'cooldown        over', 'acknowledgement not due', 'granted', '800 ms ago', 'answers and writes']) {
      expect(out).toContain(text);
    }
    expect(out).not.toMatch(/ {2}[x!] /);
  });

  test('drills: each direction that was not drilled well for 90 days, and what one has left behind', async () => {
    const [first, second] = calm().drills;
    const old = { ...first!, at: now - 91 * 86_400_000 };
    const { out } = await hotshift(['status', ...region], { stored: { ...calm(), drills: [{ ...second!, outcome: 'Handed to a human', open: true }, old] } });
    expect(out).toMatch(/eu-west-1: the last good drill that left it is 91 days old/);
    expect(out).toMatch(/eu-central-1: no good drill has left it/);
    expect(out).toMatch(/has not brought everything back .*hotshift drill shop --return/s);
  });

  test('drills: a switchover has a runbook of its own once it was tried', async () => {
    const handedOver: DrillRecord = { ...calm().drills[0]!, execution: 'shop-drill-switchover-1', mode: 'switchover', outcome: 'Handed to a human' };
    const { out } = await hotshift(['status', ...region], { stored: { ...calm(), drills: [...calm().drills, handedOver] } });
    expect(out).toMatch(/eu-west-1: no good drill of a switchover has left it: hotshift drill shop --mode switchover --evacuate eu-west-1/);
    expect(out).toMatch(/eu-central-1: no good drill of a switchover has left it/);
    expect(out).not.toMatch(/--return/);
    const { out: untried } = await hotshift(['status', ...region], { stored: calm() });
    expect(untried).not.toMatch(/switchover/);
  });

  test('in an outage: what blocks, what worries, who holds the lease, open orders, stale views', async () => {
    const { out } = await hotshift(['status', ...region], { stored: outage() });
    for (const text of ['BLOCKED', 'x shop-running holds the lease', 'x the last failover has not been acknowledged', '! eu-west-1: down from eu-central-1, down from eu-west-2', '! orders in eu-west-1 is ordered to be fenced and was not heard from', 'withdrawn', 'not heard from', '(stale)', 'down x14', 'leaving eu-west-1']) {
      expect(out).toContain(text);
    }
  });

  test.each<[string, (stored: ReturnType<typeof calm>) => void, string]>([
    ['a pause', (stored) => { stored.lease = { ...stored.lease, pausedUntil: now + 60_000, pausedBy: 'ana (test)' }; }, 'paused until 2026-11-24T09:11:00.000Z by ana (test)'],
    ['a cooldown', (stored) => { stored.lease = { ...stored.lease, cooldownUntil: now + 60_000 }; }, 'cooling down until'],
    ['blind vantage points', (stored) => { stored.observations = [seen('eu-west-1', 'eu-west-1', 'up')]; }, 'only 1 of 3 vantage points report (2 needed)'],
    ['a blind witness', (stored) => { stored.observations = stored.observations.filter((entry) => entry.vantagePoint !== 'eu-west-2'); }, 'the witness eu-west-2 does not report'],
    ['a sick monitor', (stored) => { stored.observations = stored.observations.map((entry) => ({ ...entry, result: 'abstained' })); }, 'only 0 of 3'],
    ['no permits', (stored) => { stored.permits = []; }, 'no write permit was ever granted'],
    ['a dead holder', (stored) => { stored.lease = { ...stored.lease, holder: 'dead', expiresAt: now - 1 }; }, 'dead did not give its lease back'],
    ['a view from the future', (stored) => { stored.observations = stored.observations.map((entry) => ({ ...entry, at: now + 60_000 })); }, 'only 0 of 3'],
  ])('shows %s', async (_, change, text) => {
    const stored = calm();
    change(stored);
    expect((await hotshift(['status', ...region], { stored })).out).toContain(text);
  });

  test('--json says the same, with ages in seconds', async () => {
    const { out } = await hotshift(['status', 'shop', '--json', ...region], { stored: outage() });
    const [view] = (JSON.parse(out) as { applications: { automatic: string; blocks: string[]; observations: { fresh: boolean; ageSeconds: number }[] }[] }).applications;
    expect(view).toMatchObject({ automatic: 'blocked', openIntents: [{ database: 'orders' }], lease: { held: true } });
    expect(view?.observations.map(({ fresh, ageSeconds }) => [fresh, ageSeconds])).toEqual([[false, 76], [false, 76], [true, 2.3], [true, 2.3], [true, 2.3], [true, 2.3]]);
  });
});

describe('why', () => {
  test('each gate with value, threshold and evidence, in order; then outcome, next steps and runbook', async () => {
    const { code, out } = await hotshift(['why', execution, ...region]);
    expect(code).toBe(0);
    const places = ['Verify outage', 'passed later', '1 of 3 see eu-west-1 down', 'needed    2, one of them eu-west-2', 'found     2 of 3', 'evidence  2 of 3', 'Claim lease', 'acknowledgement', 'Assess survivor', 'orders: RPO', 'Fence writer', 'Promote replica', 'Confirm service', 'Outcome  Failed over', 'What to do next', 'hotshift ack shop', 'docs/runbook.md#failed-over'].map((text) => out.indexOf(text));
    expect(places).not.toContain(-1);
    expect([...places].sort((left, right) => left - right)).toEqual(places);
  });

  test('a refusal that has only words is shown too', async () => {
    const stored = calm();
    stored.journal.push({ execution: 'w', application: 'shop', at: now, step: 'Promote replica', kind: 'gate', summary: 'orders: refused: promoted, but not writable in time' });
    expect((await hotshift(['why', 'w', ...region], { stored })).out).toContain('NO   orders: refused: promoted, but not writable in time');
  });

  test('an ARN is taken for its execution', async () => {
    const arn = `arn:aws:states:eu-central-1:111122223333:execution:hotshift-failover:${execution}`;
    expect((await hotshift(['why', arn, ...region])).code).toBe(0);
  });

  test('an execution that nobody knows: 2, with the fix', async () => {
    const { code, remarks } = await hotshift(['why', 'nobody', ...region]);
    expect(code).toBe(2);
    expect(remarks).toMatch(/nothing is journaled under the execution nobody\n\s+fix: .*--table/);
  });

  test('--json', async () => {
    const found = JSON.parse((await hotshift(['why', execution, '--json', ...region])).out) as { gates: unknown[]; outcome: string; next: { runbook: string } };
    expect(found).toMatchObject({ outcome: 'Failed over', next: { runbook: 'docs/runbook.md#failed-over' } });
    expect(found.gates).toHaveLength(15);
  });
});

describe('report', () => {
  test('text: steps with bars, then the journal line by line', async () => {
    const { out } = await hotshift(['report', execution, ...region]);
    expect(out).toMatch(/Promote replica {2}\+0:06\.7 {2}2 min 31 s {2}passed {2}\.#{20,}/);
    expect(out.slice(out.indexOf('Journal'), out.indexOf('\n\nRecord:')).split('\n')).toHaveLength(1 + 19);
    expect(out).toMatch(/\n\nRecord: none is kept\. .* keep it yourself with hotshift report \S+ --save DIRECTORY$/);
    expect(out).toMatch(/\+2:38\.0 {2}Promote replica {2}result {4}orders: a write was committed/);
  });

  test('JSON is the timeline', async () => {
    expect(JSON.parse((await hotshift(['report', execution, '--json', ...region])).out)).toMatchObject({ outcome: 'Failed over', steps: expect.any(Array), events: expect.any(Array) });
  });

  test('HTML: one file, no script, nothing loaded, everything escaped', async () => {
    const stored = calm();
    stored.journal = [{ execution: 'evil', application: '<img src=x onerror=alert(1)>', at: now, step: '</td><script>x</script>', kind: 'gate', summary: '"><script>alert(1)</script>', gates: [{ gate: '<b>', passed: false, value: "'<i>'", threshold: '&', evidence: '<a href=http://x>' }] }];
    const { files, remarks } = await hotshift(['report', 'evil', '--html', 'r.html', ...region], { stored });
    const html = files['r.html'] ?? '';
    expect(remarks).toBe('wrote r.html');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<img|<b>|<i>|<a |src=(?!x on)|url\(|@import/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('HTML holds every entry, step and next step', async () => {
    const html = (await hotshift(['report', execution, '--html', 'r.html', ...region])).files['r.html'] ?? '';
    expect(html.match(/<td class="time"/g)).toHaveLength(19);
    expect(html.match(/class="bar /g)).toHaveLength(11);
    for (const text of ['>Failed over<', 'at most 18 s', 'hotshift ack shop', 'docs/runbook.md#failed-over']) expect(html).toContain(text);
  });

  test('an HTML file that exists is kept: 3, unless --force', async () => {
    const files = { 'r.html': 'mine' };
    expect((await hotshift(['report', execution, '--html', 'r.html', '--table', 't', ...region], { files })).code).toBe(3);
    expect(files['r.html']).toBe('mine');
    expect((await hotshift(['report', execution, '--html', 'r.html', '--force', '--table', 't', ...region], { files })).code).toBe(0);
    expect(files['r.html']).not.toBe('mine');
  });
});

describe('pipe and terminal', () => {
  const lines = [['status'], ['why', execution], ['report', execution], ['check'], ['pause', '--for', '1h', '--reason', 'r']];

  test.each(lines)('no colour in a pipe, none lost on a terminal: %s', async (...line) => {
    const args = line[0] === 'check' ? line : [...line, ...region];
    const plain = (await hotshift(args)).out;
    expect(plain).not.toMatch(escape);
    const coloured = (await hotshift(args, { colour: true })).out;
    expect(coloured).toMatch(escape);
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(plain).not.toMatch(/[ \t]\n/);
  });

  test.each([80, 100, 140])('why and status fit into %d columns', async (columns) => {
    for (const line of [['why', execution], ['status']]) {
      const { out } = await hotshift([...line, ...region], { columns });
      // A word that is longer than the room is not broken.
      const wide = out.split('\n').filter((text) => text.length > columns && !/\S{50}|VANTAGE|eu-.* {2}eu-/.test(text));
      expect(wide).toEqual([]);
    }
  });

  test('what stands in the journal cannot steer the terminal', async () => {
    const stored = calm();
    stored.journal = [{ execution: 'e', application: 'shop\u001b[2J', at: now, step: 's\u0007', kind: 'gate', summary: 'a\nb\u202ec\u001b]0;x\u0007', gates: [{ gate: 'g\r', passed: false, value: '\u001b[31m', threshold: '\u009b1m' }] }];
    stored.lease = { ...stored.lease, pausedUntil: now + 1000, pausedBy: '\u001b[8mhidden' };
    for (const line of [['why', 'e'], ['report', 'e'], ['status']]) {
      expect((await hotshift([...line, ...region], { stored })).out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('ends', () => {
  const failing = (error: Error) => ({ connect: async () => ({ ...connection(calm()), leases: { read: async () => { throw error; }, replace: async () => { throw error; } }, journal: { list: async () => { throw error; }, record: async () => { throw error; } } }) });

  test.each([['status'], ['why', 'x'], ['report', 'x'], ['ack'], ['abort', 'x'], ['pause', '--for', '1h', '--reason', 'r'], ['resume']])('no answer from the table is 4 and names other regions: %s', async (...line) => {
    const { code, remarks, out } = await hotshift([...line, '--region', 'eu-west-1'], failing(new TryAgainError('dynamodb:GetItem on hotshift: ECONNREFUSED')));
    expect(code).toBe(4);
    expect(out).toBe('');
    expect(remarks).toMatch(/could not be used from eu-west-1: dynamodb:GetItem.*\n.*--region eu-west-2 or eu-central-1/);
  });

  test('a refusal by AWS is 4; a malformed item is 1; a fault of ours is 1 and says so', async () => {
    expect((await hotshift(['status', ...region], failing(new RefusedByAwsError('no')))).code).toBe(4);
    expect(await hotshift(['status', ...region], failing(new UnexpectedAnswerError('lease of shop: malformed')))).toMatchObject({ code: 1, remarks: expect.stringContaining('nothing was assumed') });
    const bug = await hotshift(['status', ...region], failing(new TypeError('x is not a function')));
    expect(bug).toMatchObject({ code: 1, remarks: expect.stringContaining('fault of Hotshift') });
    expect(bug.remarks).not.toMatch(/\n\s+at /);
    expect((await hotshift(['--debug', 'status', ...region], failing(new TypeError('x')))).remarks).toMatch(/\n\s+at /);
  });

  test.each<[string, string[], RegExp]>([
    ['an unknown command', ['statsu'], /Did you mean status/],
    ['an unknown option', ['status', '--jsno'], /Did you mean --json/],
    ['no execution', ['why'], /missing required argument 'execution'/],
    ['no region', ['status'], /no region is named[\s\S]*--region eu-west-2/],
    ['an unknown application', ['status', 'blog', ...region], /no application "blog"[\s\S]*name one of: shop/],
    ['a configuration that is not there', ['status', '--config', 'nowhere.yml', ...region], /--config: there is no file nowhere\.yml/],
    ['no table', ['why', 'x', ...region, '--config', 'nowhere.yml'], /there is no file/],
  ])('wrong usage is 2: %s', async (_, line, message) => {
    const { code, remarks } = await hotshift(line);
    expect(code).toBe(2);
    expect(remarks).toMatch(message);
  });

  test('region and table come from the environment, and flags are stronger', async () => {
    const variables = { AWS_REGION: 'eu-west-1', HOTSHIFT_TABLE: 'other' };
    expect((await hotshift(['status'], { variables })).targets).toEqual([{ region: 'eu-west-1', table: 'other' }]);
    expect((await hotshift(['status', '--table', 't', ...region], { variables })).targets).toEqual([{ region: 'eu-west-2', table: 't' }]);
  });

  test('a configuration with errors is 2, with all of them', async () => {
    const { code, remarks } = await hotshift(['status', ...region], { files: { 'hotshift.yml': 'applications: {shop: {}}' } });
    expect(code).toBe(2);
    expect(remarks).toMatch(/regions[\s\S]*urls[\s\S]*traffic/);
  });

  test('without a command the help is shown', async () => {
    const { code, remarks, out } = await hotshift([]);
    expect(code).toBe(2);
    expect(remarks + out).toContain('Usage: hotshift');
  });

  test.each(['init', 'check', 'status', 'why', 'report', 'pause', 'resume', 'ack', 'abort'])('the help of %s teaches by examples and exit codes', async (command) => {
    const { code, out } = await hotshift([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain(`$ hotshift ${command}`);
    if (command !== 'init') expect(out).toContain('Exit codes:');
  });
});
