// The rehearsal as a whole: what is not answered is told, what changed is told once, and nothing but its own memory is written.
import { describe, expect, test } from '@jest/globals';
import { RefusedByAwsError } from '../../../domain/errors.ts';
import type { Inventory, Remembered } from '../../../domain/inventory.ts';
import type { Announcement } from '../../../domain/ports.ts';
import { changeOf } from '../../../functions/rehearse/change.ts';
import { finding } from '../../../functions/rehearse/catalogue.ts';
import { inspect } from '../../../functions/rehearse/inspect.ts';
import { rehearse } from '../../../functions/rehearse/rehearse.ts';
import { home, plan, start, survivor } from '../ports.ts';

const denied = (): Promise<never> => Promise.reject(new RefusedByAwsError('rds:DescribeDBInstances on orders: denied'));
/** Nothing is answered but what `some` says. */
const inventory = (some: Partial<Inventory> = {}): Inventory => new Proxy(some as Inventory, { get: (target, name) => Reflect.get(target, name) ?? denied, ownKeys: () => METHODS, getOwnPropertyDescriptor: (target, name) => ({ enumerable: true, configurable: true, value: Reflect.get(target, name) ?? denied }) });
const METHODS = ['instance', 'parameters', 'replicaLagSeconds', 'keyState', 'zone', 'records', 'healthCheck', 'nameServers', 'table', 'bucket', 'secret', 'service', 'balancers', 'certificates', 'quota', 'concurrency', 'function', 'machine', 'rule', 'schedule', 'simulate', 'slackTrouble', 'drills'];
const subject = { plan, table: 'hotshift', packaged: undefined };
const clock = { now: () => start };

describe('what is not answered', () => {
  test('is a finding for each question, as severe as the worst answer, and nothing is green', async () => {
    const { checks, findings } = await inspect({ inventory: inventory(), clock }, subject)({ places: [home, survivor], withGlobal: true, runSeconds: 60 });
    const open = findings.filter(({ id }) => id === 'not-checked');
    expect(open).toHaveLength(checks - 2);
    expect(findings.filter(({ id }) => id !== 'not-checked').map(({ id }) => id)).toEqual(['connection-values-not-scanned', 'connection-values-not-scanned']);
    expect(open.find(({ subject: what }) => what === 'table hotshift')).toMatchObject({ severity: 'critical', step: 'Claim lease', evidence: expect.stringContaining('denied') });
    expect(open.find(({ subject: what }) => what === 'the last drill')).toMatchObject({ severity: 'warning', step: 'Drill' });
  });
  test('nor is what there was no time for', async () => {
    let now = start;
    const slow = { now: () => (now += 1000) };
    const { checks, findings } = await inspect({ inventory: inventory(), clock: slow }, subject)({ places: [home], withGlobal: true, runSeconds: 5 });
    expect(findings.filter(({ evidence }) => evidence === 'not asked any more after 5 s').length).toBeGreaterThan(checks / 2);
  });
  test('what several checks need is read once', async () => {
    let asked = 0;
    const found = inventory({ instance: () => { asked += 1; return Promise.resolve(undefined); } });
    await inspect({ inventory: found, clock }, subject)({ places: [home, survivor], withGlobal: true, runSeconds: 60 });
    expect(asked).toBe(2);
  });
});

describe('change', () => {
  const one = finding('drill-none', { region: 'global', subject: 'shop' }, 'none');
  const open = { ...finding('not-checked', { region: home, subject: 'certificates' }, 'throttled'), severity: 'critical' as const };
  const before = (seen: readonly string[], told: readonly string[]): Remembered => ({ at: start, seen, told });
  test('the first rehearsal tells what is wrong, and the next one nothing', () => {
    const first = changeOf([one], undefined);
    expect(first.appeared).toEqual([one]);
    expect(changeOf([{ ...one, evidence: 'other figures' }], before(first.told, first.told))).toMatchObject({ appeared: [], gone: [] });
  });
  test('what is settled is told', () => { expect(changeOf([], before([], ['drill-none global shop'])).gone).toEqual(['drill-none global shop']); });
  test('one throttle is no news, two in a row are', () => {
    expect(changeOf([open], undefined)).toMatchObject({ appeared: [], told: [] });
    expect(changeOf([open], before(['not-checked eu-west-1 certificates'], []))).toMatchObject({ appeared: [open] });
  });
  test('information is not told', () => { expect(changeOf([finding('control-plane-us-east-1', { region: 'global', subject: 'z' }, 'x')], undefined)).toMatchObject({ appeared: [], told: [] }); });
});

describe('rehearse', () => {
  const world = (send: (announcement: Announcement) => Promise<void> = () => Promise.resolve()) => {
    const told: Announcement[] = [];
    const kept = new Map<string, Remembered>();
    const ports = {
      inventory: inventory(), clock, messenger: { send: async (_plan: unknown, announcement: Announcement) => { await send(announcement); told.push(announcement); } },
      rehearsals: { read: (_application: string, region: string) => Promise.resolve(kept.get(region)), write: (_application: string, region: string, remembered: Remembered) => { kept.set(region, remembered); return Promise.resolve(); } },
    };
    return { told, kept, run: () => rehearse(ports as never, subject, home)({ runSeconds: 60 }) };
  };
  test('counts, remembers, tells when it lasts, and then keeps quiet', async () => {
    const { told, kept, run } = world();
    const first = await run();
    expect(first).toMatchObject({ told: false, detail: 'nothing new' });
    expect(first.critical + first.warning + first.info).toBe(first.findings.length);
    expect(await run()).toMatchObject({ told: true });
    expect(await run()).toMatchObject({ told: false });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ severity: 'page', title: expect.stringMatching(/^A failover of shop would not work now: \d+ critical in eu-west-1$/) });
    expect(told[0]!.lines.length).toBeLessThanOrEqual(14);
    expect([...kept.keys()]).toEqual([home]);
  });
  test('who could not be told is told by the next one', async () => {
    let works = false;
    const { told, run } = world(() => (works ? Promise.resolve() : Promise.reject(new Error('Slack is down'))));
    await run();
    expect(await run()).toMatchObject({ told: false, detail: 'nobody was told: Error: Slack is down' });
    works = true;
    expect(await run()).toMatchObject({ told: true });
    expect(told).toHaveLength(1);
  });
});
