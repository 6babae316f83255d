// Every fault of the menu, as a person starts it: the command, real processes, and the printed JSON. Behaviour only, no times.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { functionNames } from '../../resources/functions.ts';
import { permissionsOf } from '../../resources/permissions.ts';
import { twinPlan } from '../../twin/plan.ts';
import type { UsedRight } from '../../twin/rights.ts';
import { REGIONS, settingsSchema, TABLE } from '../../twin/settings.ts';
import { ANY_LOSS, broken, hotshift, runDirectory, twinRun, UNHURRIED, type Ended } from './command-line.ts';

const RUN_MS_MAX = 240_000;
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the functions asked of AWS in all runs of this file. */
const rights: UsedRight[] = [];
const ran = new Set<string>();
const run = async (fault: string, ...more: string[]): Promise<Ended> => {
  const ended = await twinRun(directory, fault, ...more);
  rights.push(...ended.result.rights);
  ran.add(fault);
  return ended;
};

describe('fails over', () => {
  test.each(['region-crash', 'region-hang', 'database-crash', 'replication-cut'])('%s', async (fault) => {
    const { code, result, progress, report } = await run(fault, ...ANY_LOSS);
    expect({ code, outcome: result.outcome, writers: result.writersSeen, outside: result.lostOutsideWindow, broken: broken(result) })
      .toEqual({ code: 0, outcome: 'Failed over', writers: 1, outside: 0, broken: [] });
    expect(Object.keys(result.invariants).length).toBeGreaterThanOrEqual(14);
    expect(result.ackedWrites).toBeGreaterThan(100);
    expect(result.epoch).toBe(1);
    expect(result.writeDowntimeSeconds).toBeGreaterThan(0);
    expect(result.reportedLoss).not.toBeNull();
    // What was cut off for seconds before the crash is really lost, and really counted.
    if (fault === 'replication-cut') expect(result.lostAckedWrites).toBeGreaterThan(0);
    if (fault === 'region-hang') expect(progress).toMatch(/Enforce fence in us-east-1 +orders: security group closed/);
    expect(result.messages.some((message) => message.startsWith('Failed over'))).toBe(true);
    // Whoever keeps to permits tried, and the old database took nothing of it; fence.test.ts has the regions that come back.
    const keeping = result.oldWriter.clients.filter(({ keepsToPermits }) => keepsToPermits);
    expect(keeping.map(({ kind, accepted }) => [kind, accepted])).toEqual([['application', 0], ['guarded', 0]]);
    expect(keeping.filter(({ attempted }) => attempted === 0)).toEqual([]);
    expect(report).toContain('<svg');
    expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  }, RUN_MS_MAX);
});

test("route-53-down: the switch moves the users, servers go by their permits, and what is to be aligned is told", async () => {
  const { code, result } = await run('route-53-down', ...ANY_LOSS);
  expect({ code, outcome: result.outcome, writers: result.writersSeen, outside: result.lostOutsideWindow, broken: broken(result) })
    .toEqual({ code: 0, outcome: 'Failed over', writers: 1, outside: 0, broken: [] });
  expect(result.reason).toMatch(/still names the old writer .*the API of Route 53 is down.*users were moved by health-check-switch/s);
}, RUN_MS_MAX);

describe('stands down, and nothing moves', () => {
  test.each([
    ['partition', /1 of 3 vantage points see us-(east-1|west-2) down/, /Replication lag/],
    ['vantage-cut', /1 of 3 vantage points see us-east-1 down/, /Stood down/],
    ['slow-region', /./, /Stood down/],
    ['both-regions-down', /both regions look down/, /Stood down/],
    ['monitor-sick', /cannot reach the control endpoint/, /Stood down/],
  ] as const)('%s', async (fault, reason, told) => {
    const { code, result } = await run(fault);
    expect({ code, outcome: result.outcome, epoch: result.epoch, broken: broken(result), lost: result.lostAckedWrites })
      .toEqual({ code: 0, outcome: 'Stood down', epoch: 0, broken: [], lost: 0 });
    expect(result.reason).toMatch(reason);
    expect(result.messages.join('\n')).toMatch(told);
  }, RUN_MS_MAX);

  test('none: no execution at all', async () => {
    const { code, result } = await run('none', ...UNHURRIED);
    expect([code, result.outcome, result.messages]).toEqual([0, 'nothing', []]);
  }, RUN_MS_MAX);
});

test('bad options are named with value and range, and nothing is started', async () => {
  const { code, stderr } = await hotshift(directory, ['twin', 'run', '--ttl', '0', '--rate', 'many', '--fault', 'earthquake', '--directory', directory]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/--ttl 0: /);
  expect(stderr).toMatch(/--rate many: /);
  expect(stderr).toMatch(/--fault earthquake: /);
});

test('a directory that PostgreSQL cannot reach is named, and everything is stopped again', async () => {
  if (process.getuid?.() !== 0) return;
  const closed = join(directory, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const { code, stderr } = await hotshift(directory, ['twin', 'run', '--directory', closed]);
  expect(code).toBe(4);
  expect(stderr).toMatch(/cannot reach .*closed.* mode 0700/s);
  expect(readdirSync(closed)).toEqual([]);
  rmSync(closed, { recursive: true });
}, RUN_MS_MAX);

test('every run cleaned up after itself', () => {
  expect(readdirSync(directory).filter((name) => !name.endsWith('.html'))).toEqual([]);
});

describe('rights over all runs', () => {
  /** Rights that no run uses, each with its reason. That the source can send these calls is shown by test/unit/resources/permissions. */
  const UNUSED: readonly (readonly [who: RegExp, action: RegExp, reason: string])[] = [
    [/^approve$/, /./, 'no fault asks for an approval'],
    [/^rehearse$/, /./, 'its first turn comes after half an hour'],
    [/^answer$/, /./, 'only the strategy health-check-switch has it'],
    [/^(prepare|hold|settle)$/, /./, 'drills: test/twin/drill.test.ts'],
    [/^(survey|compare|rebuild)$/, /./, 'failbacks: hotshift twin run --failback'],
    [/^enforce$/, /^ec2:AuthorizeSecurityGroupIngress$/, 'only a failback lifts an order'],
    [/^(archive|track)$/, /./, 'a run is over with its failover, what comes after the end need not be: test/twin/drill.test.ts'],
    [/^call$/, /./, 'the plan of the twin has no hooks'],
    [/^muster$/, /./, 'nobody evacuates a whole region there'],
    [/^hear$/, /./, 'Slack: test/twin/approve.test.ts'],
    [/^scale$/, /^dynamodb:Query$/, 'only a drill or a failback scales back'],
    [/^watch$/, /^dynamodb:DeleteItem$/, 'servers are forgotten after an hour'],
    [/./, /^dynamodb:GetItem$/, 'journal and incidents read an item back only when a repeat or a race finds it there already'],
  ];
  const plan = twinPlan(settingsSchema.parse({}), { applicationPort: 1, controlPort: 2, databasePort: 3, slackUrl: 'http://127.0.0.1:4', hostedZoneId: 'Z0ZONE', addresses: {} });
  const granted = new Set(functionNames().flatMap((who) => REGIONS.flatMap((place) => permissionsOf(who, place, { table: TABLE, applications: [plan] }).flatMap(({ Action }) => Action.map((action) => `${who} ${action}`)))));

  test('nothing is missing: every call is one that the role of its function allows', () => {
    if (ran.size === 0) return;
    expect(rights.filter(({ allowed }) => !allowed)).toEqual([]);
    expect(new Set(rights.map(({ who }) => who)).size).toBeGreaterThan(2);
  });

  test('nothing is unused but for a reason', () => {
    // Of some of the faults only, most rights are unused.
    if (!['region-crash', 'region-hang', 'partition'].every((fault) => ran.has(fault))) return;
    const used = new Set(rights.map(({ who, action }) => `${who} ${action}`));
    const idle = [...granted].filter((right) => !used.has(right)).filter((right) => {
      const [who = '', action = ''] = right.split(' ');
      return !UNUSED.some(([whose, which]) => whose.test(who) && which.test(action));
    });
    expect(idle).toEqual([]);
  });
});
