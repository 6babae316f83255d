// Schedules of drills: which dates an expression means, and what is refused because it could only be refused later.
import { describe, expect, test } from '@jest/globals';
import { frozen } from '../../../functions/prepare/direction.ts';
import { momentsOf } from '../../../events/cron.ts';
import { checkPlans, parsePlans } from '../../../events/config.ts';
import { exampleTree, exampleWith, setAt, shop } from './example.ts';
import { stringify } from 'yaml';

const datesOf = (cron: string, from = '2027-01-01', days = 365) => momentsOf(cron, from, days)?.map((moment) => new Date(moment * 60_000).toISOString().slice(0, 16));

describe('dates', () => {
  test('the first Tuesday of each month at ten, by the calendar of the zone', () => {
    const dates = datesOf('cron(0 10 ? * 3#1 *)');
    expect(dates?.slice(0, 4)).toEqual(['2027-01-05T10:00', '2027-02-02T10:00', '2027-03-02T10:00', '2027-04-06T10:00']);
    expect(dates).toHaveLength(12);
    for (const date of dates ?? []) expect([new Date(`${date}Z`).getUTCDay(), Number(date.slice(8, 10)) <= 7]).toEqual([2, true]);
  });
  test.each<[string, readonly string[]]>([
    ['cron(30 9 15 1,4,7,10 ? *)', ['2027-01-15T09:30', '2027-04-15T09:30', '2027-07-15T09:30', '2027-10-15T09:30']],
    ['cron(0 10 ? JAN,JUL TUE#3 *)', ['2027-01-19T10:00', '2027-07-20T10:00']],
    ['cron(0 8 L 2 ? *)', ['2027-02-28T08:00']],
    ['cron(0 8 ? 3 6L *)', ['2027-03-26T08:00']],
    ['cron(0 8 1W 5 ? *)', ['2027-05-03T08:00']],
    ['cron(0 8 31W 1 ? *)', ['2027-01-29T08:00']],
    ['cron(0 0/12 4 6 ? *)', ['2027-06-04T00:00', '2027-06-04T12:00']],
    ['cron(0 8 ? 2 MON-TUE *)', ['2027-02-01T08:00', '2027-02-02T08:00', '2027-02-08T08:00', '2027-02-09T08:00', '2027-02-15T08:00', '2027-02-16T08:00', '2027-02-22T08:00', '2027-02-23T08:00']],
    ['cron(0 8 30 2 ? *)', []],
  ])('%s', (cron, dates) => expect(datesOf(cron)).toEqual(dates));
  test('a day that only a leap year has', () => expect(datesOf('cron(0 8 29 2 ? *)', '2027-03-01', 731)).toEqual(['2028-02-29T08:00']));
  test.each(['cron(0 10 * * * *)', 'cron(0 10 ? * ? *)', 'cron(60 10 ? * 3 *)', 'cron(0 24 ? * 3 *)', 'cron(0 10 ? * 8 *)', 'cron(0 10 ? 13 3 *)', 'cron(0 10 ? * 3#6 *)', 'cron(0 10 ? * 3#1,3#2 *)', 'cron(0 10 0 * ? *)', 'cron(0 10 5-2 * ? *)',
    'cron(0 10 ? * 3#1 2027)', 'cron(0 10 ? * 3/0 *)', 'cron(0 10 ? * x *)', 'cron(0 10 ? * 3#1)', 'rate(1 day)', 'cron( 0 10 ? * 3 *)'])('%s is read as nothing', (cron) => expect(datesOf(cron)).toBeUndefined());
});

const SCHEDULE = 'drills.schedule';
const zone = 'Europe/Berlin';
const of = (schedule: object) => checkPlans(exampleWith(shop(SCHEDULE), { timeZone: zone, ...schedule }));

describe('what makes sense', () => {
  test('traffic on the first, the writer on the third Tuesday, every month', () => {
    const { errors, warnings, plans } = of({ switchover: 'cron(0 10 ? * 3#3 *)' });
    expect(errors).toEqual([]);
    expect(warnings.filter(({ path }) => path.includes('schedule'))).toEqual([]);
    expect(plans?.applications[0]?.drills.schedule).toEqual({ cron: 'cron(0 10 ? * 3#1 *)', switchover: 'cron(0 10 ? * 3#3 *)', timeZone: zone });
  });
  test('nobody gets a switchover who did not ask for one', () => expect(parsePlans(exampleWith(shop(SCHEDULE), { timeZone: zone })).applications[0]?.drills.schedule).toEqual({ cron: 'cron(0 10 ? * 3#1 *)', timeZone: zone }));
  test('a freeze holds for both, in the one zone that both have', () => {
    const plan = parsePlans(exampleWith(shop('drills'), { freeze: [{ from: '2026-12-14', to: '2027-01-08' }], schedule: { timeZone: 'Asia/Tokyo', switchover: 'cron(0 10 ? * 3#3 *)' } })).applications[0]!;
    expect([frozen(plan.drills, Date.parse('2026-12-13T14:59:00Z')), frozen(plan.drills, Date.parse('2026-12-13T15:00:00Z'))?.from]).toEqual([undefined, '2026-12-14']);
  });
});

describe('what makes none is refused by its name', () => {
  test.each<[string, object, string, string]>([
    ['the same day', { switchover: 'cron(0 15 ? * 3#1 *)' }, 'within a day of a drill of traffic', 'switchover'],
    ['a quarter whose first Tuesday is one of all', { switchover: 'cron(0 10 ? 1,4,7,10 3#1 *)' }, 'comes at 2027-04-06 10:00, within a day', 'switchover'],
    ['every day', { switchover: 'cron(0 10 ? * 3#3 *)', cron: 'cron(0 10,22 ? * 3#1 *)' }, 'before the one before it must have ended', 'cron'],
    ['the thirtieth of February', { switchover: 'cron(0 10 30 2 ? *)' }, 'never comes', 'switchover'],
    ['no days', { cron: 'cron(0 10 * * * *)' }, 'names no dates', 'cron'],
    ['one year', { switchover: 'cron(0 10 ? * 3#3 2027)' }, 'that come again and again', 'switchover'],
  ])('%s', (_, schedule, message, field) => {
    const found = of(schedule).errors.find((issue) => issue.message.includes(message));
    expect(found?.path.join('.')).toBe(shop(`${SCHEDULE}.${field}`).join('.'));
    expect(found?.fix).toBeTruthy();
  });
  test('no database, and databases of which each region writes its own', () => {
    const tree = exampleTree();
    setAt(tree, shop(SCHEDULE), { timeZone: zone, switchover: 'cron(0 10 ? * 3#3 *)' });
    setAt(tree, shop('databases.orders.topology'), 'region-sharded');
    setAt(tree, shop('databases.orders.home'), 'eu-west-1');
    expect(checkPlans(stringify(tree)).errors.map(({ message }) => message).join()).toContain('orders holds the users of one region');
    setAt(tree, shop('databases'), {});
    expect(checkPlans(stringify(tree)).errors.map(({ message }) => message).join()).toContain('no database whose writer could move');
  });
  test.each<[string, object, RegExp]>([
    ['quarterly: each direction twice a year', { switchover: 'cron(0 10 ? 1,4,7,10 3#3 *)' }, /each is left every 18\d days only; a good drill counts for 90 days/],
    ['traffic each quarter', { cron: 'cron(0 10 ? 1,4,7,10 3#1 *)' }, /each is left every 18\d days/],
    ['once a year', { switchover: 'cron(0 10 15 6 ? *)' }, /year or more/],
  ])('%s is a warning, since it goes well until the alarm rings', (_, schedule, message) => {
    const { errors, warnings } = of(schedule);
    expect(errors).toEqual([]);
    expect(warnings.some((issue) => message.test(issue.message) && issue.fix !== '')).toBe(true);
  });
  test('where people are asked before a failover, that nobody is asked here is said', () => {
    const tree = exampleTree();
    setAt(tree, shop(SCHEDULE), { timeZone: zone, switchover: 'cron(0 10 ? * 3#3 *)' });
    setAt(tree, shop('policy.approval'), 'required');
    expect(checkPlans(stringify(tree)).warnings.map(({ message }) => message).join()).toContain('without asking anybody');
  });
});
