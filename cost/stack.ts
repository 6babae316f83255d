// What the deployed stacks keep doing and keep standing in a month, counted from the templates themselves: a schedule, an alarm or
// more memory that somebody adds is in the bill without a change here.
import type { Region } from '../domain/plan.ts';
import type { Plans } from '../events/config.ts';
import { alarms } from '../resources/alarms.ts';
import type { Json } from '../resources/cloudformation.ts';
import { dashboard } from '../resources/dashboard.ts';
import { functionsOf } from '../resources/functions.ts';
import { key } from '../resources/key.ts';
import { allRegions } from '../resources/plans.ts';
import { starts } from '../resources/starts.ts';

// 365 days and 24 hours, by twelve: AWS's own month.
export const MONTH_HOURS = 730;
const MONTH_SECONDS = MONTH_HOURS * 3600;

/** A function that a schedule starts again and again. */
export interface Start {
  readonly region: Region;
  readonly function: string;
  /** True: the call that only keeps a step from starting cold. */
  readonly keepsWarm: boolean;
  readonly perMonth: number;
  readonly memoryGb: number;
  /** How long it runs at most; undefined for one call of a step. */
  readonly runSeconds: number | undefined;
}

export interface Standing {
  /** An alarm on several metrics is charged for each of them. */
  readonly alarms: number;
  readonly fastAlarms: number;
  readonly compositeAlarms: number;
  /** Metrics of our own that an alarm looks at; the agents write them all the time. */
  readonly metrics: number;
  readonly dashboards: number;
  readonly keys: number;
}

export interface Stacks { readonly starts: readonly Start[]; readonly standing: Standing; readonly stepMemoryGb: number }

interface Resource { readonly Type: string; readonly Properties?: Json }
type Functions = Readonly<Record<string, { readonly memorySize: number }>>;

/** The parts of a stack that cost by standing there; a test holds them against the whole stack. Roles, rules and queues cost nothing. */
export const billedAt = (region: Region, plans: Plans): Json => ({ ...key(), ...starts(region, plans), ...alarms(region, plans), ...dashboard(region, plans) });

export function stacksOf(plans: Plans): Stacks {
  const places = allRegions(plans).map((region) => ({
    region, resources: Object.values(billedAt(region, plans)) as readonly Resource[], functions: functionsOf(region, plans, undefined) as Functions,
  }));
  const all = places.flatMap(({ region, resources }) => resources.map((resource) => ({ region, ...resource })));
  const count = (type: string): number => all.filter(({ Type }) => Type === type).length;
  const watched = all.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').map(({ region, Properties = {} }) => ({ region, metrics: metricsIn(Properties), fast: periods(Properties).some((seconds) => seconds < 60) }));
  const charged = (alarms: typeof watched): number => alarms.reduce((sum, { metrics }) => sum + Math.max(1, metrics.length), 0);
  const own = watched.flatMap(({ region, metrics }) => metrics.filter(({ Namespace }) => !String(Namespace).startsWith('AWS/')).map((metric) => `${region} ${JSON.stringify(metric)}`));
  return {
    starts: places.flatMap(({ region, resources, functions }) => resources.filter(({ Type }) => Type === 'AWS::Scheduler::Schedule').map(({ Properties = {} }) => startOf(region, Properties, functions))),
    standing: {
      alarms: charged(watched.filter(({ fast }) => !fast)), fastAlarms: charged(watched.filter(({ fast }) => fast)), metrics: new Set(own).size,
      compositeAlarms: count('AWS::CloudWatch::CompositeAlarm'), dashboards: count('AWS::CloudWatch::Dashboard'), keys: count('AWS::KMS::Key'),
    },
    stepMemoryGb: Math.max(...places.flatMap(({ functions }) => Object.values(functions).map(({ memorySize }) => memorySize))) / 1024,
  };
}

interface MetricName { readonly Namespace: unknown; readonly MetricName: unknown; readonly Dimensions: unknown }

/** The metrics that an alarm names, in the alarm itself or in its formulas. */
function metricsIn(node: unknown): readonly MetricName[] {
  if (typeof node !== 'object' || node === null) return [];
  const { Namespace, MetricName, Dimensions } = node as Partial<MetricName>;
  const here = Namespace !== undefined && MetricName !== undefined ? [{ Namespace, MetricName, Dimensions }] : [];
  return [...here, ...Object.values(node).flatMap(metricsIn)];
}

function periods(node: unknown): readonly number[] {
  if (typeof node !== 'object' || node === null) return [];
  const { Period } = node as { readonly Period?: unknown };
  return [...(typeof Period === 'number' ? [Period] : []), ...Object.values(node).flatMap(periods)];
}

function startOf(region: Region, properties: Json, functions: Functions): Start {
  const { Target, ScheduleExpression } = properties as { readonly Target: { readonly Arn: { readonly 'Fn::GetAtt': readonly [string, string] }; readonly Input?: string }; readonly ScheduleExpression: string };
  const input = JSON.parse(Target.Input ?? '{}') as { readonly runSeconds?: number; readonly warm?: boolean };
  const name = functionNamed(Target.Arn['Fn::GetAtt'][0], functions);
  return { region, function: name, keepsWarm: input.warm === true, perMonth: perMonth(ScheduleExpression), memoryGb: (functions[name]?.memorySize ?? 0) / 1024, runSeconds: input.runSeconds };
}

/** `ObserveLambdaFunction` -> `observe`, by the functions that there are. */
function functionNamed(id: string, functions: Functions): string {
  const plain = (text: string): string => text.replaceAll('-', '').toLowerCase();
  const name = Object.keys(functions).find((candidate) => plain(`${candidate}LambdaFunction`) === plain(id));
  if (name === undefined) throw new Error(`the schedule's target ${id} is no function of this place`);
  return name;
}

const units: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** `rate(5 minutes)` as starts in a month; a date in the calendar (`cron`, `at`) counts as one. */
export function perMonth(expression: string): number {
  const [, amount, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const every = Number(amount) * (units[unit] ?? Number.NaN);
  return every > 0 ? MONTH_SECONDS / every : 1;
}
