// The cost of strategies and of Hotshift itself: the arithmetic, the classic example, counts held against templates and workflow, and
// what is refused.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { assumptionsForm } from '../../../cost/assumptions.ts';
import { billOf } from '../../../cost/bill.ts';
import { breakEven, cheapest, type Candidate } from '../../../cost/choice.ts';
import { costDocument, exampleReport } from '../../../cost/document.ts';
import { downtime, feltShare, outageHours } from '../../../cost/downtime.ts';
import { givenAssumptions } from '../../../cost/given.ts';
import { idle, serversOf } from '../../../cost/own.ts';
import { readPrices, standardPrices, STANDARD_PRICES } from '../../../cost/prices.ts';
import { billedAt, perMonth, stacksOf } from '../../../cost/stack.ts';
import { monthly, tasksOf } from '../../../cost/strategies.ts';
import { failoverUse } from '../../../cost/workflow.ts';
import { parsePlans } from '../../../events/config.ts';
import { allRegions } from '../../../resources/plans.ts';
import { hotshift } from '../cli/memory.ts';
import { exampleText } from '../config/example.ts';
import { plan } from '../ports.ts';

const plans = parsePlans(exampleText);
const standard = assumptionsForm.parse({});
const prices = standardPrices();

describe('choice', () => {
  const candidate = (name: Candidate['name'], dollarsPerYear: number, downtimeHoursPerYear: number): Candidate => ({ name, dollarsPerYear, downtimeHoursPerYear });
  const [hot, warm, cold] = [candidate('hot', 3000, 0.1), candidate('warm', 2000, 1), candidate('cold', 1000, 10)];

  test('the break-even is where both cost the same', () => {
    const found = breakEven(hot, warm);
    expect(found).toMatchObject({ kind: 'at' });
    const at = (found as { revenuePerHour: number }).revenuePerHour;
    expect(hot.dollarsPerYear + hot.downtimeHoursPerYear * at).toBeCloseTo(warm.dollarsPerYear + warm.downtimeHoursPerYear * at, 6);
    expect(cheapest([hot, warm, cold], at + 1)).toBe('hot');
    expect(cheapest([hot, warm, cold], at - 1)).toBe('warm');
    expect(cheapest([hot, warm, cold], 0)).toBe('cold');
  });
  test('what saves nothing never pays, what costs nothing more always does', () => {
    expect(breakEven(candidate('hot', 9, 1), warm).kind).toBe('never');
    expect(breakEven(candidate('hot', 1, 0), warm).kind).toBe('always');
  });
  test('of two that cost the same, less downtime wins', () => {
    expect(cheapest([candidate('cold', 100, 1), candidate('hot', 100, 0)], 0)).toBe('hot');
  });
});

describe('downtime', () => {
  test('hours of a year from availability, or from a count of outages', () => {
    expect(outageHours({ availabilityPercent: 99.9, outage: 3600 })).toBeCloseTo(8.766, 6);
    expect(outageHours({ availabilityPercent: 99.9, outage: 7200, outagesPerYear: 3 })).toBe(6);
  });
  test('no more of an outage is felt than there is', () => {
    expect(feltShare(600, { availabilityPercent: 99, outage: 3600 })).toBeCloseTo(1 / 6);
    expect(feltShare(90_000, { availabilityPercent: 99, outage: 3600 })).toBe(1);
  });
  test("hot takes the plan's RTO unless another is given", () => {
    expect(downtime('hot', plan, standard).rtoSeconds).toBe(plan.budgets.rtoSeconds);
    expect(downtime('hot', plan, assumptionsForm.parse({ recovery: { hot: '1m' } })).rtoSeconds).toBe(60);
  });
});

describe('the application', () => {
  test('a bill is the sum of its lines; nothing of something is no line', () => {
    const { dollars, lines } = billOf([['a', 3, 'alarmMonth'], ['b', 0, 'keyMonth'], ['c', 2, 'keyMonth']], prices);
    expect(lines.map(({ item }) => item)).toEqual(['a', 'c']);
    expect(dollars).toBeCloseTo(3 * prices.prices.alarmMonth.dollars + 2 * prices.prices.keyMonth.dollars);
  });
  test('tasks come from baseline, factor and the most that is allowed', () => {
    expect(tasksOf(plan, standard)).toEqual({ full: 20, planned: 20, hot: 40, warm: 25, cold: 20 });
    const tight = { ...plan, capacity: plan.capacity.map((capacity) => ({ ...capacity, desiredMax: 15 })) };
    expect(tasksOf(tight, standard)).toMatchObject({ full: 15, hot: 30 });
  });
  test('hot costs more than warm, warm more than cold; people count when they have a price', () => {
    const [hot, warm, cold] = (['hot', 'warm', 'cold'] as const).map((name) => monthly(name, plan, standard, prices).dollars);
    expect(hot!).toBeGreaterThan(warm!);
    expect(warm!).toBeGreaterThan(cold!);
    const paid = assumptionsForm.parse({ people: { dollarsPerHour: 100, hotHoursPerMonth: 16 } });
    expect(monthly('hot', plan, paid, prices).dollars).toBeCloseTo(hot! + 1600);
  });
});

describe('Hotshift itself', () => {
  test('the workflow is counted: one call of each step, more where it waits', async () => {
    const use = await failoverUse(plan, { promotion: 60, records: 10 });
    const longer = await failoverUse(plan, { promotion: 120, records: 10 });
    expect(use.calls).toMatchObject({ verify: 1, claim: 1, assess: 1, conclude: 1, announce: 2, scale: 2, warm: 1 });
    // Each poll is a wait, a call and a question.
    const polls = 60 / plan.databases[0]!.pollSeconds;
    expect(longer.calls['promote']! - use.calls['promote']!).toBe(polls);
    expect(longer.transitions - use.transitions).toBe(3 * polls);
    expect(longer.seconds - use.seconds).toBeCloseTo(60, 0);
  });
  test('an approval is answered by the policy while it is counted', async () => {
    const use = await failoverUse({ ...plan, policy: { ...plan.policy, approval: 'required' } }, { promotion: 10, records: 5 });
    expect(use.calls).toMatchObject({ approve: 1, verify: 2 });
  });
  test('rates as starts in a month', () => {
    expect(perMonth('rate(1 minute)')).toBe(43_800);
    expect(perMonth('rate(5 minutes)')).toBe(8760);
    expect(perMonth('rate(1 day)')).toBeCloseTo(30.4, 1);
    expect(perMonth('cron(0 10 ? * 3#1 *)')).toBe(1);
  });
  test('each schedule of each place is in the bill, with the memory of its function', () => {
    const { starts, standing } = stacksOf(plans);
    const schedules = allRegions(plans).flatMap((region) => Object.values(billedAt(region, plans)) as { Type: string }[]).filter(({ Type }) => Type === 'AWS::Scheduler::Schedule');
    expect(starts).toHaveLength(schedules.length);
    expect(starts.filter(({ function: name }) => name === 'observe').map(({ region }) => region).sort()).toEqual([...allRegions(plans)].sort());
    expect(starts.every(({ memoryGb }) => memoryGb > 0)).toBe(true);
    expect(standing).toMatchObject({ keys: 3, dashboards: 3 });
    expect(standing.alarms).toBeGreaterThan(20);
  });
  test('standing by costs more with a shorter interval and more servers; without permits less', () => {
    const cost = (change: (text: string) => string): number => {
      const changed = parsePlans(change(exampleText));
      return idle(changed, stacksOf(changed), standard, prices).dollars;
    };
    const base = cost((text) => text);
    expect(cost((text) => text.replace('    # detection:\n', '    detection: { probeInterval: 4s }\n'))).toBeGreaterThan(base);
    expect(cost((text) => text.replaceAll('baseline: 10', 'baseline: 20'))).toBeGreaterThan(base);
    expect(cost((text) => text.replace('enforced: true', 'enforced: false'))).toBeLessThan(base);
  });
});

test('write permits cost in proportion to the servers: ten times as many, ten times as much, and no more', () => {
  const permits = (servers: number): number => {
    const plans = parsePlans(exampleText.replaceAll('baseline: 10', `baseline: ${servers / 2}`).replace(/desiredMax: \d+/, 'desiredMax: 1000'));
    expect(serversOf(plans.applications[0]!)).toBe(servers);
    const { lines } = idle(plans, stacksOf(plans), standard, prices);
    const own = lines.filter(({ item }) => /permits? |renewals? /.test(item));
    expect(own).toHaveLength(3);
    return own.reduce((sum, { dollars }) => sum + dollars, 0);
  };
  const twenty = permits(20);
  expect(permits(200)).toBeLessThanOrEqual(10 * twenty);
  expect(permits(200)).toBeGreaterThan(9 * twenty);
  expect(permits(2000)).toBeLessThanOrEqual(100 * twenty);
});

describe('the classic example', () => {
  test('$100K an hour at 99.99 % is hot, $1K an hour at 99.9 % is warm', async () => {
    const { classic } = await exampleReport();
    expect(classic.map(({ revenuePerHour, availabilityPercent, best }) => [revenuePerHour, availabilityPercent, best])).toEqual([[100_000, 99.99, 'hot'], [1000, 99.9, 'warm']]);
  });
  test('docs/cost.md shows what the code says (else: node cost/document.ts)', async () => {
    const text = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');
    expect(await costDocument(text)).toBe(text);
  });
});

describe('the price file', () => {
  const text = readFileSync(STANDARD_PRICES, 'utf8');
  const changed = (change: (tree: any) => void): string => {
    const tree = parse(text);
    change(tree);
    return stringify(tree);
  };
  test('each price has a source or is marked as an assumption', () => {
    for (const { source, assumption } of Object.values(prices.prices)) expect([source, assumption].filter((origin) => origin !== undefined)).toHaveLength(1);
  });
  test.each<[string, (tree: any) => void, RegExp]>([
    ['a price that is missing', (tree) => { delete tree.prices.keyMonth; }, /prices\.keyMonth: is missing/],
    ['a negative one', (tree) => { tree.prices.keyMonth.dollars = -1; }, /prices\.keyMonth\.dollars: .*at least 0 \(found -1\)/],
    ['one without an origin', (tree) => { delete tree.prices.keyMonth.source; }, /must have a source/],
    ['no date', (tree) => { tree.read = 'lately'; }, /read: must be the day .*found "lately"/],
    ['a name that is not known', (tree) => { tree.prices.keyMonths = tree.prices.keyMonth; }, /did you mean "keyMonth"/],
  ])('%s is refused with field, value and fix', (_name, change, message) => {
    expect(() => readPrices(changed(change), 'p.yml')).toThrow(message);
  });
});

describe('hotshift cost', () => {
  test('recommends, and prints sources and assumptions', async () => {
    const { code, out } = await hotshift(['cost', '--revenue-per-hour', '100000', '--availability', '99.99']);
    expect(code).toBe(0);
    expect(out).toMatch(/HOT is the cheapest at \$100,000 an hour/);
    expect(out).toMatch(/business\.availabilityPercent +99\.99 +yours/);
    expect(out).toMatch(/keyMonth +1 +KMS .*https:/);
    expect(out).toContain('assumed: known list price, not read again');
    expect(out).toContain('ARC Region switch');
  });
  test('without a revenue it recommends nothing and still says where it would turn', async () => {
    const { out } = await hotshift(['cost', '--no-sources']);
    expect(out).toContain('nothing can be recommended');
    expect(out).toMatch(/hot rather than warm: from \$/);
  });
  test('--json, a file and --set: the last word wins', async () => {
    const files = { 'hotshift.yml': exampleText, 'ours.yml': 'business: { revenuePerHour: 10, outage: 2h }\napplication: { taskVcpu: 4 }\n' };
    const { out } = await hotshift(['cost', '--json', '--assumptions', 'ours.yml', '--set', 'business.outage=1h'], { files });
    const report = JSON.parse(out);
    const value = (name: string) => report.assumptions.find((entry: { name: string }) => entry.name === name).value;
    expect([value('business.revenuePerHour'), value('business.outage'), value('application.taskVcpu')]).toEqual([10, 3600, 4]);
    expect(report.best).toBe('cold');
  });
  test.each<[string, string[], RegExp]>([
    ['a share above one', ['--set', 'application.warmShare=3'], /application\.warmShare \(found 3\)[\s\S]*at most 1[\s\S]*fix:/],
    ['a duration without its unit', ['--set', 'business.outage=4'], /business\.outage[\s\S]*found 4[\s\S]*unit[\s\S]*fix:/],
    ['a word that is not known', ['--set', 'business.revenuePerHours=4'], /--set error business\.revenuePerHours[\s\S]*did you mean "revenuePerHour"/],
    ['no name', ['--set', 'business=4'], /group\.name=value/],
    ['a negative revenue', ['--revenue-per-hour', '-5'], /business\.revenuePerHour \(found -5\)/],
    ['no number', ['--availability', 'high'], /Write a number/],
    ['no such file', ['--assumptions', 'none.yml'], /there is no file none\.yml/],
    ['no such application', ['--application', 'blog'], /no application "blog"/],
  ])('%s: 2, with what is wrong', async (_name, line, message) => {
    const { code, remarks, out } = await hotshift(['cost', ...line]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(remarks).toMatch(message);
  });
  test('a broken file of assumptions is told with its line', async () => {
    const { code, remarks } = await hotshift(['cost', '--assumptions', 'ours.yml'], { files: { 'hotshift.yml': exampleText, 'ours.yml': 'business:\n  outage: 3\n' } });
    expect(code).toBe(2);
    expect(remarks).toMatch(/ours\.yml:2:3 error business\.outage \(found 3\)/);
  });
  test('a file that is no map', () => {
    expect(() => givenAssumptions({ file: { text: '- 1\n', name: 'x.yml' }, settings: [] })).toThrow(/must be a map/);
  });
});
