// What starts drills by itself: one schedule of traffic in each region of the pair, one of the switchover in the witness, each with the right
// to start its own state machine and with an input that this state machine takes.
import { expect, test } from '@jest/globals';
import { drillInput } from '../../../events/contracts-drill.ts';
import { failbackInput } from '../../../events/contracts-failback.ts';
import { drillStart } from '../../../domain/starting.ts';
import { drillResources, drillSchedules } from '../../../resources/drill.ts';
import { packagedOf } from '../../../resources/packaged.ts';
import { allRegions, readPlans, type Plans } from '../../../resources/plans.ts';
import { resourcesOf } from '../../../resources/stack.ts';
import { readNetworks } from '../../../resources/network.ts';

interface Schedule { readonly Type: string; readonly Properties: { readonly Name: string; readonly ScheduleExpression: string; readonly ScheduleExpressionTimezone: string; readonly Target: { readonly Arn: { readonly Ref: string }; readonly Input: string; readonly DeadLetterConfig: unknown } } }

const example = readPlans('hotshift.example.yml');
const schedule = { cron: 'cron(0 10 ? * 3#1 *)', switchover: 'cron(0 10 ? * 3#3 *)', timeZone: 'Europe/Berlin' };
const plans = { ...example, applications: example.applications.map((plan) => ({ ...plan, drills: { ...plan.drills, schedule } })) };
const [plan] = plans.applications;
const at = (region: string, of: Plans = plans) => Object.values(drillResources(region, of)).filter((entry) => (entry as Schedule).Type === 'AWS::Scheduler::Schedule').map((entry) => (entry as Schedule).Properties);

test('traffic starts in both regions of the pair, the switchover in the witness alone', () => {
  const found = allRegions(plans).map((region) => [region, at(region).map(({ Name, ScheduleExpression, ScheduleExpressionTimezone, Target }) => [Name, ScheduleExpression, ScheduleExpressionTimezone, Target.Arn.Ref])]);
  const traffic = [['hotshift-drill-shop', schedule.cron, schedule.timeZone, 'DrillStateMachine']];
  expect(Object.fromEntries(found)).toEqual({ 'eu-west-1': traffic, 'eu-central-1': traffic, [plan!.witness]: [['hotshift-switchover-shop', schedule.switchover, schedule.timeZone, 'FailbackStateMachine']] });
});

test('each input is taken by the workflow that it starts, and a person starts the same', () => {
  for (const region of plan!.regions) for (const { Target } of at(region)) expect(drillInput.parse(JSON.parse(Target.Input))).toEqual({ application: 'shop', mode: 'traffic', requestedBy: 'schedule' });
  const { Target } = at(plan!.witness)[0]!;
  expect(failbackInput.parse(JSON.parse(Target.Input))).toEqual(drillStart(plan!, { mode: 'switchover', by: 'schedule' }, 0).input);
});

test('its role starts that one state machine, which the stack has, and may tell the queue', () => {
  for (const region of allRegions(plans)) {
    const resources = resourcesOf(region, plans, readNetworks(plans, 'hotshift.network.example.yml'));
    const machine = region === plan!.witness ? 'FailbackStateMachine' : 'DrillStateMachine';
    expect(resources).toHaveProperty([machine]);
    const text = JSON.stringify(resources['DrillScheduleRole']);
    expect(text).toContain(`"Action":["states:StartExecution"],"Resource":{"Ref":"${machine}"}`);
    expect([...text.matchAll(/"Action":\[[^\]]*\]/g)].length).toBe(2);
  }
});

test('who asked for none has none, and who has one is held against it', () => {
  expect(allRegions(example).flatMap((region) => [...at(region, example), ...drillSchedules(region, example)])).toEqual([]);
  const { cron, timeZone } = schedule;
  const monthly = { ...plans, applications: plans.applications.map((entry) => ({ ...entry, drills: { ...entry.drills, schedule: { cron, timeZone } } })) };
  expect(drillResources(plan!.witness, monthly)).toEqual({});
  const places = packagedOf(plans, '/nowhere').places;
  expect(allRegions(plans).map((region) => places[region]?.schedules.filter((name) => /drill|switchover/.test(name)))).toEqual(allRegions(plans).map((region) => [region === plan!.witness ? 'hotshift-switchover/shop' : 'hotshift-drill/shop']));
});
