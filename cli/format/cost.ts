// The cost report for people: the choice first, then what it rests on. Pure.
import type { Bill } from '../../cost/bill.ts';
import type { BreakEven } from '../../cost/choice.ts';
import type { CostReport, StrategyCost } from '../../cost/report.ts';
import { durationText, safe, table, wrapped, type Style } from './style.ts';

export interface CostLayout { readonly lines: boolean; readonly columns: number | undefined }

export function costText(report: CostReport, style: Style, { lines, columns }: CostLayout): string {
  const { own } = report;
  return [
    ...headline(report, style, columns), '',
    ...strategyTable(report, style), '',
    ...plannedRemark(report, columns), '',
    style.bold('Break-even'), ...report.breakEven.map(({ quick, slow, result }) => `  ${quick} rather than ${slow}: ${breakEvenText(result)}`), '',
    style.bold('The classic two companies, with this application'), ...classicTable(report, style), '',
    style.bold(`Hotshift itself${report.applications > 1 ? `, for all ${report.applications} applications` : ''}`), ...ownTable(report, style), '',
    ...(lines ? [] : largest(own.idle, style)),
    ...(lines ? [...report.strategies.flatMap(({ name, bill }) => billTable(`${name}, a month`, bill, style)), ...billTable('Hotshift, a month of standing by', own.idle, style), ...billTable('one failover', own.failover, style), ...billTable('one drill', own.drill, style)] : []),
  ].join('\n').trimEnd();
}

function headline(report: CostReport, style: Style, columns: number | undefined): readonly string[] {
  const outages = `one region alone is out ${hoursText(report.outageHoursPerYear)} a year`;
  const title = `${style.bold(safe(report.application))}  prices of ${report.prices.region}, read ${report.prices.read}`;
  if (report.best === undefined || report.revenuePerHour === undefined) return [title, ...wrapped(`No revenue is given, so that nothing can be recommended (--revenue-per-hour); ${outages}.`, columns, '  ')];
  return [title, ...wrapped(`${report.best.toUpperCase()} is the cheapest at ${money(report.revenuePerHour)} an hour, downtime counted in; ${outages}.`, columns, '  ').map(style.good)];
}

function strategyTable({ strategies, best }: CostReport, style: Style): readonly string[] {
  const priced = best !== undefined;
  const heading = ['', 'A MONTH', 'OF IT HOTSHIFT', 'RTO', 'DOWN A YEAR', 'AVAILABLE', ...(priced ? ['DOWNTIME A YEAR', 'ALL A YEAR'] : [])];
  const row = (cost: StrategyCost): readonly string[] => [
    cost.name === best ? style.good(cost.name) : cost.name, money(cost.dollarsPerMonth), money(cost.hotshiftDollars), durationText(cost.rtoSeconds), hoursText(cost.hoursPerYear), `${cost.availabilityPercent.toFixed(4)} %`,
    ...(priced ? [money(cost.downtimeDollarsPerYear ?? 0), money(cost.totalDollarsPerYear ?? 0)] : []),
  ];
  return table(heading, strategies.map(row), style);
}

function plannedRemark({ tasks, plannedDollarsPerMonth, strategies }: CostReport, columns: number | undefined): readonly string[] {
  const hot = strategies.find(({ name }) => name === 'hot')?.dollarsPerMonth ?? 0;
  if (tasks.planned >= tasks.hot) return [];
  return wrapped(`Hot is counted with room for all users in each region (${tasks.hot} tasks). The plan keeps ${tasks.planned} and scales the survivor up in the failover: ${money(plannedDollarsPerMonth)} a month, ${money(hot - plannedDollarsPerMonth)} less, if AWS has that room in the hour in which everybody asks for it.`, columns, '  ');
}

function breakEvenText(result: BreakEven): string {
  return result.kind === 'at' ? `from ${money(result.revenuePerHour)} an hour` : `${result.kind} (${result.reason})`;
}

const classicTable = ({ classic }: CostReport, style: Style): readonly string[] =>
  table(['REVENUE', 'ONE REGION ALONE', 'HOT A YEAR', 'WARM A YEAR', 'COLD A YEAR', 'CHEAPEST'], classic.map(({ revenuePerHour, availabilityPercent, totals, best }) =>
    [`${money(revenuePerHour)} an hour`, `${availabilityPercent} %`, money(totals.hot), money(totals.warm), money(totals.cold), style.good(best)]), style);

function ownTable({ own, peers }: CostReport, style: Style): readonly string[] {
  const servers = (bill: Bill): number => bill.lines.filter(({ price }) => price === 'vcpuHour' || price === 'memoryGbHour').reduce((sum, { dollars }) => sum + dollars, 0);
  const { transitions, calls, seconds } = own.failoverUse;
  const counted = `${transitions} transitions, ${Object.values(calls).reduce((sum, count) => sum + count, 0)} calls, ${durationText(seconds)}`;
  return table(['WHAT', 'COST', 'REMARK'], [
    ['standing by, a month', money(own.idle.dollars), `${own.idle.lines.length} lines; --lines shows them`],
    ['one failover', money(own.failover.dollars - servers(own.failover)), `${counted}; and ${money(servers(own.failover))} for more servers in the survivor`],
    ['one drill', money(own.drill.dollars - servers(own.drill)), `there and back; and ${money(servers(own.drill))} for more servers`],
    ...peers.map(({ name, dollarsPerMonth, remark }) => [`${name}, a month`, money(dollarsPerMonth), remark]),
  ], style);
}

/** What is worth a look: the lines that make most of the bill. */
function largest(bill: Bill, style: Style): readonly string[] {
  const lines = [...bill.lines].sort((left, right) => right.dollars - left.dollars).slice(0, 5);
  return [style.bold('Most of standing by'), ...lines.map(({ item, dollars }) => `  ${money(dollars).padStart(9)}  ${item}`)];
}

const billTable = (title: string, bill: Bill, style: Style): readonly string[] =>
  [style.bold(`${title}: ${money(bill.dollars)}`), ...table(['DOLLARS', 'QUANTITY', 'ITEM'], bill.lines.map(({ item, quantity, dollars }) => [exact(dollars), exact(quantity), item]), style), ''];

export function assumptionLines({ assumptions }: CostReport, style: Style, columns: number | undefined): string {
  return [style.bold('Assumptions (replace them with --set or --assumptions; durations in seconds)'), ...assumptions.flatMap(({ name, value, why, yours }) =>
    wrapped(`${yours ? style.good('yours') : why}`, columns, ' '.repeat(44), `  ${name.padEnd(32)}${exact(value).padStart(8)}  `))].join('\n');
}

export function priceLines({ priceList, prices }: CostReport, style: Style): string {
  return [style.bold(`Prices in US dollars, list prices of ${prices.region}, read ${prices.read}`), ...priceList.map(({ name, dollars, per, source, assumption }) =>
    `  ${name.padEnd(34)}${String(dollars).padStart(14)}  ${safe(per)}; ${source === undefined ? `${style.warn('assumed')}: ${safe(assumption ?? '')}` : safe(source)}`)].join('\n');
}

/** `$1,234`, `$12.34`, `$0.0042`: as many digits as say something. */
export function money(dollars: number): string {
  const size = Math.abs(dollars);
  const digits = size >= 100 || size === 0 ? 0 : size >= 0.1 ? 2 : 4;
  return `${dollars < 0 ? '-' : ''}$${size.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

const exact = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
const hoursText = (hours: number): string => durationText(hours * 3600);
